//! Kills an object's process, and finds out that it is dead.
//!
//! Knows the child process; what becomes of the calls is in `end`. Invariant: a process that was killed counts as dead when all of its
//! threads are, even if a tracer keeps the kernel from saying so.

use std::time::Duration;

use super::Object;
use super::state::ObjectState;
use crate::clock::{self, Moment, later};
use crate::error::Error;
use crate::parent::calls::key::WaitKey;
use crate::parent::life::backend::Backend;
use crate::parent::life::end::End;
use crate::parent::life::phase::KillReason;
use crate::parent::life::shutdown::EndRequest;

/// A process that was sent SIGKILL is gone in milliseconds, unless it hangs in the kernel.
const KILLED_WITHIN: Duration = Duration::from_secs(10);

/// How often to look at a process that was killed and has not said that it is dead.
const LOOK_AGAIN: Duration = Duration::from_millis(25);

impl Object {
    /// Ends the object at once. Blocks until the process is gone, some milliseconds.
    pub(crate) fn kill(&self) -> Result<(), Error> {
        self.check_ours()?;
        let mut state = self.lock();
        if !state.phase.has_ended() {
            state.shutdown.ask(EndRequest::Kill);
            self.kill_child(&mut state);
            self.end_if_restarting(&mut state, &End::Requested);
        }
        drop(state);
        self.wait_until_killed()
    }

    /// The descriptor of a process that a tracer holds does not tell of its end: so the process is looked at now and then.
    fn wait_until_killed(&self) -> Result<(), Error> {
        let deadline = Moment::after(KILLED_WITHIN);
        loop {
            let again = deadline.min(Moment::after(LOOK_AGAIN));
            if self.wait_until(WaitKey::State, Some(again), |state| state.phase.is_gone().then_some(())).is_some() {
                return Ok(());
            }
            let mut state = self.lock();
            self.look_at_killed(&mut state);
            if deadline.has_come() && !state.phase.is_gone() {
                let (name, pid) = (self.identity.name.clone(), self.pid());
                let backend = state.backend().cloned();
                drop(state);
                return Err(Error::NotEnded { name, pid, reason: why_it_lives(backend.as_ref()) });
            }
        }
    }

    /// The same for a process that no thread waits for: the supervising thread looks at it.
    pub(crate) fn look_at_killed_soon(&self, state: &mut ObjectState) {
        state.look_at(later(clock::now(), LOOK_AGAIN));
    }

    /// The process was sent SIGKILL: finishes it if it is dead, or has the thread do so that drives.
    pub(crate) fn look_at_killed(&self, state: &mut ObjectState) {
        if state.backend().is_none_or(|backend| !backend.has_ended()) {
            return;
        }
        if self.finish_unless_driven(state) {
            state.calls.wake_all();
        }
    }

    /// Kills the process, if there is one. One that has become another user's, or that this process may not kill any more, is told to end.
    pub(crate) fn kill_child(&self, state: &mut ObjectState) {
        if state.backend().is_some_and(|backend| !backend.kill()) {
            self.files.send_die();
        }
    }

    /// The same, and notes why.
    pub(crate) fn kill_for(&self, state: &mut ObjectState, reason: KillReason) {
        if let Some(running) = state.phase.running_mut() {
            running.note_kill(reason);
            self.kill_child(state);
        }
    }
}

/// Why a process that was sent SIGKILL lives on.
fn why_it_lives(backend: Option<&Backend>) -> String {
    let Some(backend) = backend else { return "its end was not noticed in time".into() };
    match backend.tracer() {
        _ if !backend.kill() => "this process may not send it SIGKILL, and it does not end when it is told to".into(),
        Some(tracer) => format!("it was sent SIGKILL, but process {tracer} traces it and holds it"),
        None => "it does not die of SIGKILL: it hangs in the kernel, as on a dead network file system".into(),
    }
}
