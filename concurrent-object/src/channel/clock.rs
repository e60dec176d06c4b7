//! The time that both ends read: the monotonic clock, in its coarse form.
#![allow(unsafe_code)]

/// Nanoseconds, exact to some milliseconds: enough for deadlines, and read in a few nanoseconds.
#[inline]
pub(crate) fn coarse_now() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a `timespec` of this function. The clock exists since Linux 2.6.32, so it cannot fail.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC_COARSE, &raw mut now) };
    now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs()
}
