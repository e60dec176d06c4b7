//! The kernel's monotonic clock, which parent, child and every timer of this crate read.
//!
//! Problem: `std` and libc read the clock through a function that a preloaded library may replace
//! (`libfaketime`). Timers, `poll` and futexes follow the kernel's clock. A deadline computed with
//! one clock and waited for with the other comes an hour late, or never. So nothing in this crate
//! measures time with `std::time::Instant`. `wire` only sends the user's own.
//!
//! Invariant: the clock stands still while the machine is suspended, and goes on while a process is
//! stopped.

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod linux;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
mod portable;

use std::time::Duration;

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) use self::linux::{coarse_now, now, timespec};
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) use self::portable::{coarse_now, now, timespec};

/// Returns the time that is `by` later, or the last time that the clock can show.
#[inline]
pub(crate) fn later(at: u64, by: Duration) -> u64 {
    at.saturating_add(u64::try_from(by.as_nanos()).unwrap_or(u64::MAX))
}

/// A point in time; used instead of the standard library's `Instant`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    #[inline]
    pub(crate) fn now() -> Self {
        Self(now())
    }

    /// Returns the moment that is `time` after now. A moment that the clock cannot show never
    /// comes.
    pub(crate) fn after(time: Duration) -> Self {
        Self(later(now(), time))
    }

    /// Returns how long ago it was.
    #[inline]
    pub(crate) fn elapsed(self) -> Duration {
        Duration::from_nanos(now().saturating_sub(self.0))
    }

    /// Returns how long it is until then.
    pub(crate) fn left(self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(now()))
    }

    /// Whether it has come.
    pub(crate) fn has_come(self) -> bool {
        self.0 <= now()
    }
}

impl From<u64> for Moment {
    /// Converts from nanoseconds of the clock.
    fn from(at: u64) -> Self {
        Self(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_that_no_clock_can_show_never_comes() {
        let never = Moment::after(Duration::MAX);
        assert!(!never.has_come() && never.left() > Duration::from_secs(1 << 32));
        assert!(Moment::after(Duration::ZERO).has_come() && Moment::from(1).elapsed() > Duration::ZERO);
    }
}
