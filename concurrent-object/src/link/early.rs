//! Calls that end before their time: withdrawn, told to end, given up; for a limit or because the caller cancels them.
//!
//! Knows states. Every transition is a compare-exchange, and the loser has no effect: so a call that was withdrawn never runs,
//! and a kill never hits the next call. By force is given up only what the parent's own clock says is over.

use std::time::Duration;

use super::enforce::NONSENSE;
use super::events::Happened;
use super::limits::{Told, Why};
use super::outcomes::{Stage, Ticket};
use super::pauses::step;
use super::{Core, Link};
use crate::channel::ring::Entry;
use crate::channel::state::Phase;
use crate::clock::{self, later};
use crate::error::{CallError, CallId, Started};

impl Link {
    /// Tells the method to end.
    pub(super) fn tell_to_end(&self, core: &mut Core, index: u32, told: Told) {
        core.outcomes.timing_mut(index).told = Some(told);
        let call = core.outcomes.call_of(index);
        self.queue(core, Happened::CallAskedToEnd(self.method_name(core.outcomes.method_of(index)), call));
        self.channel.cancel().tell(call);
    }

    /// Withdraws a call that has not begun. False if it has.
    pub(super) fn take_back(&self, core: &mut Core, slot: Option<u16>, index: u32, why: Why) -> bool {
        let call = core.outcomes.call_of(index);
        match slot {
            None => core.backlog.remove(call),
            Some(slot) if core.slots.withdraw(&self.channel, Entry { slot, call }) => {
                // The child is to pass over it soon.
                core.look_at(later(clock::now(), step(self.identity.limits.cancel_grace)));
            }
            Some(_) => return false,
        }
        let error = self.ended_early(core, index, why, Duration::ZERO, false, Started::No);
        core.settle(index, Stage::Failed(error));
        true
    }

    /// Kills the child, unless the call is no longer running; by force, whatever the child says of it.
    pub(super) fn give_up(&self, core: &mut Core, entry: Entry, index: u32, told: Told, by_force: bool) {
        let started = match self.channel.state(entry.slot).phase_of(entry.call) {
            Some(Phase::Running | Phase::Answered) => Started::Yes,
            _ => Started::Unknown,
        };
        if !core.slots.give_up(&self.channel, entry) {
            if !by_force {
                return;
            }
            core.slots.leave_to_child(entry);
        }
        let method = self.method_name(core.outcomes.method_of(index));
        core.ending.given_up = Some((method, CallId::new(entry.call), told.why));
        self.kill_child(core);
        // The child may read there until it is gone: what the call refers to is not let go before that.
        core.dying = core.outcomes.take_held(index);
        let error = self.ended_early(core, index, told.why, told.ran_for, true, started);
        core.settle(index, Stage::Failed(error));
    }

    /// Kills the child, which should have passed over this withdrawn call and has not: it runs something else.
    pub(super) fn give_up_passing(&self, core: &mut Core, entry: Entry) {
        let method = core.slots.method_of(&self.channel, entry).map_or("", |method| self.method_name(method));
        core.ending.given_up = Some((method, CallId::new(entry.call), Why::TimedOut));
        self.kill_child(core);
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

    /// Ends a call early: withdrawn if it has not begun, told to end if it has.
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
            (Some(slot), Some(Phase::Queued | Phase::Running | Phase::Answered)) => {
                self.tell_cancelled(&mut core, ticket, slot);
            }
            _ => self.break_off(&mut core, NONSENSE),
        }
    }

    /// A call that is answered, as the child says, is told too: nothing shows yet that there will be a reply.
    fn tell_cancelled(&self, core: &mut Core, ticket: Ticket, slot: u16) {
        // A sound child that has said so has published its reply by now, or is about to.
        self.advance(core);
        if core.outcomes.is_settled(ticket) {
            return;
        }
        let now = clock::now();
        let began = self.said_to_begin(slot).clamp(core.started_at.min(now), now);
        let ran_for = Duration::from_nanos((now - began).saturating_sub(core.stops.within(began, now)));
        self.tell_to_end(core, ticket.index(), Told { at: now, ran_for, why: Why::Cancelled });
        core.look_at(later(now, step(self.identity.limits.cancel_grace)));
    }

    /// Sets how long this call may run from when its method begins.
    pub(crate) fn set_timeout(&self, ticket: Ticket, timeout: Duration) {
        let mut core = self.touch();
        if !core.outcomes.is_settled(ticket) {
            core.outcomes.timing_mut(ticket.index()).timeout = Some(timeout);
            self.look_when_sent(&mut core, ticket.index());
        }
    }

    /// A call was accepted: when to look at it first.
    #[inline]
    pub(super) fn note_limits(&self, core: &mut Core, ticket: Ticket) {
        if self.identity.limits.concern_calls() {
            self.note_limits_of(core, ticket);
        }
    }

    fn note_limits_of(&self, core: &mut Core, ticket: Ticket) {
        if let Some(queue_timeout) = self.identity.limits.queue_timeout {
            let now = clock::now();
            core.outcomes.timing_mut(ticket.index()).queued_at = Some(now);
            core.look_at(later(now, step(queue_timeout).min(queue_timeout)));
        }
        self.look_when_sent(core, ticket.index());
    }

    /// A call is in a slot, and may begin at once. One that waits in the parent is looked at when it gets one.
    #[inline]
    pub(super) fn look_when_sent(&self, core: &mut Core, index: u32) {
        if self.identity.limits.concern_calls() || core.outcomes.timing_of(index).timeout.is_some() {
            self.look_at_sent(core, index);
        }
    }

    fn look_at_sent(&self, core: &mut Core, index: u32) {
        let limits = &self.identity.limits;
        let timeout = core.outcomes.timing_of(index).timeout.or(limits.of(core.outcomes.method_of(index)));
        if let (Some(timeout), true) = (timeout, core.outcomes.is_sent(index)) {
            core.look_at(later(clock::now(), step(timeout).min(timeout)));
        }
    }
}
