//! Ends an object that no thread waits for: the supervisor thread sees to it.
//!
//! Problem: `terminate` blocks for as long as the grace period. A task must not, and the drop of a
//! proxy in a task must not either. Naive way: a thread for each such end. Way here: the object is
//! asked to stop, keeps itself alive, and sets a time in the timer queue. The supervisor thread
//! notices the end of the process, or kills it when the grace period is over.
//!
//! Knows the request and its times; `end`, `kill` and `death` do the work. Invariant: an object
//! that keeps itself alive is released when no process of it is left.

use std::io;
use std::time::Duration;

use super::Object;
use super::inspection::Inspection;
use super::kill::{KILLED_WITHIN, not_ended};
use super::state::ObjectState;
use crate::clock::{self, later};
use crate::error::{Error, described};
use crate::parent::calls::key::WaitKey;
use crate::parent::life::backend::Backend;
use crate::parent::life::background_end::BackgroundEnd;
use crate::parent::life::end::End;
use crate::parent::life::shutdown::EndRequest;
use crate::parent::threads::supervisor;

impl Object {
    /// Asks the object to end. It is killed if it has not ended after the grace period. Does not
    /// block.
    pub(crate) fn terminate_in_background(&self) -> Result<(), Error> {
        self.ensure_supervisor()?;
        self.ask_to_stop();
        self.follow_end(&mut self.lock(), BackgroundEnd::Stopping(clock::now()))
    }

    /// Gives a consumed object the grace period to serve the accepted calls, and another to end.
    /// Does not block.
    pub(crate) fn end_consumed_in_background(&self) -> Result<(), Error> {
        self.ensure_supervisor()?;
        self.follow_end(&mut self.lock(), BackgroundEnd::Serving(clock::now()))
    }

    /// Kills the child. Does not block.
    pub(crate) fn kill_in_background(&self) -> Result<(), Error> {
        self.ensure_supervisor()?;
        let mut state = self.lock();
        self.kill_now(&mut state);
        self.follow_end(&mut state, BackgroundEnd::Killed(clock::now()))
    }

    fn ensure_supervisor(&self) -> Result<(), Error> {
        supervisor::ensure().map_err(|error| self.unsupervised(&error))
    }

    fn unsupervised(&self, error: &io::Error) -> Error {
        let reason = format!("the thread that enforces the grace period cannot see to it: {}", described(error));
        Error::NotEnded { name: self.identity.name.clone(), pid: self.pid(), reason }
    }

    /// Has new calls refused. The object serves those that were accepted.
    pub(crate) fn take_no_calls(&self) {
        self.lock().shutdown.ask(EndRequest::Close);
    }

    /// Sends SIGKILL, and ends an object that is between two processes.
    pub(crate) fn kill_now(&self, state: &mut ObjectState) {
        if state.backend().is_some_and(Backend::is_thread) {
            // It cannot be killed: it is asked to stop, and its method to return.
            self.ask_to_stop_locked(state);
            self.cancel_running(state);
        } else if !state.phase.has_ended() {
            state.shutdown.ask(EndRequest::Kill);
            self.kill_child(state);
            self.end_if_restarting(state, &End::Requested);
        }
    }

    /// Has the supervisor thread follow the end from now on.
    fn follow_end(&self, state: &mut ObjectState, end: BackgroundEnd) -> Result<(), Error> {
        if state.phase.is_gone() {
            return Ok(());
        }
        if let Some(running) = state.phase.running_mut()
            && running.process.watch.is_none()
        {
            let backend = running.process.backend.clone();
            running.process.watch =
                supervisor::watch(backend.watched(), self.me.clone()).map_err(|error| self.unsupervised(&error))?;
        }
        // An end that is followed already is only hurried on.
        if !matches!((&state.background_end, &end), (Some(_), BackgroundEnd::Stopping(_) | BackgroundEnd::Serving(_))) {
            state.background_end = Some(end);
        }
        state.keeper = self.me.upgrade();
        state.poll_at(clock::now());
        Ok(())
    }

    /// Takes the next step of an end in the background. Returns when to check again.
    pub(crate) fn enforce_background_end(&self, state: &mut ObjectState, inspection: &Inspection<'_>) -> Option<u64> {
        let grace = self.identity.grace;
        match *state.background_end.as_ref()? {
            BackgroundEnd::Serving(_) if state.calls.table.unsettled() == 0 => {
                state.background_end = Some(BackgroundEnd::Stopping(inspection.now));
                self.ask_to_stop_locked(state);
                Some(later(inspection.now, grace.min(SOON)))
            }
            BackgroundEnd::Serving(since) | BackgroundEnd::Stopping(since) => {
                let again = inspection.until_for_caller(since, grace);
                if again.is_none() {
                    self.kill_now(state);
                    state.background_end = Some(BackgroundEnd::Killed(inspection.now));
                }
                Some(again.map_or(later(inspection.now, SOON), |at| at.min(later(inspection.now, SOON))))
            }
            BackgroundEnd::Killed(at) => {
                self.check_killed(state);
                if inspection.until_for_caller(at, KILLED_WITHIN).is_some() {
                    return Some(later(inspection.now, SOON));
                }
                let error = not_ended(self, state.backend());
                state.background_end = Some(BackgroundEnd::Failed(error));
                state.calls.wake(WaitKey::State);
                None
            }
            BackgroundEnd::Failed(_) => None,
        }
    }

    /// Returns the outcome of an end in the background, once there is one.
    pub(crate) fn outcome_of_end(state: &ObjectState) -> Option<Result<(), Error>> {
        match &state.background_end {
            _ if state.phase.is_gone() => Some(Ok(())),
            Some(BackgroundEnd::Failed(error)) => Some(Err(error.clone())),
            _ => None,
        }
    }

    /// Releases an object that keeps itself alive, once no process of it is left.
    pub(crate) fn release_keeper(state: &mut ObjectState) {
        if state.phase.is_gone() {
            // The caller has a reference too, so this is never the last one.
            state.keeper = None;
        }
    }
}

/// How often to check an end that should come soon.
const SOON: Duration = Duration::from_millis(100);
