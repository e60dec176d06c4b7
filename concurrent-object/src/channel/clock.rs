//! The time that both ends read: the monotonic clock, in its coarse form where it is read often.
#![allow(unsafe_code)]

use std::sync::OnceLock;
use std::time::Duration;

/// Nanoseconds, exact to some milliseconds: enough for deadlines, and read in a few nanoseconds.
#[inline]
pub(crate) fn coarse_now() -> u64 {
    read(libc::CLOCK_MONOTONIC_COARSE)
}

/// Nanoseconds, exact.
pub(crate) fn now() -> u64 {
    read(libc::CLOCK_MONOTONIC)
}

#[inline]
fn read(clock: libc::clockid_t) -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a `timespec` of this function. Both clocks exist since Linux 2.6.32, so it cannot fail.
    unsafe { libc::clock_gettime(clock, &raw mut now) };
    now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs()
}

/// By how much the coarse clock may be behind: the kernel's tick, from 1 to 10 ms.
pub(crate) fn coarse_by() -> Duration {
    static TICK: OnceLock<Duration> = OnceLock::new();
    *TICK.get_or_init(|| {
        let mut step = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the pointer is to a `timespec` of this function. The clock exists, so it cannot fail.
        unsafe { libc::clock_getres(libc::CLOCK_MONOTONIC_COARSE, &raw mut step) };
        Duration::new(step.tv_sec.unsigned_abs(), u32::try_from(step.tv_nsec).unwrap_or_default())
    })
}
