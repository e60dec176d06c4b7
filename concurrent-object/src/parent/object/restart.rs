//! A restart: what survives a death is put in order for the next process, which the spawner thread then spawns.
//!
//! The problem: the dead process may have left the rings, the call states and the slots at any step. The naive way (a fresh channel)
//! loses calls that were sent and copies their arguments. Here the same files serve the next process. The old one was reaped, so no
//! process reads or writes them. Each call's state says how far it came (`settle`); then rings and states are reset, and
//! the calls that had not started are put on the request ring again, in their order.
//!
//! Knows slots and rings. Invariants: between two processes only the parent touches the rings; the next process finds a
//! channel that is as it was at first, but for those calls.

use std::sync::Arc;

use super::Object;
use super::settle::Verdict;
use super::state::ObjectState;
use crate::clock;
use crate::error::{CallError, Death, PushErrorKind, StartError, Started};
use crate::parent::life::end::End;
use crate::parent::life::events::EventKind;
use crate::parent::life::restart_policy::RestartDecision;
use crate::shared::file::SharedFile;
use crate::transport::Transport;
use crate::transport::call_state::CallPhase;

/// The shortest time between two attempts to spawn a process, in nanoseconds, whatever the policy says.
const LEAST_PAUSE: u64 = 1_000_000;

impl Object {
    /// When the next process is spawned after this death; or the object's end, if there is none.
    pub(crate) fn decide(&self, state: &mut ObjectState, end: &End, death: Option<&Arc<Death>>) -> Result<u64, End> {
        let death = death.filter(|_| self.is_restartable(state) && !matches!(end, End::Broken(_) | End::Requested));
        let Some(death) = death else { return Err(end.clone()) };
        match state.restarts.decide(&self.identity.restart, clock::now()) {
            RestartDecision::At(at) => Ok(at),
            RestartDecision::Enough(count) => Err(End::Exhausted { count, last: death.clone() }),
            RestartDecision::Never => Err(end.clone()),
        }
    }

    /// Whether a death now would be followed by a restart.
    pub(crate) fn may_restart(&self, state: &ObjectState) -> bool {
        self.is_restartable(state) && state.restarts.may_be_more(&self.identity.restart, clock::now())
    }

    fn is_restartable(&self, state: &ObjectState) -> bool {
        let is_over = state.shutdown.is_stopping() || self.is_used_up(state);
        self.spawn_spec.is_some() && state.phase.was_ready() && !is_over
    }

    /// Whether the call that consumes the object has started. If not, it and the calls before it are to be served.
    fn is_used_up(&self, state: &ObjectState) -> bool {
        let Some(last) = state.shutdown.last_call else { return false };
        let waits_in = |slot| self.channel.state(slot).phase_of(last.call) == Some(CallPhase::Queued);
        let is_queued = state.calls.sent().iter().any(|&(slot, index)| index == last.index() && waits_in(slot));
        !state.calls.backlog.holds(last.call) && !is_queued
    }

    /// Settles what the dead process had started, and puts the rest in order for the next one.
    pub(crate) fn prepare_next(&self, state: &mut ObjectState, end: &End, at: u64) {
        let survivors = self.settle_all(state, &Verdict::Restart(end));
        state.calls.slots.reset(&self.channel, survivors);
        self.reset_unsaved(state);
        self.files.disconnect();
        state.look_at(at);
        self.queue(state, EventKind::WillRestart);
        self.send_waiting(state);
    }

    /// Whether a new call is accepted.
    pub(crate) fn check_accepts(&self, state: &mut ObjectState, method: u32) -> Result<(), PushErrorKind> {
        if state.phase.refuses().is_some() {
            // It may be ready again, and its notice is not received yet.
            self.advance(state);
        }
        let info = || self.call_info(Some(self.method_name(method)), None, Started::No);
        match (self.refusal(state, method), state.phase.refuses().cloned()) {
            (Some(gone), _) => Err(PushErrorKind::Gone(gone)),
            (None, Some(last)) => Err(PushErrorKind::Restarting(CallError::Restarting { last, info: info() })),
            (None, None) => Ok(()),
        }
    }

    /// Has the next process spawned, if its time has come. When to look again.
    pub(crate) fn restart_now(&self, state: &mut ObjectState, now: u64) -> Option<u64> {
        if !state.phase.begin_spawning(now) {
            return state.phase.restart_at();
        }
        let spawner = &self.spawn_spec.as_ref()?.next.as_ref()?.spawner;
        spawner.request(self.me.upgrade()?);
        None
    }

    /// The next process could not be spawned. What the system lacks now, it may have later: that counts as a restart.
    pub(crate) fn try_again(&self, state: &mut ObjectState, error: StartError, now: u64) {
        self.queue(state, EventKind::NotSpawned(error.clone()));
        match state.restarts.decide(&self.identity.restart, now) {
            RestartDecision::At(at) if error.is_transient() => state.phase.spawn_again(at.max(now + LEAST_PAUSE)),
            _ => self.end_without_process(state, &End::NotConstructed(Arc::new(error))),
        }
    }

    /// What the constructor's arguments and the calls that were sent refer to.
    pub(crate) fn files_of_all(&self, state: &ObjectState) -> Vec<Arc<SharedFile>> {
        let mut files = self.kept.files.clone();
        for (_, index) in state.calls.sent() {
            for file in state.calls.table.files_of(index) {
                if !files.iter().any(|other| Arc::ptr_eq(other, file)) {
                    files.push(file.clone());
                }
            }
        }
        files
    }
}
