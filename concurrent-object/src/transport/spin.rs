//! Waiting before sleep: a short spin, then `sched_yield` for a while, then the caller sleeps.
//!
//! Sleeping and waking cost tens of microseconds, and most replies arrive sooner. The naive way is
//! a fixed time of polling before each sleep. It wastes that time on every wait of an object whose
//! methods take long, and on one core it keeps the other process from running.
//!
//! Here the waiting thread learns from its past waits. After `LONG_IN_A_ROW` long sleeps in a row
//! it stops polling and sleeps at once. One wait in `TRY_EVERY` still polls, to probe whether that
//! pays again. A short sleep, or a condition that holds in time, resets the count. The technique is
//! known as *adaptive spinning* (spin, yield, park).
//!
//! Knows a condition and the length of sleeps. Does not sleep: only the caller knows what may end a
//! sleep. Invariant: the counters are hints, so correctness never depends on when a thread sees
//! them.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use crate::clock::Moment;
use crate::memory::once::Once;

/// Rounds of the short spin: two or three microseconds.
const SPINS: u32 = 100;

/// How long to yield before sleep. Much less would save little, because sleeping and waking cost
/// tens of microseconds.
pub(crate) const YIELD_FOR: Duration = Duration::from_micros(100);

/// The number of yields on one core. When a yield returns there, the other process or a third one
/// has run, so more yields gain little.
const YIELDS_ON_ONE_CORE: u32 = 4;

/// A sleep shorter than this would have been better spent polling. Much of a short sleep is the
/// time that waking takes. So polling for as long would surely have seen the condition.
const SHORT_SLEEP: Duration = Duration::from_micros(50);

/// After this many long waits in a row, the next waits sleep at once ...
const LONG_IN_A_ROW: u8 = 4;

/// ... except for one in this many, which polls to find out whether the waits are still long.
const TRY_EVERY: u8 = 16;

/// What one process has learned about waiting for the other.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    /// The number of long waits in a row, up to `LONG_IN_A_ROW`. From there it counts on for
    /// `TRY_EVERY` waits, and returns to `LONG_IN_A_ROW`.
    long: AtomicU8,
    /// Whether one of the processes was just woken. The kernel often puts the woken thread on the
    /// waker's core. Then one of the two processes waits until the other one leaves the core.
    woken: AtomicBool,
}

impl Waiting {
    /// Polls the condition for as long as that is likely to pay. Returns false if the caller should
    /// sleep.
    #[inline]
    pub(crate) fn look(&self, ready: impl Fn() -> bool + Copy) -> bool {
        let soon = ready() || self.poll_on(ready);
        if soon && self.long.load(Ordering::Relaxed) != 0 {
            self.long.store(0, Ordering::Relaxed);
        }
        soon
    }

    /// Spins, without giving way to other threads. Returns false if the condition did not hold in
    /// that time, or if polling has not paid of late.
    #[inline]
    pub(crate) fn spin_briefly(&self, ready: impl Fn() -> bool + Copy) -> bool {
        let soon = self.is_patient() && spin(ready);
        if soon && self.long.load(Ordering::Relaxed) != 0 {
            self.long.store(0, Ordering::Relaxed);
        }
        soon
    }

    /// Records that one of the processes was woken. The next wait begins with a yield.
    #[inline]
    pub(crate) fn note_woken(&self) {
        self.woken.store(true, Ordering::Relaxed);
    }

    /// Records how long the caller slept until the condition held.
    pub(crate) fn note_sleep(&self, time: Duration) {
        let long = if time < SHORT_SLEEP { 0 } else { after_long_wait(self.long.load(Ordering::Relaxed)) };
        self.long.store(long, Ordering::Relaxed);
    }

    #[inline]
    fn poll_on(&self, ready: impl Fn() -> bool + Copy) -> bool {
        if self.woken.load(Ordering::Relaxed) {
            self.woken.store(false, Ordering::Relaxed);
            thread::yield_now();
            return ready() || (self.is_patient() && yield_core(ready));
        }
        self.is_patient() && (spin(ready) || yield_core(ready))
    }

    /// Whether to poll for a while before sleep.
    pub(crate) fn is_patient(&self) -> bool {
        let long = self.long.load(Ordering::Relaxed);
        long < LONG_IN_A_ROW || long == LONG_IN_A_ROW + TRY_EVERY - 1
    }
}

/// The count after one more long wait (see `Waiting::long`).
fn after_long_wait(long: u8) -> u8 {
    if long == LONG_IN_A_ROW + TRY_EVERY - 1 { LONG_IN_A_ROW } else { long + 1 }
}

#[inline]
fn spin(ready: impl Fn() -> bool) -> bool {
    let rounds = if several_cores() { SPINS } else { 0 };
    for _ in 0..rounds {
        if ready() {
            return true;
        }
        std::hint::spin_loop();
    }
    false
}

/// Spins, then yields. Returns whether the condition held in that time.
pub(crate) fn poll_for_a_while(ready: impl Fn() -> bool + Copy) -> bool {
    spin(ready) || yield_core(ready)
}

fn yield_core(ready: impl Fn() -> bool) -> bool {
    let began = Moment::now();
    let most = if several_cores() { u32::MAX } else { YIELDS_ON_ONE_CORE };
    for _ in 0..most {
        if ready() {
            return true;
        }
        if began.elapsed() >= YIELD_FOR {
            return false;
        }
        thread::yield_now();
    }
    ready()
}

/// Whether this thread may run on several cores. On one core, spinning only keeps the other process
/// from running.
fn several_cores() -> bool {
    static SEVERAL: Once<bool> = Once::new();
    *SEVERAL.get_or_make(|| cores() > 1)
}

/// Returns on how many cores this thread may run. On Linux `available_parallelism` first reads half
/// a dozen files about control groups.
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
fn cores() -> usize {
    rustix::thread::sched_getaffinity(None).map_or(1, |cores| cores.count() as usize)
}

/// Returns on how many cores this thread may run.
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Whether a wait for a condition that never holds polls before it says to sleep.
    fn polls(waiting: &Waiting) -> bool {
        count_polls(waiting) > 2
    }

    fn count_polls(waiting: &Waiting) -> u32 {
        let polls = Cell::new(0);
        let soon = waiting.look(|| {
            polls.set(polls.get() + 1);
            false
        });
        assert!(!soon);
        polls.get()
    }

    fn after_long_sleeps(count: u8) -> Waiting {
        let waiting = Waiting::default();
        (0..count).for_each(|_| waiting.note_sleep(YIELD_FOR));
        waiting
    }

    #[test]
    fn few_long_waits_do_not_stop_polling() {
        for count in 0..LONG_IN_A_ROW {
            assert!(polls(&after_long_sleeps(count)), "after {count}");
        }
    }

    #[test]
    fn after_many_long_waits_only_one_wait_in_try_every_polls() {
        let waiting = after_long_sleeps(LONG_IN_A_ROW);
        for _ in 0..5 {
            let tries: Vec<bool> = (0..TRY_EVERY)
                .map(|_| {
                    let tries = polls(&waiting);
                    waiting.note_sleep(YIELD_FOR);
                    tries
                })
                .collect();
            assert_eq!(tries.iter().filter(|&&tries| tries).count(), 1, "{tries:?}");
        }
    }

    #[test]
    fn short_sleep_or_success_without_sleep_resets_the_count() {
        let waiting = after_long_sleeps(LONG_IN_A_ROW);
        waiting.note_sleep(Duration::ZERO);
        assert!(polls(&waiting));

        let waiting = after_long_sleeps(LONG_IN_A_ROW);
        assert!(waiting.look(|| true));
        assert!(polls(&waiting));
    }

    #[test]
    fn wait_after_a_wake_up_yields_once_even_if_polling_has_stopped() {
        let waiting = after_long_sleeps(LONG_IN_A_ROW);
        waiting.note_woken();
        assert_eq!(count_polls(&waiting), 2, "one before the yield, and one after it");
        assert_eq!(count_polls(&waiting), 1, "for one wait only");
    }
}
