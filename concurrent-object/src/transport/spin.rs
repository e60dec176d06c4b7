//! The steps of waiting before sleep, and whether they pay: a short spin, then giving way to others for a while, unless the
//! last waits were all in vain.
//!
//! Knows a condition and how long sleeps took; sleeping is the caller's, because only the caller knows what may end it.
//! What is remembered is advice, so nothing depends on when another thread sees it.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use crate::clock::Moment;
use crate::memory::once::Once;

/// Rounds of the short spin: two or three microseconds.
const SPINS: u32 = 100;

/// How long to give way before sleep. Sleeping and waking cost tens of microseconds, so much less is not worth it.
const YIELD_FOR: Duration = Duration::from_micros(100);

/// With one core the other side has run when giving way comes back, or somebody else has: then it is time to sleep.
const YIELDS_ON_ONE_CORE: u32 = 4;

/// Who slept less than this would have been better off without. What looking would have seen for sure: much of a short
/// sleep is the waking.
const SHORT_SLEEP: Duration = Duration::from_micros(50);

/// After so many waits in a row that took long, the next go to sleep at once...
const LONG_IN_A_ROW: u8 = 4;

/// ...but for one in so many, which finds out whether that still holds.
const TRY_EVERY: u8 = 16;

/// How one side waits for the other.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    /// Waits in a row that took long; when looking was given up, it goes round in steps of `TRY_EVERY`.
    long: AtomicU8,
    /// One side was just woken. The system often puts it on the core of whoever woke it, so one may be waiting for the core
    /// that the other runs on.
    woken: AtomicBool,
}

impl Waiting {
    /// Looks for the condition as long as that pays; false if it is time to sleep.
    #[inline]
    pub(crate) fn look(&self, ready: impl Fn() -> bool + Copy) -> bool {
        let soon = ready() || self.look_on(ready);
        if soon && self.long.load(Ordering::Relaxed) != 0 {
            self.long.store(0, Ordering::Relaxed);
        }
        soon
    }

    /// One side was woken: the next wait begins by giving way.
    #[inline]
    pub(crate) fn note_woken(&self) {
        self.woken.store(true, Ordering::Relaxed);
    }

    /// So long was slept before the condition held.
    pub(crate) fn note_sleep(&self, time: Duration) {
        let long = if time < SHORT_SLEEP { 0 } else { one_more(self.long.load(Ordering::Relaxed)) };
        self.long.store(long, Ordering::Relaxed);
    }

    #[inline]
    fn look_on(&self, ready: impl Fn() -> bool + Copy) -> bool {
        if self.woken.load(Ordering::Relaxed) {
            self.woken.store(false, Ordering::Relaxed);
            thread::yield_now();
            return ready() || (self.is_patient() && yield_core(ready));
        }
        self.is_patient() && (spin(ready) || yield_core(ready))
    }

    /// Whether to look for a while before sleep.
    fn is_patient(&self) -> bool {
        let long = self.long.load(Ordering::Relaxed);
        long < LONG_IN_A_ROW || long == LONG_IN_A_ROW + TRY_EVERY - 1
    }
}

/// Counts to where looking is given up, and from there round.
fn one_more(long: u8) -> u8 {
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

/// With one core, spinning only keeps the other side from running.
fn several_cores() -> bool {
    static SEVERAL: Once<bool> = Once::new();
    // Not `available_parallelism`, which reads half a dozen files of the control groups first.
    *SEVERAL.get_or_make(|| rustix::thread::sched_getaffinity(None).is_ok_and(|cores| cores.count() > 1))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Looks for what never comes; whether it took the trouble.
    fn looks_in_vain(waiting: &Waiting) -> bool {
        count_looks(waiting) > 2
    }

    fn count_looks(waiting: &Waiting) -> u32 {
        let looks = Cell::new(0);
        let soon = waiting.look(|| {
            looks.set(looks.get() + 1);
            false
        });
        assert!(!soon);
        looks.get()
    }

    fn after_long_sleeps(count: u8) -> Waiting {
        let waiting = Waiting::default();
        (0..count).for_each(|_| waiting.note_sleep(YIELD_FOR));
        waiting
    }

    #[test]
    fn few_long_waits_change_nothing() {
        for count in 0..LONG_IN_A_ROW {
            assert!(looks_in_vain(&after_long_sleeps(count)), "after {count}");
        }
    }

    #[test]
    fn many_long_waits_end_looking_but_for_one_in_so_many() {
        let waiting = after_long_sleeps(LONG_IN_A_ROW);
        for _ in 0..5 {
            let tries: Vec<bool> = (0..TRY_EVERY)
                .map(|_| {
                    let tries = looks_in_vain(&waiting);
                    waiting.note_sleep(YIELD_FOR);
                    tries
                })
                .collect();
            assert_eq!(tries.iter().filter(|&&tries| tries).count(), 1, "{tries:?}");
        }
    }

    #[test]
    fn short_sleep_or_an_answer_in_time_begins_anew() {
        let waiting = after_long_sleeps(LONG_IN_A_ROW);
        waiting.note_sleep(Duration::ZERO);
        assert!(looks_in_vain(&waiting));

        let waiting = after_long_sleeps(LONG_IN_A_ROW);
        assert!(waiting.look(|| true));
        assert!(looks_in_vain(&waiting));
    }

    #[test]
    fn wait_after_a_waking_gives_way_even_if_looking_was_given_up() {
        let waiting = after_long_sleeps(LONG_IN_A_ROW);
        waiting.note_woken();
        assert_eq!(count_looks(&waiting), 2, "one before it gave way, and one after");
        assert_eq!(count_looks(&waiting), 1, "for one wait only");
    }
}
