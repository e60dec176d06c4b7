//! Spawns an object's next process, on its spawner thread.
//!
//! Knows the spawn spec and the object. Invariant: of a process that was spawned, the object learns under the lock; one that comes too late,
//! because the object was ended meanwhile, is killed, and whoever ends the object waits for that.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Object;
use super::state::ObjectState;
use crate::clock;
use crate::error::StartError;
use crate::parent::life::events::EventKind;
use crate::parent::life::instance::{Instance, SpawnSpec};
use crate::process::reap::end;

impl Object {
    /// Spawns the next process, and has it take its place.
    pub(crate) fn spawn_next_process(&self) {
        let Some(spawn_spec) = &self.spawn_spec else { return };
        let spawned = spawn_spec.make_next().map(|(instance, socket)| (Arc::new(instance), socket));
        let mut state = self.lock();
        let taken = match spawned {
            Ok((instance, socket)) if !state.has_ended() => {
                let taken = self.take_place(&mut state, spawn_spec, &instance, socket);
                taken.map_err(|error| (error, Some(instance)))
            }
            Ok((instance, _)) => Err((StartError::Ended, Some(instance))),
            Err(error) => Err((error, None)),
        };
        let Err((error, instance)) = taken else { return };
        drop(state);
        instance.iter().for_each(|instance| discard(instance));
        let mut state = self.lock();
        if !state.has_ended() {
            self.try_again(&mut state, error, clock::now());
        }
        self.end_spawning(&mut state);
    }

    /// Under the lock: from now on the process is watched, and serves the object's calls. It does nothing before it is greeted, so what
    /// it answers finds everything in its place.
    fn take_place(
        &self,
        state: &mut ObjectState,
        spawn_spec: &SpawnSpec,
        instance: &Arc<Instance>,
        socket: OwnedFd,
    ) -> Result<(), StartError> {
        let watch = self.watch(instance).map_err(StartError::system("watching the object's process"))?;
        let files = self.files_of_all(state);
        spawn_spec.greet(&socket, &self.channel, &self.kept.arguments, &files)?;
        self.files.connect(socket, &files);
        self.pid.store(instance.child.pid(), Ordering::Relaxed);
        self.incarnation.fetch_add(1, Ordering::Relaxed);
        self.expect_end(state, instance);
        (state.instance, state.watch) = (Some(instance.clone()), watch);
        state.started_at = clock::now();
        self.queue(state, EventKind::Restarted);
        self.end_spawning(state);
        Ok(())
    }

    /// Under the lock: the driver waits for another process now, and whoever ends the object for this thread.
    fn end_spawning(&self, state: &mut ObjectState) {
        state.is_spawning = false;
        state.calls.wake_all();
        if !state.has_ended() {
            state.look_at(state.restart_at.unwrap_or_else(clock::now));
            self.send_waiting(state);
        }
    }
}

/// A process that is not the object's.
fn discard(instance: &Instance) {
    end(&instance.child);
}
