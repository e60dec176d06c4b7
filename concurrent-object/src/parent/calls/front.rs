//! The oldest call that the child has neither answered nor passed over: the only one that can be running.
//!
//! Knows numbers and times, all of them the parent's own but one, the child's word of when the call began. Invariant: that
//! word counts only within what the parent knows: not before the call was in front, and not long after.

use std::time::Duration;

use crate::clock::later;
use crate::process::coarse_clock::clock_lag;

/// What the child has come to, as far as the parent knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Front {
    pub(crate) slot: u16,
    pub(crate) call: u64,
    pub(crate) holder: FrontHolder,
    /// The first look at which it was in front.
    pub(crate) since: u64,
    /// The look before, at which it was not.
    pub(crate) not_before: u64,
}

/// What is in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrontHolder {
    /// The call with this record.
    Call(u32),
    /// A call that was withdrawn: the child has still to pass over it.
    Cancelled,
}

impl Front {
    /// When the method began, given the child's word for it. A word that cannot be true is replaced by the first look at the
    /// call in front. A child that says that it needed longer than `patience` to begin is not believed.
    pub(crate) fn began(&self, word: u64, patience: Duration, now: u64) -> u64 {
        // The child's clock is coarse.
        let is_possible = later(word, clock_lag()) >= self.not_before && word <= now;
        if is_possible { word.min(later(self.since, patience)) } else { self.since }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_when_a_call_began_counts_only_if_it_can_be_true() {
        let second = 1_000_000_000;
        let (not_before, since) = (10 * second, 11 * second);
        let front = Front { slot: 0, call: 1, holder: FrontHolder::Call(0), since, not_before };
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
