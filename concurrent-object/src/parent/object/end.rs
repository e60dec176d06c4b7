//! Ends an object for the user: by close, by terminate, or after the call that consumes it. Decides
//! which calls are refused from then on.
//!
//! Knows what was requested; `death` handles the end of the process. Invariant: a request to end is
//! never withdrawn, so no call is accepted after it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Object;
use super::settle::Verdict;
use super::state::ObjectState;
use crate::error::{CallError, CallInfo, Error, Started};
use crate::parent::calls::key::WaitKey;
use crate::parent::life::end::End;
use crate::parent::life::events::EventKind;
use crate::parent::life::on_drop::OnDrop;
use crate::parent::life::phase::KillReason;
use crate::parent::life::shutdown::EndRequest;
use crate::transport::{Bell, Transport};

impl Object {
    /// Lets the child serve the accepted calls, then ends the object. Blocks until then.
    pub(crate) fn close(&self) -> Result<(), Error> {
        self.check_ours()?;
        self.take_no_calls();
        self.wait_until(WaitKey::State, None, |state| state.has_served_all().then_some(()));
        self.terminate()
    }

    /// Whether a call has consumed the object.
    pub(crate) fn is_consumed(&self) -> bool {
        self.lock().shutdown.last_call.is_some()
    }

    /// Ends a consumed object. Gives it the grace period to serve the accepted calls. Blocks until
    /// it has ended.
    pub(crate) fn end_consumed(&self) -> Result<(), Error> {
        self.check_ours()?;
        let is_over = |state: &mut ObjectState| state.has_served_all().then_some(());
        match self.wait_at_most(WaitKey::State, self.identity.grace, is_over) {
            Some(()) => self.terminate(),
            None => self.kill(),
        }
    }

    /// Ends the object after the running method, or kills it after the grace period. Blocks until
    /// then.
    pub(crate) fn terminate(&self) -> Result<(), Error> {
        self.check_ours()?;
        self.ask_to_stop();
        match self.wait_at_most(WaitKey::State, self.identity.grace, |state| state.phase.is_gone().then_some(())) {
            Some(()) => Ok(()),
            None => self.kill_or_stop(Duration::ZERO),
        }
    }

    /// Ends an object whose proxy is dropped.
    pub(crate) fn drop_proxy(&self) {
        let is_left = self.identity.on_drop == OnDrop::Background && self.terminate_in_background().is_ok();
        if !is_left {
            // `drop` cannot report a process that did not exit.
            let _stuck = self.terminate();
        }
    }

    /// Ends an object whose last call is dropped.
    pub(crate) fn drop_last_call(&self) {
        if !self.is_ours() {
            return;
        }
        let is_left = self.identity.on_drop == OnDrop::Background && self.end_consumed_in_background().is_ok();
        if !is_left {
            // As in `drop_proxy`.
            let _stuck = self.end_consumed();
        }
    }

    pub(crate) fn check_ours(&self) -> Result<(), Error> {
        if self.is_ours() { Ok(()) } else { Err(self.forked_copy(None).into()) }
    }

    /// Sets the word that asks the child to stop, and wakes it.
    pub(crate) fn set_stop(&self) {
        // Release pairs with the child's Acquire: a child that sees the request also sees the
        // cancelled calls.
        self.channel.stop().store(1, Ordering::Release);
        self.channel.request_bell().ring();
    }

    pub(crate) fn ask_to_stop(&self) {
        let mut state = self.lock();
        self.advance(&mut state);
        self.ask_to_stop_locked(&mut state);
    }

    /// Asks the child to stop; the caller holds the lock.
    pub(crate) fn ask_to_stop_locked(&self, state: &mut ObjectState) {
        if state.phase.has_ended() || !state.shutdown.ask(EndRequest::Stop) {
            return;
        }
        self.settle_all(state, &Verdict::Stop);
        self.set_stop();
        self.queue(state, EventKind::EndRequested);
        self.end_if_restarting(state, &End::Requested);
    }

    /// Ends an object that is between two processes. No further process is spawned.
    pub(crate) fn end_if_restarting(&self, state: &mut ObjectState, end: &End) {
        if state.phase.is_restarting() {
            self.end_without_process(state, end);
        }
    }

    /// Kills a child that broke the protocol. Its calls are settled when it is dead.
    pub(crate) fn break_off(&self, state: &mut ObjectState, reason: &'static str) {
        if state.phase.broken().is_some() || state.phase.has_ended() {
            return;
        }
        self.queue(state, EventKind::Broken(reason));
        self.kill_for(state, KillReason::Broken(reason));
        self.check_killed_soon(state);
        self.end_if_restarting(state, &End::Broken(reason.into()));
    }

    /// Handles a taken reply that breaks the protocol. Kills the process that wrote it, but not a
    /// later process of the object.
    pub(crate) fn break_off_after(&self, info: Box<CallInfo>, reason: String) -> CallError {
        let mut state = self.lock();
        if info.pid == self.pid() {
            self.break_off(&mut state, "a result that cannot be decoded");
        }
        drop(state);
        CallError::Protocol { reason, info }
    }

    /// Returns the reason why no new call is accepted, if that is so.
    pub(crate) fn refusal(&self, state: &ObjectState, method: u32) -> Option<CallError> {
        let info = || self.call_info(Some(self.method_name(method)), None, Started::No);
        match state.phase.end() {
            Some(end) => Some(end.error(info())),
            None if state.shutdown.takes_no_calls() => Some(End::Requested.error(info())),
            None => state.phase.broken().map(|reason| End::Broken(reason.into()).error(info())),
        }
    }
}
