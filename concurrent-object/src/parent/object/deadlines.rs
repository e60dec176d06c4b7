//! Enforces time limits, on the supervisor thread. A call over its limit is cancelled or its
//! cancellation is requested. After the grace period the call is abandoned, and its child killed.
//!
//! Problem: the child writes how far a call has come and when it started. A child whose memory was
//! overwritten may write anything there. Naive way: trust these words; then such a child can never
//! be too late. Way here: the child serves in order. So the oldest call without an answer, the
//! *front*, is the only call that can be running. The parent itself knows since when it has seen
//! that call in front (`front`). The child's words move the limit only within bounds. The technique
//! is a watchdog.
//!
//! Knows limits and clocks; the state transitions are in `cancel`. Invariants: the work of one poll
//! does not grow with the number of queued calls. Time in which a process was stopped does not
//! count.

use std::time::Duration;

use super::Object;
use super::inspection::Inspection;
use super::state::ObjectState;
use crate::clock::{self, later};
use crate::parent::calls::front::{Front, FrontHolder};
use crate::parent::calls::timing::{CancelReason, CancelRequest};
use crate::parent::life::backend::Backend;
use crate::parent::life::phase::{KillReason, Phase};
use crate::parent::pauses::{Pauses, check_interval};
use crate::process::coarse_clock::clock_lag;
use crate::protocol::method::is_internal;
use crate::transport::Transport;
use crate::transport::call_state::CallPhase;
use crate::transport::ring::Entry;

/// The most calls over their queue timeout that one poll settles. Then it releases the lock for
/// other threads.
pub(crate) const BATCH: usize = 64;

/// The child wrote a value that no sound child writes into the state word of a call.
pub(crate) const PROTOCOL_VIOLATION: &str = "a call in a state that it cannot be in";

/// The child says that a call runs, and that an earlier call is not answered.
const RUNS_TWO: &str = "two calls that run at once";

impl Object {
    /// Enforces the limits that are over, and sets the time of the next poll. Called by the
    /// supervisor thread, which knows when the program was stopped.
    pub(crate) fn poll_limits(&self, pauses: &Pauses) {
        if !self.is_ours() {
            return;
        }
        // Without the lock, because it reads a file of `/proc`.
        let busy = self.busy_process();
        let stop_kind = busy.as_ref().and_then(Backend::stop_kind);
        let mut state = self.poll();
        let inspection = Inspection { now: clock::now(), pauses };
        if busy.is_some() {
            state.stops.note(stop_kind, inspection.now);
        }
        state.next_poll = None;
        if let Some(at) = self.enforce(&mut state, &inspection) {
            state.poll_at(at);
        }
    }

    pub(crate) fn enforce(&self, state: &mut ObjectState, inspection: &Inspection<'_>) -> Option<u64> {
        if state.phase.has_ended() {
            return None;
        }
        let mut next = if state.phase.is_restarting() { self.restart_now(state, inspection.now) } else { None };
        if state.phase.has_ended() {
            return None;
        }
        next = earlier(next, self.enforce_background_end(state, inspection));
        if state.phase.has_ended() {
            return None;
        }
        if !state.is_killed() {
            next = earlier(next, self.enforce_ready(state, inspection));
            next = earlier(next, self.enforce_front(state, inspection));
        }
        if state.is_killed() {
            self.check_killed(state);
            if state.phase.has_ended() {
                return None;
            }
            return Some(inspection.again());
        }
        next = earlier(next, self.enforce_sent(state, inspection));
        earlier(next, self.enforce_waiting(state, inspection))
    }

    fn enforce_ready(&self, state: &mut ObjectState, inspection: &Inspection<'_>) -> Option<u64> {
        let Phase::Starting(running, _) = &state.phase else { return None };
        let again = inspection.until(state, running.spawned_at, self.identity.limits.ready_timeout?);
        if again.is_none() {
            self.kill_for(state, KillReason::TooSlow);
        }
        again
    }

    /// Enforces the limit of the front: the call that may be running, or a cancelled call that the
    /// child must skip now.
    fn enforce_front(&self, state: &mut ObjectState, inspection: &Inspection<'_>) -> Option<u64> {
        let front = state.note_front(inspection.now)?;
        match front.holder {
            FrontHolder::Call(index) => self.enforce_running(state, front, index, inspection),
            FrontHolder::Cancelled => self.enforce_skipping(state, front, inspection),
        }
    }

    fn enforce_running(
        &self,
        state: &mut ObjectState,
        front: Front,
        index: u32,
        inspection: &Inspection<'_>,
    ) -> Option<u64> {
        let timing = state.calls.table.timing_of(index);
        let method = state.calls.table.method_of(index);
        let own = timing.timeout.or(self.identity.limits.of(method));
        if let Some(cancel_request) = timing.cancel_request {
            return Some(self.enforce_grace(state, front, index, cancel_request, inspection));
        }
        let timeout = if is_internal(method) { self.limit_behind(state) } else { own }?;
        let patience = self.patience(timeout);
        let (since, limit) = match self.channel.state(front.slot).phase_of(front.call) {
            Some(CallPhase::Running) => {
                let lag = if is_internal(method) { patience } else { clock_lag() };
                (front.started_at(self.claimed_start(front.slot), patience, inspection.now), lag)
            }
            // The child may be between two calls.
            _ => (front.since, patience),
        };
        let limit = limit.saturating_add(timeout).saturating_add(self.identity.limits.patience);
        if let Some(at) = inspection.until(state, since, limit) {
            // A call that has not started may start right after this poll.
            return Some(at.min(later(inspection.now, check_interval(timeout))));
        }
        let cancel_request = CancelRequest {
            at: inspection.now,
            ran_for: inspection.ran_since(state, since),
            reason: CancelReason::TimedOut,
        };
        self.request_cancellation(state, index, cancel_request);
        Some(later(inspection.now, check_interval(self.identity.limits.cancel_grace)))
    }

    /// Returns how long a call of the library may take in front: the longest limit of a method, or
    /// of a call behind it. It has no limit of its own, but a child that never serves it must not
    /// keep limited calls waiting without end.
    fn limit_behind(&self, state: &ObjectState) -> Option<Duration> {
        let sent = state.calls.slots.occupied();
        let own = sent.filter_map(|(_, index)| state.calls.table.timing_of(index).timeout);
        own.chain(self.identity.limits.longest()).max()
    }

    /// Enforces the grace period of a method whose cancellation was requested. For a caller that
    /// cancels, the period runs on even while the child is stopped.
    fn enforce_grace(
        &self,
        state: &mut ObjectState,
        front: Front,
        index: u32,
        cancel_request: CancelRequest,
        inspection: &Inspection<'_>,
    ) -> u64 {
        let grace = self.identity.limits.grace_of(cancel_request.reason);
        let until = |limit| match cancel_request.reason {
            CancelReason::TimedOut => inspection.until(state, cancel_request.at, limit),
            CancelReason::Cancelled | CancelReason::Ended => inspection.until_for_caller(cancel_request.at, limit),
        };
        if let Some(at) = until(grace) {
            return at;
        }
        let entry = Entry { slot: front.slot, call: front.call };
        let by_force = match self.channel.state(front.slot).phase_of(front.call) {
            Some(CallPhase::Running) => false,
            // The reply may be about to be published.
            Some(CallPhase::Answered) => until(grace.saturating_add(self.patience(grace))).is_none(),
            _ => true,
        };
        self.abandon(state, entry, index, cancel_request, by_force);
        inspection.again()
    }

    /// Enforces the skipping of a cancelled call. The child skips it at once, unless it runs
    /// another call all the while. A child that was asked to stop skips no call.
    fn enforce_skipping(&self, state: &mut ObjectState, front: Front, inspection: &Inspection<'_>) -> Option<u64> {
        if state.shutdown.is_stopping() {
            return None;
        }
        let again = inspection.until(state, front.since, self.patience(Duration::ZERO));
        if again.is_none() {
            self.abandon_skipped(state, Entry { slot: front.slot, call: front.call });
        }
        again
    }

    /// Enforces the queue timeout of calls in slots. Only a call that the child has not started can
    /// exceed it.
    fn enforce_sent(&self, state: &mut ObjectState, inspection: &Inspection<'_>) -> Option<u64> {
        let sent = state.calls.sent();
        let mut next = state.calls.slots.has_cancelled().then(|| later(inspection.now, self.patience(Duration::ZERO)));
        for (slot, index) in sent {
            match self.phase(state, Some(slot), index) {
                Some(CallPhase::Queued) => {
                    next = earlier(next, self.enforce_queued(state, Some(slot), index, inspection))
                }
                Some(CallPhase::Running) if self.runs_before_front(state, index) => {
                    self.break_off(state, RUNS_TWO);
                    return Some(inspection.again());
                }
                Some(CallPhase::Running | CallPhase::Answered) => {}
                // Only a bridge passes calls on. Such a call is no longer queued here.
                Some(CallPhase::PassedOn) if self.is_bridged() => {}
                _ => {
                    self.break_off(state, PROTOCOL_VIOLATION);
                    return Some(inspection.again());
                }
            }
            next = earlier(next, self.poll_behind_front(state, index, inspection));
        }
        next
    }

    /// Whether this call runs, and the front has not even been answered. A sound child answers each
    /// call before it starts the next.
    fn runs_before_front(&self, state: &ObjectState, index: u32) -> bool {
        let Some(front) = state.front.filter(|front| matches!(front.holder, FrontHolder::Call(_))) else {
            return false;
        };
        let call = state.calls.table.call_of(index);
        // Read after the state of the later call: the front was answered before that started.
        let phase = self.channel.state(front.slot).phase_of(front.call);
        call > front.call && matches!(phase, Some(CallPhase::Running | CallPhase::Queued | CallPhase::PassedOn))
    }

    /// Returns when a call behind the front could exceed its limit. It may start right after this
    /// poll, and so be over its limit one timeout from now.
    fn poll_behind_front(&self, state: &ObjectState, index: u32, inspection: &Inspection<'_>) -> Option<u64> {
        let call = state.calls.table.call_of(index);
        if state.front.is_some_and(|front| front.call == call) || !state.calls.table.is_sent(index) {
            return None;
        }
        let limits = &self.identity.limits;
        let timeout = state.calls.table.timing_of(index).timeout.or(limits.of(state.calls.table.method_of(index)))?;
        Some(later(inspection.now, timeout))
    }

    /// Enforces the queue timeout of calls in the backlog. The oldest comes first, and so the calls
    /// come in the order of their limits.
    fn enforce_waiting(&self, state: &mut ObjectState, inspection: &Inspection<'_>) -> Option<u64> {
        self.identity.limits.queue_timeout?;
        for _ in 0..BATCH {
            let index = state.calls.backlog.front()?;
            let again = self.enforce_queued(state, None, index, inspection);
            if again.is_some() {
                return again;
            }
        }
        // Poll again at once, but let other threads have the lock first.
        Some(inspection.now)
    }

    /// Enforces the queue timeout of a call that has not started. Returns when to check again, or
    /// `None` if the call was cancelled, or has no such limit.
    fn enforce_queued(
        &self,
        state: &mut ObjectState,
        slot: Option<u16>,
        index: u32,
        inspection: &Inspection<'_>,
    ) -> Option<u64> {
        let timing = state.calls.table.timing_of(index);
        let limit = timing.queue_timeout.or(self.identity.limits.queue_timeout)?;
        let since = timing.queued_at?;
        if let Some(at) = inspection.until_for_caller(since, limit) {
            return Some(at);
        }
        let cancelled = self.cancel_queued(state, slot, index, CancelReason::TimedOut);
        (!cancelled).then(|| inspection.again())
    }

    /// Returns how long a child may take to come to the next call. That is the largest of the
    /// user's own limits and a least time. The least time allows for a busy machine, or for a long
    /// save of the state.
    fn patience(&self, limit: Duration) -> Duration {
        let saves = self.spawn_spec.as_ref().is_some_and(|spawn_spec| spawn_spec.saves);
        let least = Duration::from_secs(if saves { 60 } else { 2 });
        least.max(limit).max(self.identity.limits.cancel_grace)
    }

    /// Returns how far the call has come, as the child says. A call in the backlog is queued.
    pub(crate) fn phase(&self, state: &ObjectState, slot: Option<u16>, index: u32) -> Option<CallPhase> {
        let Some(slot) = slot else { return Some(CallPhase::Queued) };
        self.channel.state(slot).phase_of(state.calls.table.call_of(index))
    }
}

fn earlier(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.into_iter().chain(other).min()
}
