//! When the thread of a relayed object looks at the call that it waits for: nothing wakes it when a
//! method begins, or when it reports progress.
//!
//! Knows intervals. Invariant: a call that reports no progress is looked at once in a second.

use std::time::Duration;

use crate::clock::Moment;

/// The first and the longest interval at which the thread looks whether a call has begun, and then
/// how far it has come.
pub(super) const LOOKS: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// The longest interval at a call that has begun and reports no progress.
const RARE_LOOKS: Duration = Duration::from_secs(1);

/// When the thread looks at the call that it waits for.
pub(super) struct Looks {
    interval: Duration,
    longest: Duration,
}

impl Default for Looks {
    fn default() -> Self {
        Self { interval: LOOKS.0, longest: LOOKS.1 }
    }
}

impl Looks {
    /// Returns when to look next.
    pub(super) fn next(&mut self) -> Moment {
        let at = Moment::after(self.interval);
        self.interval = (self.interval * 2).min(self.longest);
        at
    }

    /// Notes that the call has begun, and whether it has reported progress.
    pub(super) fn note(&mut self, has_progress: bool) {
        self.longest = if has_progress { LOOKS.1 } else { RARE_LOOKS };
        self.interval = self.interval.min(self.longest);
    }
}
