//! Limits in time, enforced by the supervisor thread: a call that takes too long is withdrawn, told to end, and in the end
//! killed with its object.
//!
//! Problem: the child says how far a call has come and when it began, and a child whose memory was overwritten says anything.
//! Way here: the child serves in order, so the oldest call that it has not answered is the only one that can be running. Since
//! when the parent has seen that call in front is the parent's own knowledge (`front`). The child's words move its limit only
//! within bounds. Invariants: work at one look does not grow with the number of calls that wait; stopped time does not count.

use std::time::Duration;

use super::Object;
use super::state::ObjectState;
use crate::clock::{self, later};
use crate::parent::calls::front::{Front, FrontHolder};
use crate::parent::calls::timing::{CancelReason, CancelRequest};
use crate::parent::life::backend::Backend;
use crate::parent::life::phase::{KillReason, Phase};
use crate::parent::pauses::{Pauses, step};
use crate::process::coarse_clock::clock_lag;
use crate::transport::Transport;
use crate::transport::call_state::CallPhase;
use crate::transport::ring::Entry;

/// How soon to look again whether a child that was killed is gone, or what a lost race has come to.
const AGAIN: Duration = Duration::from_millis(2);

/// So many calls that waited too long are settled at one look. Then the lock is free for others.
pub(crate) const BATCH: usize = 64;

/// The child has written into the words that say how far its calls have come.
pub(crate) const PROTOCOL_VIOLATION: &str = "a call in a state that it cannot be in";

/// One look of the supervisor thread at an object.
pub(crate) struct Inspection<'p> {
    pub(crate) now: u64,
    /// When the whole program was stopped.
    pub(crate) pauses: &'p Pauses,
}

impl Inspection<'_> {
    /// When to look again at what has this limit since then; nothing if the time is over. Not counted is the time in which
    /// the program or the child was stopped.
    pub(crate) fn until(&self, state: &ObjectState, since: u64, limit: Duration) -> Option<u64> {
        self.at_most(since, limit, state.stops.within(since, self.now))
    }

    /// The same for what concerns the caller and not the child: only a stop of the whole program is not counted.
    fn until_for_caller(&self, since: u64, limit: Duration) -> Option<u64> {
        self.at_most(since, limit, 0)
    }

    fn at_most(&self, since: u64, limit: Duration, stopped: u64) -> Option<u64> {
        let due = later(since, limit).saturating_add(self.pauses.within(since, self.now)).saturating_add(stopped);
        (due > self.now).then(|| due.min(later(self.now, step(limit))))
    }

    /// How long something has run since then.
    pub(crate) fn ran_since(&self, state: &ObjectState, since: u64) -> Duration {
        let paused = self.pauses.within(since, self.now).saturating_add(state.stops.within(since, self.now));
        Duration::from_nanos(self.now.saturating_sub(since).saturating_sub(paused))
    }

    fn again(&self) -> u64 {
        later(self.now, AGAIN)
    }
}

impl Object {
    /// Looks whether anything has taken too long, and when to look again. Called by the supervisor thread, which knows when
    /// the program was stopped.
    pub(crate) fn look_after(&self, pauses: &Pauses) {
        if !self.is_ours() {
            return;
        }
        // Without the lock: it reads a file.
        let busy = self.busy_process();
        let stop_kind = busy.as_ref().and_then(Backend::stop_kind);
        let mut state = self.poll();
        let look = Inspection { now: clock::now(), pauses };
        if busy.is_some() {
            state.stops.note(stop_kind, look.now);
        }
        state.next_look = None;
        if let Some(at) = self.enforce(&mut state, &look) {
            state.look_at(at);
        }
    }

    pub(crate) fn enforce(&self, state: &mut ObjectState, look: &Inspection<'_>) -> Option<u64> {
        if state.phase.has_ended() {
            return None;
        }
        let mut next = if state.phase.is_restarting() { self.restart_now(state, look.now) } else { None };
        if state.phase.has_ended() {
            return None;
        }
        if !state.is_killed() {
            next = earlier(next, self.enforce_ready(state, look));
            next = earlier(next, self.enforce_front(state, look));
        }
        if state.is_killed() {
            self.look_at_killed(state);
            if state.phase.has_ended() {
                return None;
            }
            return Some(look.again());
        }
        next = earlier(next, self.enforce_sent(state, look));
        earlier(next, self.enforce_waiting(state, look))
    }

    fn enforce_ready(&self, state: &mut ObjectState, look: &Inspection<'_>) -> Option<u64> {
        let Phase::Starting(running, _) = &state.phase else { return None };
        let again = look.until(state, running.spawned_at, self.identity.limits.ready_timeout?);
        if again.is_none() {
            self.kill_for(state, KillReason::TooSlow);
        }
        again
    }

    /// The call that may be running, or that the child must pass over now.
    fn enforce_front(&self, state: &mut ObjectState, look: &Inspection<'_>) -> Option<u64> {
        let front = state.note_front(look.now)?;
        match front.holder {
            FrontHolder::Call(index) => self.enforce_running(state, front, index, look),
            FrontHolder::Cancelled => self.enforce_skipping(state, front, look),
        }
    }

    fn enforce_running(&self, state: &mut ObjectState, front: Front, index: u32, look: &Inspection<'_>) -> Option<u64> {
        let timing = state.calls.table.timing_of(index);
        let timeout = timing.timeout.or(self.identity.limits.of(state.calls.table.method_of(index)));
        if let Some(cancel_request) = timing.cancel_request {
            return Some(self.enforce_grace(state, front, index, cancel_request, look));
        }
        let timeout = timeout?;
        let patience = self.patience(timeout);
        let (since, limit) = match self.channel.state(front.slot).phase_of(front.call) {
            Some(CallPhase::Running) => {
                (front.started_at(self.said_to_begin(front.slot), patience, look.now), clock_lag())
            }
            // It may just be between two calls.
            _ => (front.since, patience),
        };
        let again = look.until(state, since, limit.saturating_add(timeout));
        if again.is_some() {
            return again;
        }
        let cancel_request =
            CancelRequest { at: look.now, ran_for: look.ran_since(state, since), reason: CancelReason::TimedOut };
        self.request_cancellation(state, index, cancel_request);
        Some(later(look.now, step(self.identity.limits.cancel_grace)))
    }

    /// A method was told to end, and has some time for it. A caller who cancels waits meanwhile, even if the child is stopped.
    fn enforce_grace(
        &self,
        state: &mut ObjectState,
        front: Front,
        index: u32,
        cancel_request: CancelRequest,
        look: &Inspection<'_>,
    ) -> u64 {
        let grace = self.identity.limits.cancel_grace;
        let until = |limit| match cancel_request.reason {
            CancelReason::TimedOut => look.until(state, cancel_request.at, limit),
            CancelReason::Cancelled => look.until_for_caller(cancel_request.at, limit),
        };
        if let Some(at) = until(grace) {
            return at;
        }
        let entry = Entry { slot: front.slot, call: front.call };
        let by_force = match self.channel.state(front.slot).phase_of(front.call) {
            Some(CallPhase::Running) => false,
            // Its reply may be on the way.
            Some(CallPhase::Answered) => until(grace.saturating_add(self.patience(grace))).is_none(),
            _ => true,
        };
        self.abandon(state, entry, index, cancel_request, by_force);
        look.again()
    }

    /// The child passes over a withdrawn call at once, unless it runs one all the while. If it is to end, it passes over nothing.
    fn enforce_skipping(&self, state: &mut ObjectState, front: Front, look: &Inspection<'_>) -> Option<u64> {
        if state.shutdown.is_stopping() {
            return None;
        }
        let again = look.until(state, front.since, self.patience(Duration::ZERO));
        if again.is_none() {
            self.abandon_skipped(state, Entry { slot: front.slot, call: front.call });
        }
        again
    }

    /// Calls in slots. Only one that the child has not begun can have waited too long.
    fn enforce_sent(&self, state: &mut ObjectState, look: &Inspection<'_>) -> Option<u64> {
        let sent = state.calls.sent();
        let mut next = state.calls.slots.has_cancelled().then(|| later(look.now, self.patience(Duration::ZERO)));
        for (slot, index) in sent {
            match self.phase(state, Some(slot), index) {
                Some(CallPhase::Queued) => next = earlier(next, self.enforce_queued(state, Some(slot), index, look)),
                Some(CallPhase::Running | CallPhase::Answered) => {}
                _ => {
                    self.break_off(state, PROTOCOL_VIOLATION);
                    return Some(look.again());
                }
            }
            next = earlier(next, self.look_behind_front(state, index, look));
        }
        next
    }

    /// One that is behind the front can begin before the next look, and be over as soon as this.
    fn look_behind_front(&self, state: &ObjectState, index: u32, look: &Inspection<'_>) -> Option<u64> {
        let call = state.calls.table.call_of(index);
        if state.front.is_some_and(|front| front.call == call) || !state.calls.table.is_sent(index) {
            return None;
        }
        let limits = &self.identity.limits;
        let timeout = state.calls.table.timing_of(index).timeout.or(limits.of(state.calls.table.method_of(index)))?;
        Some(later(look.now, timeout))
    }

    /// Calls without a slot, oldest first, and so in the order in which their time is over.
    fn enforce_waiting(&self, state: &mut ObjectState, look: &Inspection<'_>) -> Option<u64> {
        self.identity.limits.queue_timeout?;
        for _ in 0..BATCH {
            let index = state.calls.backlog.front()?;
            let again = self.enforce_queued(state, None, index, look);
            if again.is_some() {
                return again;
            }
        }
        // At once, but not before others had the lock.
        Some(look.now)
    }

    /// A call that has not begun. When to look at it again; nothing if it was withdrawn, or has no such limit.
    fn enforce_queued(
        &self,
        state: &mut ObjectState,
        slot: Option<u16>,
        index: u32,
        look: &Inspection<'_>,
    ) -> Option<u64> {
        let limit = self.identity.limits.queue_timeout?;
        let since = state.calls.table.timing_of(index).queued_at?;
        let again = look.until_for_caller(since, limit);
        if again.is_some() {
            return again;
        }
        let cancelled = self.take_back(state, slot, index, CancelReason::TimedOut);
        (!cancelled).then(|| look.again())
    }

    /// How long a child may take to come to the next call: as long as the user's own limits are, or what a busy machine may
    /// need, or a long save of the state.
    fn patience(&self, limit: Duration) -> Duration {
        let saves = self.spawn_spec.as_ref().is_some_and(|spawn_spec| spawn_spec.saves);
        let least = Duration::from_secs(if saves { 60 } else { 2 });
        least.max(limit).max(self.identity.limits.cancel_grace)
    }

    /// How far the call has come, as the child says; one that waits in the parent is queued.
    pub(crate) fn phase(&self, state: &ObjectState, slot: Option<u16>, index: u32) -> Option<CallPhase> {
        let Some(slot) = slot else { return Some(CallPhase::Queued) };
        self.channel.state(slot).phase_of(state.calls.table.call_of(index))
    }
}

fn earlier(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.into_iter().chain(other).min()
}
