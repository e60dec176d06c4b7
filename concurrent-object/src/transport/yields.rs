//! Yields before sleep, as long as they are cheap.
//!
//! A yield is the cheapest way to let the other process run on a shared core. But beside a busy
//! process of the same priority it gives away a whole time slice, some milliseconds. A sleep does
//! not: the wake-up that ends it preempts the busy process. Whether other processes want the core
//! cannot be asked. So the thread times its yields. After a costly one it does not yield for
//! `PAUSE` times as long: then yields cost it a small part of its time.
//!
//! Knows the clock and `sched_yield`. Invariant: the time is a hint that all threads of the process
//! share, and nothing depends on it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crate::clock::now;

/// A yield that takes longer is costly: a busy process had the core.
const COSTLY: u64 = 300_000;

/// After a costly yield, no yield for so many times as long.
const PAUSE: u64 = 20;

/// The longest time without yields, in nanoseconds: a thread that was stopped learns nothing.
const LONGEST_PAUSE: u64 = 200_000_000;

/// How long to yield before sleep. Much less would save little, because sleeping and waking cost
/// tens of microseconds.
pub(crate) const YIELD_FOR: Duration = Duration::from_micros(100);

/// What the threads of a process know about the cost of yields.
#[derive(Debug)]
pub(crate) struct Yields {
    /// Until when they are too costly, in nanoseconds of the monotonic clock.
    costly_until: AtomicU64,
    /// How long a costly yield takes at least, in nanoseconds.
    costly: u64,
}

/// Of this process.
pub(crate) static YIELDS: Yields = Yields::new(COSTLY);

impl Yields {
    /// `costly`: how long a costly yield takes at least, in nanoseconds.
    pub(crate) const fn new(costly: u64) -> Self {
        Self { costly_until: AtomicU64::new(0), costly }
    }

    /// Whether a yield is expected to cost little.
    #[inline]
    pub(crate) fn are_cheap(&self) -> bool {
        let until = self.costly_until.load(Ordering::Relaxed);
        until == 0 || self.are_cheap_again(until, now())
    }

    fn are_cheap_again(&self, until: u64, now: u64) -> bool {
        let are_cheap = now >= until;
        if are_cheap {
            self.costly_until.store(0, Ordering::Relaxed);
        }
        are_cheap
    }

    /// Notes how long a yield took.
    fn note(&self, began: u64, ended: u64) {
        let took = ended.saturating_sub(began);
        if took >= self.costly {
            self.costly_until.store(ended + (took * PAUSE).min(LONGEST_PAUSE), Ordering::Relaxed);
        }
    }

    /// Yields. Returns the time afterwards.
    pub(crate) fn yield_once(&self, began: u64) -> u64 {
        thread::yield_now();
        let ended = now();
        self.note(began, ended);
        ended
    }

    /// Yields up to `most` times, for `YIELD_FOR` at most, until the condition holds or a yield was
    /// costly. Returns whether it holds, and how long it took.
    pub(crate) fn yield_until(&self, most: u32, ready: impl Fn() -> bool) -> (bool, Duration) {
        let began = now();
        let mut last = began;
        for _ in 0..most {
            if last - began >= YIELD_FOR.as_nanos() as u64 || !self.are_cheap() {
                break;
            }
            last = self.yield_once(last);
            if ready() {
                return (true, Duration::from_nanos(last - began));
            }
        }
        (false, Duration::from_nanos(last - began))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_costly_yield_there_is_none_for_a_while() {
        let yields = Yields::new(COSTLY);
        let began = now();
        yields.note(began, began + COSTLY - 1);
        assert!(yields.are_cheap());
        let ended = began + 1_000_000_000;
        yields.note(ended - COSTLY, ended);
        assert!(!yields.are_cheap());
        let until = yields.costly_until.load(Ordering::Relaxed);
        assert_eq!(until, ended + PAUSE * COSTLY);
        assert_eq!(yields.yield_until(u32::MAX, || false), (false, Duration::ZERO));
        assert!(!yields.are_cheap_again(until, until - 1) && yields.are_cheap_again(until, until));
        assert!(yields.are_cheap());
    }

    #[test]
    fn thread_that_was_stopped_yields_again_soon() {
        let yields = Yields::new(COSTLY);
        yields.note(0, 3_600_000_000_000);
        assert_eq!(yields.costly_until.load(Ordering::Relaxed), 3_600_000_000_000 + LONGEST_PAUSE);
    }

    #[test]
    fn yields_end_when_the_condition_holds() {
        assert!(Yields::new(u64::MAX).yield_until(1, || true).0);
        assert!(!Yields::new(u64::MAX).yield_until(3, || false).0);
    }
}
