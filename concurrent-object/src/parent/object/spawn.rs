//! Spawns an object's next process, on the object's spawner thread.
//!
//! Knows the spawn spec and the object. Invariants: the object gets a new process under the lock. A
//! process that comes too late, because the object was ended meanwhile, is killed. The thread that
//! ends the object waits for that.

use std::sync::atomic::Ordering;

use super::Object;
use super::state::{ObjectState, Peer};
use crate::clock;
use crate::descriptor::OwnedFd;
use crate::error::StartError;
use crate::parent::life::backend::Backend;
use crate::parent::life::events::EventKind;
use crate::parent::life::spawn_spec::SpawnSpec;

impl Object {
    /// Spawns the next process, and makes it the object's process.
    pub(crate) fn spawn_next_process(&self) {
        let Some(spawn_spec) = &self.spawn_spec else { return };
        let spawned = spawn_spec.make_next();
        let mut state = self.lock();
        let taken = match spawned {
            Ok((backend, socket)) if !state.phase.has_ended() => {
                let taken = self.take_place(&mut state, spawn_spec, &backend, socket);
                taken.map_err(|error| (error, Some(backend)))
            }
            Ok((backend, _)) => Err((StartError::Ended, Some(backend))),
            Err(error) => Err((error, None)),
        };
        let Err((error, backend)) = taken else { return };
        drop(state);
        backend.iter().for_each(Backend::discard);
        let mut state = self.lock();
        if !state.phase.has_ended() {
            self.try_again(&mut state, error, clock::now());
        }
        self.end_spawning(&mut state);
    }

    /// Makes this process the object's process; the caller holds the lock. From now on the process
    /// is watched and serves the object's calls. It does nothing before it is greeted, so the
    /// object is ready for its replies.
    fn take_place(
        &self,
        state: &mut ObjectState,
        spawn_spec: &SpawnSpec,
        backend: &Backend,
        socket: OwnedFd,
    ) -> Result<(), StartError> {
        let watch = self.watch(backend).map_err(StartError::system("watching the object's process"))?;
        let files = self.files_of_all(state);
        self.pass_on_all_traces(state, backend);
        spawn_spec.greet(backend, &socket, &self.channel, &self.kept.arguments, &files)?;
        self.files.connect(socket, &files);
        self.pid.store(backend.pid(), Ordering::Relaxed);
        self.incarnation.fetch_add(1, Ordering::Relaxed);
        self.expect_end(state, backend);
        let is_placed = state.phase.take_place(Peer { backend: backend.clone(), watch }, clock::now());
        debug_assert!(is_placed, "the caller checked under this lock that the object has not ended");
        self.pass_on_all_limits(state);
        self.queue(state, EventKind::Restarted);
        self.end_spawning(state);
        Ok(())
    }

    /// Ends the spawning; the caller holds the lock. Wakes the driver, which must watch another
    /// process now, and a thread that ends the object, which waits for this.
    fn end_spawning(&self, state: &mut ObjectState) {
        state.phase.end_spawning();
        state.calls.wake_all();
        Self::release_keeper(state);
        if !state.phase.has_ended() {
            state.poll_at(state.phase.restart_at().unwrap_or_else(clock::now));
            self.send_waiting(state);
        }
    }
}
