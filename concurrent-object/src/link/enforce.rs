//! Limits in time, enforced by the supervisor thread: a call that takes too long is withdrawn, told to end, and in the end
//! killed with its object.
//!
//! Problem: the child says how far a call has come and when it began, and a child whose memory was overwritten says anything.
//! Way here: the child serves in order, so the oldest call that it has not answered is the only one that can be running. Since
//! when the parent has seen that call in front is the parent's own knowledge (`front`). The child's words move its limit only
//! within bounds. Invariants: work at one look does not grow with the number of calls that wait; stopped time does not count.

use std::time::Duration;

use super::front::{Front, Holder};
use super::limits::{Told, Why};
use super::pauses::{Pauses, step};
use super::{Core, Life, Link};
use crate::channel::ring::Entry;
use crate::channel::state::Phase;
use crate::clock::{self, later};
use crate::process::tick::tick;

/// How soon to look again whether a child that was killed is gone, or what a lost race has come to.
const AGAIN: Duration = Duration::from_millis(2);

/// So many calls that waited too long are settled at one look. Then the lock is free for others.
pub(super) const BATCH: usize = 64;

/// The child has written into the words that say how far its calls have come.
pub(super) const NONSENSE: &str = "a call in a state that it cannot be in";

/// One look of the supervisor thread at an object.
pub(super) struct Look<'p> {
    pub(super) now: u64,
    /// When the whole program was stopped.
    pub(super) pauses: &'p Pauses,
}

impl Look<'_> {
    /// When to look again at what has this limit since then; nothing if the time is over. Not counted is the time in which
    /// the program or the child was stopped.
    pub(super) fn until(&self, core: &Core, since: u64, limit: Duration) -> Option<u64> {
        self.at_most(since, limit, core.stops.within(since, self.now))
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
    pub(super) fn ran_since(&self, core: &Core, since: u64) -> Duration {
        let paused = self.pauses.within(since, self.now).saturating_add(core.stops.within(since, self.now));
        Duration::from_nanos(self.now.saturating_sub(since).saturating_sub(paused))
    }

    fn again(&self) -> u64 {
        later(self.now, AGAIN)
    }
}

impl Link {
    /// Looks whether anything has taken too long, and when to look again. Called by the supervisor thread, which knows when
    /// the program was stopped.
    pub(super) fn look_after(&self, pauses: &Pauses) {
        if !self.is_ours() {
            return;
        }
        // Without the lock: it reads a file.
        let busy = self.busy_process();
        let halt = busy.as_ref().and_then(|body| body.child.halt());
        let mut core = self.touch();
        let look = Look { now: clock::now(), pauses };
        if busy.is_some() {
            core.stops.note(halt, look.now);
        }
        core.next_look = None;
        if let Some(at) = self.enforce(&mut core, &look) {
            core.look_at(at);
        }
    }

    pub(super) fn enforce(&self, core: &mut Core, look: &Look<'_>) -> Option<u64> {
        if core.has_ended() {
            return None;
        }
        let mut next = if core.is_between_lives() { self.revive(core, look.now) } else { None };
        if core.has_ended() {
            return None;
        }
        if !core.ending.is_killed() {
            next = earlier(next, self.enforce_ready(core, look));
            next = earlier(next, self.enforce_front(core, look));
        }
        if core.ending.is_killed() {
            self.look_at_killed(core);
            if core.has_ended() {
                return None;
            }
            return Some(look.again());
        }
        next = earlier(next, self.enforce_sent(core, look));
        earlier(next, self.enforce_waiting(core, look))
    }

    fn enforce_ready(&self, core: &mut Core, look: &Look<'_>) -> Option<u64> {
        if !matches!(core.life, Life::Starting) || core.is_between_lives() {
            return None;
        }
        let again = look.until(core, core.started_at, self.identity.limits.ready_timeout?);
        if again.is_none() {
            core.ending.is_too_slow = true;
            self.kill_child(core);
        }
        again
    }

    /// The call that may be running, or that the child must pass over now.
    fn enforce_front(&self, core: &mut Core, look: &Look<'_>) -> Option<u64> {
        let front = core.note_front(look.now)?;
        match front.holder {
            Holder::Call(index) => self.enforce_running(core, front, index, look),
            Holder::Withdrawn => self.enforce_passing(core, front, look),
        }
    }

    fn enforce_running(&self, core: &mut Core, front: Front, index: u32, look: &Look<'_>) -> Option<u64> {
        let timing = core.outcomes.timing_of(index);
        let timeout = timing.timeout.or(self.identity.limits.of(core.outcomes.method_of(index)));
        if let Some(told) = timing.told {
            return Some(self.enforce_grace(core, front, index, told, look));
        }
        let timeout = timeout?;
        let patience = self.patience(timeout);
        let (since, limit) = match self.channel.state(front.slot).phase_of(front.call) {
            Some(Phase::Running) => (front.began(self.said_to_begin(front.slot), patience, look.now), tick()),
            // It may just be between two calls.
            _ => (front.since, patience),
        };
        let again = look.until(core, since, limit.saturating_add(timeout));
        if again.is_some() {
            return again;
        }
        let told = Told { at: look.now, ran_for: look.ran_since(core, since), why: Why::TimedOut };
        self.tell_to_end(core, index, told);
        Some(later(look.now, step(self.identity.limits.cancel_grace)))
    }

    /// A method was told to end, and has some time for it. A caller who cancels waits meanwhile, even if the child is stopped.
    fn enforce_grace(&self, core: &mut Core, front: Front, index: u32, told: Told, look: &Look<'_>) -> u64 {
        let grace = self.identity.limits.cancel_grace;
        let until = |limit| match told.why {
            Why::TimedOut => look.until(core, told.at, limit),
            Why::Cancelled => look.until_for_caller(told.at, limit),
        };
        if let Some(at) = until(grace) {
            return at;
        }
        let entry = Entry { slot: front.slot, call: front.call };
        let by_force = match self.channel.state(front.slot).phase_of(front.call) {
            Some(Phase::Running) => false,
            // Its reply may be on the way.
            Some(Phase::Answered) => until(grace.saturating_add(self.patience(grace))).is_none(),
            _ => true,
        };
        self.give_up(core, entry, index, told, by_force);
        look.again()
    }

    /// The child passes over a withdrawn call at once, unless it runs one all the while. If it is to end, it passes over nothing.
    fn enforce_passing(&self, core: &mut Core, front: Front, look: &Look<'_>) -> Option<u64> {
        if core.ending.asked {
            return None;
        }
        let again = look.until(core, front.since, self.patience(Duration::ZERO));
        if again.is_none() {
            self.give_up_passing(core, Entry { slot: front.slot, call: front.call });
        }
        again
    }

    /// Calls in slots. Only one that the child has not begun can have waited too long.
    fn enforce_sent(&self, core: &mut Core, look: &Look<'_>) -> Option<u64> {
        let sent: Vec<_> = core.slots.occupied().filter(|&(_, index)| core.outcomes.is_sent(index)).collect();
        let mut next = core.slots.has_withdrawn().then(|| later(look.now, self.patience(Duration::ZERO)));
        for (slot, index) in sent {
            match self.phase(core, Some(slot), index) {
                Some(Phase::Queued) => next = earlier(next, self.enforce_queued(core, Some(slot), index, look)),
                Some(Phase::Running | Phase::Answered) => {}
                _ => {
                    self.break_off(core, NONSENSE);
                    return Some(look.again());
                }
            }
            next = earlier(next, self.look_behind_front(core, index, look));
        }
        next
    }

    /// One that is behind the front can begin before the next look, and be over as soon as this.
    fn look_behind_front(&self, core: &Core, index: u32, look: &Look<'_>) -> Option<u64> {
        let call = core.outcomes.call_of(index);
        if core.front.is_some_and(|front| front.call == call) || !core.outcomes.is_sent(index) {
            return None;
        }
        let limits = &self.identity.limits;
        let timeout = core.outcomes.timing_of(index).timeout.or(limits.of(core.outcomes.method_of(index)))?;
        Some(later(look.now, timeout))
    }

    /// Calls without a slot, oldest first, and so in the order in which their time is over.
    fn enforce_waiting(&self, core: &mut Core, look: &Look<'_>) -> Option<u64> {
        self.identity.limits.queue_timeout?;
        for _ in 0..BATCH {
            let index = core.backlog.front()?;
            let again = self.enforce_queued(core, None, index, look);
            if again.is_some() {
                return again;
            }
        }
        // At once, but not before others had the lock.
        Some(look.now)
    }

    /// A call that has not begun. When to look at it again; nothing if it was withdrawn, or has no such limit.
    fn enforce_queued(&self, core: &mut Core, slot: Option<u16>, index: u32, look: &Look<'_>) -> Option<u64> {
        let limit = self.identity.limits.queue_timeout?;
        let since = core.outcomes.timing_of(index).queued_at?;
        let again = look.until_for_caller(since, limit);
        if again.is_some() {
            return again;
        }
        let withdrawn = self.take_back(core, slot, index, Why::TimedOut);
        (!withdrawn).then(|| look.again())
    }

    /// How long a child may take to come to the next call: as long as the user's own limits are, or what a busy machine may
    /// need, or a long save of the state.
    fn patience(&self, limit: Duration) -> Duration {
        let saves = self.recipe.as_ref().is_some_and(|recipe| recipe.saves);
        let least = Duration::from_secs(if saves { 60 } else { 2 });
        least.max(limit).max(self.identity.limits.cancel_grace)
    }

    /// How far the call has come, as the child says; one that waits in the parent is queued.
    pub(super) fn phase(&self, core: &Core, slot: Option<u16>, index: u32) -> Option<Phase> {
        let Some(slot) = slot else { return Some(Phase::Queued) };
        self.channel.state(slot).phase_of(core.outcomes.call_of(index))
    }
}

impl Core {
    /// The supervisor thread looks at this time, unless it looks before anyway.
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
