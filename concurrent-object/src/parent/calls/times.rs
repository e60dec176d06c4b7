//! How long the calls of a pool waited, and how long they ran.
//!
//! Knows times. Invariant: each answered call is counted once in both histograms.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;

/// A histogram of times: how often calls took how long. Values are exact to one per cent.
#[derive(Clone)]
pub struct TimeHistogram(Histogram<u64>);

impl TimeHistogram {
    /// Two decimal digits. It grows with the largest value.
    fn new() -> Self {
        Self(Histogram::new(2).expect("two digits are allowed"))
    }

    /// Returns the number of calls.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// Returns the mean; zero without calls.
    #[must_use]
    pub fn mean(&self) -> Duration {
        Duration::from_nanos(self.0.mean() as u64)
    }

    /// Returns the longest time.
    #[must_use]
    pub fn max(&self) -> Duration {
        Duration::from_nanos(self.0.max())
    }

    /// Returns the time that this share of the calls did not exceed: `quantile(0.99)`. The share is
    /// between 0 and 1.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Duration {
        Duration::from_nanos(self.0.value_at_quantile(share.clamp(0.0, 1.0)))
    }

    /// Returns the non-empty intervals, in order: the longest time of each, and how many calls it
    /// holds. For a metrics exporter, for instance.
    pub fn intervals(&self) -> impl Iterator<Item = (Duration, u64)> {
        self.0.iter_recorded().map(|value| (Duration::from_nanos(value.value_iterated_to()), value.count_at_value()))
    }

    fn note(&mut self, nanoseconds: u64) {
        // It grows as needed, so this fails for no value.
        let _recorded = self.0.record(nanoseconds);
    }
}

impl fmt::Debug for TimeHistogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (median, most) = (self.quantile(0.5), self.quantile(0.99));
        f.debug_struct("TimeHistogram")
            .field("count", &self.count())
            .field("median", &median)
            .field("99 %", &most)
            .field("max", &self.max())
            .finish()
    }
}

/// The times of all calls of one pool.
#[derive(Debug)]
pub(crate) struct CallTimes(Mutex<[TimeHistogram; 2]>);

impl Default for CallTimes {
    fn default() -> Self {
        Self(Mutex::new([TimeHistogram::new(), TimeHistogram::new()]))
    }
}

impl CallTimes {
    /// Counts a call. All times are in nanoseconds of the monotonic clock. `started_at` comes from
    /// the child, so it may be anything.
    pub(crate) fn note(&self, submitted_at: u64, started_at: u64, answered_at: u64) {
        let answered_at = answered_at.max(submitted_at);
        let started_at = started_at.clamp(submitted_at, answered_at);
        let [waiting, running] = &mut *self.lock();
        waiting.note(started_at - submitted_at);
        running.note(answered_at - started_at);
    }

    /// Returns how long calls waited, and how long they ran.
    pub(crate) fn both(&self) -> [TimeHistogram; 2] {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, [TimeHistogram; 2]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_a_child_has_made_up_stay_within_what_the_parent_knows() {
        let times = CallTimes::default();
        times.note(1_000_000, 0, 5_000_000);
        times.note(1_000_000, u64::MAX, 5_000_000);
        times.note(1_000_000, 2_000_000, 5_000_000);
        let [waiting, running] = times.both();
        assert_eq!((waiting.count(), running.count()), (3, 3));
        assert_eq!(waiting.quantile(0.0).as_millis(), 0);
        assert!(waiting.max().as_millis().abs_diff(4) <= 1 && running.max().as_millis().abs_diff(4) <= 1);
        assert!(waiting.quantile(0.5).as_micros().abs_diff(1000) <= 20, "{:?}", waiting.quantile(0.5));
        assert_eq!(running.intervals().map(|(_, count)| count).sum::<u64>(), 3);
    }
}
