//! A streak of failures, after which a process tries something only now and then.
//!
//! Knows a count. Invariant: the count is a hint, so nothing depends on when another thread sees
//! it.

use std::sync::atomic::{AtomicU8, Ordering};

/// After this many failures in a row, the process does not try again ...
pub(super) const MOST_IN_A_ROW: u8 = 4;

/// ... except for one time in this many, to find out whether it would fail still.
pub(super) const TRY_EVERY: u8 = 16;

/// Failures in a row, up to `MOST_IN_A_ROW`. From there it counts on for `TRY_EVERY` failures, and
/// returns to `MOST_IN_A_ROW`. A time without a try counts as a failure.
#[derive(Debug, Default)]
pub(super) struct Streak(AtomicU8);

impl Streak {
    /// Whether to try: there were few failures, or it is time to probe.
    #[inline]
    pub(super) fn allows(&self) -> bool {
        let failures = self.0.load(Ordering::Relaxed);
        failures < MOST_IN_A_ROW || failures == MOST_IN_A_ROW + TRY_EVERY - 1
    }

    pub(super) fn fail(&self) {
        let failures = self.0.load(Ordering::Relaxed);
        let next = if failures == MOST_IN_A_ROW + TRY_EVERY - 1 { MOST_IN_A_ROW } else { failures + 1 };
        self.0.store(next, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn succeed(&self) {
        if self.0.load(Ordering::Relaxed) != 0 {
            self.0.store(0, Ordering::Relaxed);
        }
    }
}
