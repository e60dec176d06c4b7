//! The oldest call that the child has neither answered nor skipped: the only call that can be
//! running.
//!
//! Knows numbers and times. All times are the parent's own, except the start time that the child
//! claims.
//!
//! Invariant: the claimed time counts only within what the parent has observed: not before the call
//! was in front, and not long after.

use std::time::Duration;

use crate::clock::later;
use crate::process::coarse_clock::clock_lag;

/// The call in front, as far as the parent knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Front {
    pub(crate) slot: u16,
    pub(crate) call: u64,
    pub(crate) holder: FrontHolder,
    /// When the parent first observed it in front, in nanoseconds of the monotonic clock.
    pub(crate) since: u64,
    /// When the parent last observed that it was not in front yet.
    pub(crate) not_before: u64,
}

/// What is in front: a live call or a cancelled one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrontHolder {
    /// The call with this record.
    Call(u32),
    /// A cancelled call, which the child has not skipped yet.
    Cancelled,
}

impl Front {
    /// Returns when the method started, given the time that the child claims. An impossible claim
    /// is replaced by the time at which the parent first observed the call in front. A claimed
    /// start more than `patience` after that time is cut to it.
    pub(crate) fn started_at(&self, claimed: u64, patience: Duration, now: u64) -> u64 {
        // The child reads a coarse clock, which lags behind.
        let is_possible = later(claimed, clock_lag()) >= self.not_before && claimed <= now;
        if is_possible { claimed.min(later(self.since, patience)) } else { self.since }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claimed_start_time_counts_only_if_it_is_possible() {
        let second = 1_000_000_000;
        let (not_before, since) = (10 * second, 11 * second);
        let front = Front { slot: 0, call: 1, holder: FrontHolder::Call(0), since, not_before };
        let patience = Duration::from_secs(2);
        let now = since + 9 * second;
        for possible in [not_before, since, since + 2 * second] {
            assert_eq!(front.started_at(possible, patience, now), possible);
        }
        for impossible in [0, 9 * second, now + second, u64::MAX] {
            assert_eq!(front.started_at(impossible, patience, now), since);
        }
        assert_eq!(
            front.started_at(now, patience, now),
            since + 2 * second,
            "a child that always claims a start just now"
        );
    }
}
