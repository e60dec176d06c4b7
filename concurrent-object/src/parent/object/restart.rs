//! Restarts an object: prepares the surviving calls for the next process, which the spawner thread
//! then spawns.
//!
//! Problem: the dead process may have left the rings, the call states and the slots at any step.
//! Naive way: a fresh channel. It loses calls that were sent, or copies their arguments. Way here:
//! the same files serve the next process. The old process was reaped, so no process reads or writes
//! them. Each call's state says how far the call came (`settle`). Then the parent resets rings and
//! states, and puts the surviving calls on the request ring again, in their order. The technique is
//! redelivery of unacknowledged messages, at most once unless the method is idempotent.
//!
//! Knows slots and rings; why a process ended is in `exit_diagnosis`. Invariants: between two
//! processes only the parent touches the rings. The next process finds the channel as it was at the
//! first start, except for those calls.

use std::sync::Arc;

use super::Object;
use super::settle::Verdict;
use super::state::ObjectState;
use crate::clock;
use crate::error::{CallError, Death, Exit, PushErrorKind, StartError, Started};
use crate::parent::calls::effects::MemberNews;
use crate::parent::life::end::End;
use crate::parent::life::events::EventKind;
use crate::parent::life::restart_policy::RestartDecision;
use crate::shared::file::SharedFile;
use crate::transport::Transport;
use crate::transport::call_state::CallPhase;

/// The shortest time between two attempts to spawn a process, in nanoseconds. It holds under every
/// policy.
const LEAST_PAUSE: u64 = 1_000_000;

impl Object {
    /// Returns when the next process is spawned after this death, or the object's end if there is
    /// none.
    pub(crate) fn decide(&self, state: &mut ObjectState, end: &End, death: Option<&Arc<Death>>) -> Result<u64, End> {
        // A thread that was left behind still uses the object's files.
        let is_possible = |death: &&Arc<Death>| self.is_restartable(state) && death.exit != Exit::LeftBehind;
        let death = death.filter(is_possible).filter(|_| !matches!(end, End::Broken(_) | End::Requested));
        let Some(death) = death else { return Err(end.clone()) };
        match state.restarts.decide(&self.identity.restart, clock::now()) {
            RestartDecision::At(at) => Ok(at),
            RestartDecision::Enough(count) => Err(End::Exhausted { count, last: death.clone() }),
            RestartDecision::Never => Err(end.clone()),
        }
    }

    /// Whether a restart would follow a death now.
    pub(crate) fn may_restart(&self, state: &ObjectState) -> bool {
        self.is_restartable(state) && state.restarts.may_be_more(&self.identity.restart, clock::now())
    }

    fn is_restartable(&self, state: &ObjectState) -> bool {
        let is_over = state.shutdown.is_stopping() || self.is_used_up(state);
        self.spawn_spec.is_some() && state.phase.was_ready() && !is_over
    }

    /// Whether the call that consumes the object has started. If it has not, the next process
    /// serves it and the calls before it.
    fn is_used_up(&self, state: &ObjectState) -> bool {
        let Some(last) = state.shutdown.last_call else { return false };
        let waits_in = |slot| self.channel.state(slot).phase_of(last.call) == Some(CallPhase::Queued);
        let is_queued = state.calls.sent().iter().any(|&(slot, index)| index == last.index() && waits_in(slot));
        !state.calls.backlog.holds(last.call) && !is_queued
    }

    /// Settles the calls that the dead process had started, and prepares the others for the next
    /// process.
    pub(crate) fn prepare_next(&self, state: &mut ObjectState, end: &End, at: u64) {
        let survivors = self.settle_all(state, &Verdict::Restart(end));
        state.calls.slots.reset(&self.channel, survivors);
        state.calls.streams.note_death();
        self.reset_unsaved(state);
        self.files.disconnect();
        state.poll_at(at);
        self.queue(state, EventKind::WillRestart);
        state.calls.tell_pool(MemberNews::Phase);
        self.send_waiting(state);
    }

    /// Whether a new call is accepted.
    #[inline(always)]
    pub(crate) fn check_accepts(&self, state: &mut ObjectState, method: u32) -> Result<(), PushErrorKind> {
        if state.phase.serves() && !state.shutdown.takes_no_calls() {
            return Ok(());
        }
        self.check_accepts_now(state, method)
    }

    #[cold]
    fn check_accepts_now(&self, state: &mut ObjectState, method: u32) -> Result<(), PushErrorKind> {
        if state.phase.refuses().is_some() {
            // The next process may be ready, and its notice not yet received.
            self.advance(state);
        }
        let info = || self.call_info(Some(self.method_name(method)), None, Started::No);
        match (self.refusal(state, method), state.phase.refuses().cloned()) {
            (Some(gone), _) => Err(PushErrorKind::Gone(gone)),
            (None, Some(last)) => Err(PushErrorKind::Restarting(CallError::Restarting { last, info: info() })),
            (None, None) => Ok(()),
        }
    }

    /// Orders the spawning of the next process, if its time has come. Returns when to check again.
    pub(crate) fn restart_now(&self, state: &mut ObjectState, now: u64) -> Option<u64> {
        if !state.phase.begin_spawning(now) {
            return state.phase.restart_at();
        }
        let spawner = &self.spawn_spec.as_ref()?.next.as_ref()?.spawner;
        spawner.request(self.me.upgrade()?);
        None
    }

    /// Handles a failure to spawn the next process. What the system lacks now it may have later, so
    /// a further attempt is made if the error is transient. The attempt counts as a restart.
    pub(crate) fn try_again(&self, state: &mut ObjectState, error: StartError, now: u64) {
        self.queue(state, EventKind::NotSpawned(error.clone()));
        match state.restarts.decide(&self.identity.restart, now) {
            RestartDecision::At(at) if error.is_transient() => state.phase.spawn_again(at.max(now + LEAST_PAUSE)),
            _ => self.end_without_process(state, &End::NotConstructed(Arc::new(error))),
        }
    }

    /// Returns the shared files that the constructor's arguments and the sent calls refer to.
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
