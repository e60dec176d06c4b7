//! The monotonic clock of the standard library, for targets other than Linux.
//!
//! Knows `Instant` only. Invariant: the clock never shows zero, which elsewhere means "not set".

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// What the clock shows when it is read first.
const FIRST: Duration = Duration::from_secs(1);

/// Returns nanoseconds, exact.
#[inline]
pub(crate) fn now() -> u64 {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    (BEGAN.get_or_init(Instant::now).elapsed() + FIRST).as_nanos() as u64
}

/// Returns the same as [`now`]: there is no cheaper clock.
#[inline]
pub(crate) fn coarse_now() -> u64 {
    now()
}

/// Converts to the timeout of a wait. More than a century is cut to a century.
pub(crate) fn timespec(time: Duration) -> Duration {
    time.min(Duration::from_secs(100 * 365 * 86_400))
}
