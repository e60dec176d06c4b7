//! Limits in time, enforced: a call that takes too long is taken back, told to end, and in the end killed with its object.
//!
//! Knows states and clocks. Whoever loses an exchange on a state word does nothing: so a call that was taken back never runs,
//! and a kill never hits the next call.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::events::Happened;
use super::limits::{Told, Why};
use super::outcomes::{Stage, Ticket};
use super::{Core, Life, Link};
use crate::channel::ring::Entry;
use crate::channel::state::Phase;
use crate::clock::{self, later};
use crate::error::{CallError, CallId, Started};

/// How soon to look again whether a child that was killed is gone, or what a lost race has come to.
const AGAIN: Duration = Duration::from_millis(2);

/// The child has written into the words that say how far its calls have come.
const NONSENSE: &str = "a call in a state that it cannot be in";

impl Link {
    /// Looks whether anything has taken too long, and when to look again. Called by the supervising thread.
    pub(super) fn look_after(&self) {
        if !self.is_ours() {
            return;
        }
        let mut core = self.touch();
        core.next_look = None;
        if let Some(at) = self.enforce(&mut core, clock::now()) {
            core.look_at(at);
        }
    }

    fn enforce(&self, core: &mut Core, now: u64) -> Option<u64> {
        if core.has_ended() {
            return None;
        }
        let next_life = if core.is_between_lives() { self.revive(core, now) } else { None };
        if core.has_ended() {
            return None;
        }
        if core.ending.is_killed() {
            self.look_at_killed(core);
            if core.has_ended() {
                return None;
            }
            return Some(later(now, AGAIN));
        }
        let sent = core.slots.occupied().filter(|&(_, index)| core.outcomes.is_sent(index));
        let sent: Vec<_> = sent.map(|(slot, index)| (Some(slot), index)).collect();
        let waiting: Vec<_> = core.backlog.indices().map(|index| (None, index)).collect();
        let mut next = earlier(next_life, self.enforce_ready(core, now));
        for (slot, index) in sent.into_iter().chain(waiting) {
            next = earlier(next, self.enforce_call(core, slot, index, now));
        }
        next
    }

    fn enforce_ready(&self, core: &mut Core, now: u64) -> Option<u64> {
        if !matches!(core.life, Life::Starting) || core.is_between_lives() {
            return None;
        }
        let deadline = later(core.started_at, self.identity.limits.ready_timeout?);
        if now < deadline {
            return Some(deadline);
        }
        core.ending.is_too_slow = true;
        self.kill_child(core);
        Some(later(now, AGAIN))
    }

    /// When to look at this call again.
    fn enforce_call(&self, core: &mut Core, slot: Option<u16>, index: u32, now: u64) -> Option<u64> {
        let timing = core.outcomes.timing_of(index);
        let timeout = timing.timeout.or(self.identity.limits.of(core.outcomes.method_of(index)));
        match (slot, self.phase(core, slot, index)) {
            (Some(slot), Some(Phase::Running)) => self.enforce_running(core, slot, index, timeout, now),
            (_, Some(Phase::Queued)) => {
                if timing.start_by.is_some_and(|by| now >= by) {
                    let ended = self.take_back(core, slot, index, Why::TimedOut);
                    return (!ended).then(|| later(now, AGAIN));
                }
                earlier(timing.start_by, timeout.map(|timeout| later(now, timeout)))
            }
            (_, Some(Phase::Answered)) => None, // The reply is on its way.
            _ => {
                self.break_off(core, NONSENSE);
                None
            }
        }
    }

    fn enforce_running(
        &self,
        core: &mut Core,
        slot: u16,
        index: u32,
        timeout: Option<Duration>,
        now: u64,
    ) -> Option<u64> {
        if let Some(told) = core.outcomes.timing_of(index).told {
            let until = later(told.at, self.identity.limits.cancel_grace);
            if now < until {
                return Some(until);
            }
            self.give_up(core, slot, index, told);
            return Some(later(now, AGAIN));
        }
        let until = later(later(self.started(slot, now), timeout?), clock::coarse_by());
        if now < until {
            return Some(until);
        }
        Some(self.tell_to_end(core, slot, index, Why::TimedOut, now))
    }

    /// How far the call has come; one that waits in the parent is queued.
    fn phase(&self, core: &Core, slot: Option<u16>, index: u32) -> Option<Phase> {
        let Some(slot) = slot else { return Some(Phase::Queued) };
        self.channel.state(slot).phase_of(core.outcomes.call_of(index))
    }

    /// When the call in this slot began. The child says so, so it may be anything.
    fn started(&self, slot: u16, now: u64) -> u64 {
        self.channel.started_at(slot).load(Ordering::Relaxed).min(now)
    }

    /// Tells the method to end. When to look again.
    fn tell_to_end(&self, core: &mut Core, slot: u16, index: u32, why: Why, now: u64) -> u64 {
        let ran_for = Duration::from_nanos(now - self.started(slot, now));
        core.outcomes.timing_mut(index).told = Some(Told { at: now, ran_for, why });
        let call = core.outcomes.call_of(index);
        self.queue(core, Happened::CallAskedToEnd(self.method_name(core.outcomes.method_of(index)), call));
        self.channel.cancel().tell(call);
        later(now, self.identity.limits.cancel_grace)
    }

    /// Takes a call back that has not begun. False if it has.
    fn take_back(&self, core: &mut Core, slot: Option<u16>, index: u32, why: Why) -> bool {
        let call = core.outcomes.call_of(index);
        match slot {
            None => core.backlog.remove(call),
            Some(slot) if core.slots.withdraw(&self.channel, Entry { slot, call }) => {}
            Some(_) => return false,
        }
        let error = self.ended_early(core, index, why, Duration::ZERO, false, Started::No);
        core.settle(index, Stage::Failed(error));
        true
    }

    /// Kills the child, unless the call has just been answered.
    pub(super) fn give_up(&self, core: &mut Core, slot: u16, index: u32, told: Told) {
        let call = core.outcomes.call_of(index);
        if !core.slots.give_up(&self.channel, Entry { slot, call }) {
            return;
        }
        let method = self.method_name(core.outcomes.method_of(index));
        core.ending.given_up = Some((method, CallId::new(call), told.why));
        self.kill_child(core);
        // The child may read there until it is gone: what the call refers to is not let go before that.
        core.dying = core.outcomes.take_held(index);
        let error = self.ended_early(core, index, told.why, told.ran_for, true, Started::Yes);
        core.settle(index, Stage::Failed(error));
    }

    /// The outcome of a call that was answered after it had been told to end.
    pub(super) fn told_outcome(&self, core: &Core, index: u32) -> Option<CallError> {
        let Told { ran_for, why, .. } = core.outcomes.timing_of(index).told?;
        Some(self.ended_early(core, index, why, ran_for, false, Started::Yes))
    }

    fn ended_early(
        &self,
        core: &Core,
        index: u32,
        why: Why,
        ran_for: Duration,
        killed: bool,
        started: Started,
    ) -> CallError {
        let method = self.method_name(core.outcomes.method_of(index));
        let mut site = self.site(method, core.outcomes.call_of(index), core.outcomes.had_begun(index, started));
        site.lives_on = killed && self.may_live_on(core);
        match why {
            Why::TimedOut => CallError::TimedOut { ran_for, killed, site },
            Why::Cancelled => CallError::Cancelled { ran_for, killed, site },
        }
    }

    /// Ends a call early: taken back if it has not begun, told to end if it has.
    pub(crate) fn cancel(&self, ticket: Ticket) {
        let mut core = self.touch();
        let index = ticket.index();
        if core.outcomes.is_settled(ticket) || core.has_ended() || core.outcomes.timing_of(index).told.is_some() {
            return;
        }
        let slot = core.slots.slot_of(index);
        match (slot, self.phase(&core, slot, index)) {
            (_, Some(Phase::Queued)) if self.take_back(&mut core, slot, index, Why::Cancelled) => {
                self.fill_slots(&mut core)
            }
            // It may have begun just now.
            (Some(slot), Some(Phase::Queued | Phase::Running)) => {
                let at = self.tell_to_end(&mut core, slot, index, Why::Cancelled, clock::now());
                core.look_at(at);
            }
            (_, Some(Phase::Queued | Phase::Answered)) => {}
            _ => self.break_off(&mut core, NONSENSE),
        }
    }

    /// Sets how long this call may run from when its method begins.
    pub(crate) fn set_timeout(&self, ticket: Ticket, timeout: Duration) {
        let mut core = self.touch();
        if !core.outcomes.is_settled(ticket) {
            core.outcomes.timing_mut(ticket.index()).timeout = Some(timeout);
            core.look_at(later(clock::now(), timeout));
        }
    }

    /// A call was accepted: when to look at it first.
    #[inline]
    pub(super) fn note_limits(&self, core: &mut Core, ticket: Ticket, method: u32) {
        if self.identity.limits.concern_calls() {
            self.note_limits_of(core, ticket, method);
        }
    }

    fn note_limits_of(&self, core: &mut Core, ticket: Ticket, method: u32) {
        let (limits, now) = (&self.identity.limits, clock::now());
        if let Some(queue_timeout) = limits.queue_timeout {
            let start_by = later(now, queue_timeout);
            core.outcomes.timing_mut(ticket.index()).start_by = Some(start_by);
            core.look_at(start_by);
        }
        if let Some(timeout) = limits.of(method) {
            core.look_at(later(now, timeout));
        }
    }
}

impl Core {
    /// The supervising thread shall look at this time, unless it looks before anyway.
    pub(super) fn look_at(&mut self, at: u64) {
        if self.next_look.is_none_or(|next| at < next) {
            self.next_look = Some(at);
            self.after.remind = Some(at);
        }
    }
}

fn earlier(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.into_iter().chain(other).min()
}
