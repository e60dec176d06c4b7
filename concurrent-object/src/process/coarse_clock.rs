//! By how much the kernel's coarse clock may lag behind its exact clock.
//!
//! Knows one system call, which a sandbox may deny. Invariant: the result is never less than the
//! true lag.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The longest tick that a kernel for this crate's targets is built with: 100 ticks a second.
const LONGEST: Duration = Duration::from_millis(10);

/// Returns the kernel's tick, from 1 to 10 ms.
pub(crate) fn clock_lag() -> Duration {
    // Not a `OnceLock`: in a process forked while another thread filled it, a reader would block
    // without end.
    static TICK: AtomicU64 = AtomicU64::new(0);
    let mut clock_lag = TICK.load(Ordering::Relaxed);
    if clock_lag == 0 {
        clock_lag = ask().unwrap_or(LONGEST).as_nanos() as u64;
        TICK.store(clock_lag, Ordering::Relaxed);
    }
    Duration::from_nanos(clock_lag)
}

/// Asks the kernel. Not through `rustix`, which assumes that this call cannot fail.
fn ask() -> Option<Duration> {
    let mut time = MaybeUninit::<libc::timespec>::uninit();
    // SAFETY: the pointer is to a variable of this function, of the type that the call fills in.
    if unsafe { libc::clock_getres(libc::CLOCK_MONOTONIC_COARSE, time.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: the call returned 0, so it filled in the time.
    let time = unsafe { time.assume_init() };
    let (seconds, nanoseconds) = (u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?);
    Some(Duration::new(seconds, nanoseconds)).filter(|clock_lag| !clock_lag.is_zero() && *clock_lag <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tick_has_a_length_that_kernels_use() {
        assert!((Duration::from_micros(100)..=LONGEST).contains(&clock_lag()), "{:?}", clock_lag());
        assert_eq!(clock_lag(), ask().unwrap_or(LONGEST));
    }
}
