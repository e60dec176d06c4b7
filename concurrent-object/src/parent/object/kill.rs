//! Kills an object's process, and finds out that it is dead.
//!
//! A thread cannot be killed. It is asked to stop, and its running method to return. If the method
//! does not, the caller is told so at once. The supervisor thread leaves the thread behind when
//! `cancel_grace` is over.
//!
//! Knows the child process; the calls are settled in `death` and `settle`. Invariant: a killed
//! process counts as dead when all of its threads are, even if a tracer keeps the kernel from
//! reporting it.

use std::time::Duration;

use super::Object;
use super::state::ObjectState;
use crate::clock::{self, Moment, later};
use crate::error::Error;
use crate::parent::calls::key::WaitKey;
use crate::parent::life::backend::Backend;
use crate::parent::life::phase::KillReason;

/// How long to wait for a killed process. It is gone in milliseconds, unless it hangs in the
/// kernel.
pub(crate) const KILLED_WITHIN: Duration = Duration::from_secs(10);

/// How often to check a killed process whose end the kernel has not reported.
const CHECK_INTERVAL: Duration = Duration::from_millis(25);

impl Object {
    /// Ends the object at once. Blocks until the process is gone, which takes some milliseconds.
    pub(crate) fn kill(&self) -> Result<(), Error> {
        self.kill_or_stop(KILLED_WITHIN)
    }

    /// Does the same, and waits at most as long as `patience` for the constructor or the `Drop` of
    /// an object in a thread.
    pub(crate) fn kill_or_stop(&self, patience: Duration) -> Result<(), Error> {
        self.check_ours()?;
        let is_thread = self.lock().backend().is_some_and(Backend::is_thread);
        if is_thread {
            return self.stop_thread(patience);
        }
        self.kill_now(&mut self.lock());
        self.wait_until_killed()
    }

    /// Asks a thread to stop, and its method to return. Blocks until the thread has left, but only
    /// for a moment if a method runs. Waits for a constructor or a `Drop` at most as long as
    /// `patience`.
    fn stop_thread(&self, patience: Duration) -> Result<(), Error> {
        self.ask_to_stop();
        self.cancel_running(&mut self.lock());
        let deadline = Moment::after(patience);
        loop {
            let again = Moment::after(CHECK_INTERVAL);
            if self.wait_until(WaitKey::State, Some(again), |state| state.phase.is_gone().then_some(())).is_some() {
                return Ok(());
            }
            let state = self.poll();
            let running = self.find_running(&state).map(|(_, index)| state.calls.table.method_of(index));
            if !state.phase.is_gone() && (running.is_some() || deadline.has_come()) {
                let what = match running.map(|method| self.method_name(method)) {
                    Some(method) => format!("its method `{method}` still runs"),
                    None => "its constructor or its `Drop` still runs".into(),
                };
                let reason = format!("it lives in a thread, which cannot be killed, and {what}");
                return Err(Error::NotEnded { name: self.identity.name.clone(), pid: self.pid(), reason });
            }
        }
    }

    /// Waits for the end of the killed process. Its pidfd does not become readable while a tracer
    /// holds the process, so this checks the process at intervals.
    fn wait_until_killed(&self) -> Result<(), Error> {
        let deadline = Moment::after(KILLED_WITHIN);
        loop {
            let again = deadline.min(Moment::after(CHECK_INTERVAL));
            if self.wait_until(WaitKey::State, Some(again), |state| state.phase.is_gone().then_some(())).is_some() {
                return Ok(());
            }
            let mut state = self.lock();
            self.check_killed(&mut state);
            if deadline.has_come() && !state.phase.is_gone() {
                let backend = state.backend().cloned();
                drop(state);
                return Err(not_ended(self, backend.as_ref()));
            }
        }
    }

    /// Has the supervisor thread check a killed process that no thread waits for.
    pub(crate) fn check_killed_soon(&self, state: &mut ObjectState) {
        state.poll_at(later(clock::now(), CHECK_INTERVAL));
    }

    /// Checks a process that was sent SIGKILL. If it is dead, finishes it, or leaves that to the
    /// driver.
    pub(crate) fn check_killed(&self, state: &mut ObjectState) {
        if state.backend().is_none_or(|backend| !backend.has_ended()) {
            return;
        }
        if self.finish_unless_driven(state) {
            state.calls.wake_all();
        }
    }

    /// Kills the process, if the object has one. A process that this process may not kill, for
    /// example because it runs as another user now, is asked over the socket to exit.
    pub(crate) fn kill_child(&self, state: &mut ObjectState) {
        match state.backend() {
            Some(backend) if backend.kill() => {}
            Some(Backend::Process(_)) => self.files.send_die(),
            Some(Backend::Thread(_) | Backend::Bridge(_)) => self.set_stop(),
            None => {}
        }
    }

    /// Kills the process, and records why. Leaves a thread behind.
    pub(crate) fn kill_for(&self, state: &mut ObjectState, reason: KillReason) {
        if let Some(running) = state.phase.running_mut() {
            running.note_kill(reason);
            self.kill_child(state);
            state.backend().into_iter().for_each(Backend::leave_behind);
        }
    }
}

/// Returns the error of an object whose process was sent SIGKILL and has not ended.
pub(crate) fn not_ended(object: &Object, backend: Option<&Backend>) -> Error {
    Error::NotEnded { name: object.identity.name.clone(), pid: object.pid(), reason: why_not_dead(backend) }
}

/// Says why a process that was sent SIGKILL has not ended.
fn why_not_dead(backend: Option<&Backend>) -> String {
    let Some(backend) = backend else { return "its end was not noticed in time".into() };
    if backend.is_thread() {
        return "it lives in a thread, which cannot be killed, and still runs".into();
    }
    match backend.tracer() {
        _ if !backend.kill() => "this process may not send it SIGKILL, and it does not exit when it is asked to".into(),
        Some(tracer) => format!("it was sent SIGKILL, but process {tracer} traces it and keeps it as a zombie"),
        None => "it was sent SIGKILL and has not died: it hangs in the kernel, as on a dead network file system".into(),
    }
}
