//! One poll of an object by the supervisor thread, and how it judges whether a time is over.
//!
//! Knows clocks and pauses; `deadlines` knows the limits. Invariant: time in which the program was
//! stopped does not count, and for limits of the child, neither does time in which the child was.

use std::time::Duration;

use super::state::ObjectState;
use crate::clock::later;
use crate::parent::pauses::{Pauses, check_interval};

/// When to check again whether a killed child is gone, or how a lost race has ended.
const AGAIN: Duration = Duration::from_millis(2);

/// One poll of an object by the supervisor thread: its time, and the pauses up to then.
pub(crate) struct Inspection<'p> {
    pub(crate) now: u64,
    /// The spans of time in which the whole program was stopped.
    pub(crate) pauses: &'p Pauses,
}

impl Inspection<'_> {
    /// Returns when to check again a limit that began at `since`, or `None` if the time is over.
    /// Time in which the program or the child was stopped does not count.
    pub(crate) fn until(&self, state: &ObjectState, since: u64, limit: Duration) -> Option<u64> {
        self.at_most(since, limit, state.stops.within(since, self.now))
    }

    /// Does the same for a limit that concerns the caller and not the child. Only stops of the
    /// whole program do not count; a stop of the child counts.
    pub(crate) fn until_for_caller(&self, since: u64, limit: Duration) -> Option<u64> {
        self.at_most(since, limit, 0)
    }

    fn at_most(&self, since: u64, limit: Duration, stopped: u64) -> Option<u64> {
        let due = later(since, limit).saturating_add(self.pauses.within(since, self.now)).saturating_add(stopped);
        (due > self.now).then(|| due.min(later(self.now, check_interval(limit))))
    }

    /// Returns how long a call has run since `since`, without the time in which it was stopped.
    pub(crate) fn ran_since(&self, state: &ObjectState, since: u64) -> Duration {
        let paused = self.pauses.within(since, self.now).saturating_add(state.stops.within(since, self.now));
        Duration::from_nanos(self.now.saturating_sub(since).saturating_sub(paused))
    }

    pub(crate) fn again(&self) -> u64 {
        later(self.now, AGAIN)
    }
}
