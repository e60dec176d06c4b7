//! The oldest call that the child has neither answered nor passed over: the only one that can be running.
//!
//! Knows numbers and times, all of them the parent's own but one, the child's word of when the call began. Invariant: that
//! word counts only within what the parent knows: not before the call was in front, and not long after.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::incarnation::Incarnation;
use super::{Core, Life, Link};
use crate::clock::later;
use crate::process::tick::tick;

/// What the child has come to, as far as the parent knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Front {
    pub(super) slot: u16,
    pub(super) call: u64,
    pub(super) holder: Holder,
    /// The first look at which it was in front.
    pub(super) since: u64,
    /// The look before, at which it was not.
    not_before: u64,
}

/// What is in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// The call with this record.
    Call(u32),
    /// A call that was withdrawn: the child has still to pass over it.
    Withdrawn,
}

impl Front {
    /// When the method began, given the child's word for it. A word that cannot be true is replaced by the first look at the
    /// call in front. A child that says that it needed longer than `patience` to begin is not believed.
    pub(super) fn began(&self, word: u64, patience: Duration, now: u64) -> u64 {
        // The child's clock is coarse.
        let is_possible = later(word, tick()) >= self.not_before && word <= now;
        if is_possible { word.min(later(self.since, patience)) } else { self.since }
    }
}

impl Core {
    /// What is in front now. Called once at each look, when all replies were taken in.
    pub(super) fn note_front(&mut self, now: u64) -> Option<Front> {
        let not_before = std::mem::replace(&mut self.looked_at, now);
        let oldest = if matches!(self.life, Life::Ready) { self.slots.oldest(&self.outcomes) } else { None };
        let before = self.front.take();
        let front = oldest.map(|(slot, call, holder)| match before.filter(|before| before.call == call) {
            Some(before) => Front { holder, ..before },
            None => Front { slot, call, holder, since: now, not_before },
        });
        self.front = front;
        front
    }
}

impl Link {
    /// When the call in this slot began, as the child says: it may be anything.
    pub(super) fn said_to_begin(&self, slot: u16) -> u64 {
        self.channel.started_at(slot).load(Ordering::Relaxed)
    }

    /// The process, if it is starting or has something to serve.
    pub(super) fn busy_process(&self) -> Option<Arc<Incarnation>> {
        let core = self.lock();
        let is_busy = matches!(core.life, Life::Starting) || core.slots.oldest(&core.outcomes).is_some();
        core.body.clone().filter(|_| is_busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_when_a_call_began_counts_only_if_it_can_be_true() {
        let second = 1_000_000_000;
        let (not_before, since) = (10 * second, 11 * second);
        let front = Front { slot: 0, call: 1, holder: Holder::Call(0), since, not_before };
        let patience = Duration::from_secs(2);
        let now = since + 9 * second;
        for possible in [not_before, since, since + 2 * second] {
            assert_eq!(front.began(possible, patience, now), possible);
        }
        for impossible in [0, 9 * second, now + second, u64::MAX] {
            assert_eq!(front.began(impossible, patience, now), since);
        }
        assert_eq!(front.began(now, patience, now), since + 2 * second, "it always says that it has just begun");
    }
}
