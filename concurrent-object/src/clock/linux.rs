//! The kernel's monotonic clock, and the form in which system calls take a time.
//!
//! Knows system calls only.

use std::time::Duration;

use rustix::time::{ClockId, Timespec, clock_gettime};

/// Returns nanoseconds, exact to some milliseconds. That is enough for deadlines, and takes a few
/// nanoseconds.
#[inline]
pub(crate) fn coarse_now() -> u64 {
    nanoseconds(clock_gettime(ClockId::MonotonicCoarse))
}

/// Returns nanoseconds, exact.
#[inline]
pub(crate) fn now() -> u64 {
    nanoseconds(clock_gettime(ClockId::Monotonic))
}

#[inline]
fn nanoseconds(time: Timespec) -> u64 {
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

/// Converts to a relative timeout of a system call. More than a century is cut to a century.
pub(crate) fn timespec(time: Duration) -> Timespec {
    let time = time.min(Duration::from_secs(100 * 365 * 86_400));
    Timespec { tv_sec: time.as_secs() as i64, tv_nsec: i64::from(time.subsec_nanos()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_of_a_system_call_is_cut_where_the_kernel_would_refuse_it() {
        let (short, long) = (timespec(Duration::new(3, 7)), timespec(Duration::MAX));
        assert_eq!((short.tv_sec, short.tv_nsec), (3, 7));
        assert!(long.tv_sec > 3_000_000_000 && long.tv_nsec == 0);
    }
}
