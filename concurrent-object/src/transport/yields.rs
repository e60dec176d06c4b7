//! Yields before sleep, as long as they are cheap.
//!
//! A yield is the cheapest way to let the other process run on a shared core. But beside a busy
//! process of the same priority it gives away a whole time slice, some milliseconds. A sleep does
//! not: the wake-up that ends it preempts the busy process. Whether other processes want the core
//! cannot be asked. So the thread times its yields. Costly ones may take a twentieth of the time in
//! the long run, and `BURST` at once: a child that starts on the same core makes some costly, too.
//! The technique is a rate limiter (*generic cell rate algorithm*).
//!
//! Several threads of this process may yield to each other, for example if they call one object.
//! Their turns are no loss. So the limits hold for each thread that yields at the same time.
//!
//! Knows the clock and `sched_yield`. Invariant: the time is a hint that all threads of the process
//! share, and nothing depends on it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crate::clock::now;

/// A yield that takes longer is costly: a busy process had the core.
const COSTLY: u64 = 300_000;

/// Each costly yield uses up so many times as long.
const SHARE: u64 = 20;

/// How far ahead the costly yields may be: 10 ms of them, times `SHARE`.
const BURST: u64 = 200_000_000;

/// The longest time that counts for one yield: a thread that was stopped learns nothing.
const LONGEST: u64 = 10_000_000;

/// How long to yield before sleep. Much less would save little, because sleeping and waking cost
/// tens of microseconds.
pub(crate) const YIELD_FOR: Duration = Duration::from_micros(100);

/// What the threads of a process know about the cost of yields.
#[derive(Debug)]
pub(crate) struct Yields {
    /// Until when costly yields have used up their share of the time, in nanoseconds of the
    /// monotonic clock. Zero: there was none of late.
    used_until: AtomicU64,
    /// How long a costly yield takes at least, in nanoseconds, if one thread yields.
    costly: u64,
    /// How many threads of this process yield.
    threads: AtomicU32,
}

/// Of this process.
pub(crate) static YIELDS: Yields = Yields::new(COSTLY);

impl Yields {
    /// `costly`: how long a costly yield takes at least, in nanoseconds.
    pub(crate) const fn new(costly: u64) -> Self {
        Self { used_until: AtomicU64::new(0), costly, threads: AtomicU32::new(0) }
    }

    /// Whether a yield may be costly.
    #[inline]
    pub(crate) fn are_allowed(&self) -> bool {
        let until = self.used_until.load(Ordering::Relaxed);
        until == 0 || self.are_allowed_at(until, now())
    }

    fn are_allowed_at(&self, until: u64, now: u64) -> bool {
        if until <= now {
            self.used_until.store(0, Ordering::Relaxed);
        }
        until <= now + BURST
    }

    /// Notes how long a yield took.
    fn note(&self, began: u64, ended: u64) {
        let took = ended.saturating_sub(began);
        if took >= self.costly.saturating_mul(self.threads()) {
            let from = self.used_until.load(Ordering::Relaxed).max(began);
            self.used_until.store(from.saturating_add(took.min(LONGEST) * SHARE), Ordering::Relaxed);
        }
    }

    /// The number of threads that yield, at least 1.
    fn threads(&self) -> u64 {
        u64::from(self.threads.load(Ordering::Relaxed)).max(1)
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
        self.threads.fetch_add(1, Ordering::Relaxed);
        let (began, mut soon) = (now(), false);
        let mut last = began;
        for _ in 0..most {
            if last - began >= YIELD_FOR.as_nanos() as u64 * self.threads() || !self.are_allowed() {
                break;
            }
            last = self.yield_once(last);
            soon = ready();
            if soon {
                break;
            }
        }
        self.threads.fetch_sub(1, Ordering::Relaxed);
        (soon, Duration::from_nanos(last - began))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costly_yields_take_a_twentieth_of_the_time_beyond_a_burst() {
        let yields = Yields::new(COSTLY);
        let began = now();
        yields.note(began, began + COSTLY - 1);
        assert_eq!(yields.used_until.load(Ordering::Relaxed), 0, "a cheap yield uses up nothing");
        // As on a core where each yield takes 3 ms, and nothing else takes time.
        let (mut at, mut costly) = (began, 0_u64);
        while at < began + 1_000_000_000 {
            let until = yields.used_until.load(Ordering::Relaxed);
            if until == 0 || yields.are_allowed_at(until, at) {
                yields.note(at, at + 3_000_000);
                (at, costly) = (at + 3_000_000, costly + 1);
            } else {
                at += 10_000;
            }
        }
        // 50 ms, and the burst.
        assert!((17..=22).contains(&costly), "{costly}");
        let later = at + 1_000_000_000;
        assert!(yields.are_allowed_at(yields.used_until.load(Ordering::Relaxed), later));
        assert_eq!(yields.used_until.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn turns_of_own_threads_are_not_costly() {
        let yields = Yields::new(COSTLY);
        yields.threads.store(4, Ordering::Relaxed);
        let began = now();
        yields.note(began, began + 4 * COSTLY - 1);
        assert_eq!(yields.used_until.load(Ordering::Relaxed), 0);
        yields.note(began, began + 4 * COSTLY);
        assert_ne!(yields.used_until.load(Ordering::Relaxed), 0);
        // A thread that yields counts itself, and no longer when it has yielded.
        yields.threads.store(0, Ordering::Relaxed);
        assert!(yields.yield_until(1, || yields.threads.load(Ordering::Relaxed) == 1).0);
        assert_eq!(yields.threads.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn no_yield_is_made_once_the_burst_is_used_up() {
        let yields = Yields::new(COSTLY);
        yields.note(now(), u64::MAX);
        assert!(yields.are_allowed(), "a thread that was stopped for long yields again");
        yields.note(now(), u64::MAX);
        assert!(!yields.are_allowed());
        assert_eq!(yields.yield_until(u32::MAX, || true), (false, Duration::ZERO));
    }

    #[test]
    fn yields_end_when_the_condition_holds() {
        assert!(Yields::new(u64::MAX).yield_until(1, || true).0);
        assert!(!Yields::new(u64::MAX).yield_until(3, || false).0);
    }
}
