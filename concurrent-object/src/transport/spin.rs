//! Waiting before sleep: a short spin, then yields for a while, then the caller sleeps.
//!
//! Sleeping and waking cost tens of microseconds, and most replies arrive sooner. The naive way is
//! a fixed time of polling before each sleep. It wastes that time on every wait of an object whose
//! methods take long. And on a shared core, polling keeps the other process from running.
//!
//! Here the waiting thread learns from its past waits. After a few long sleeps in a row it stops
//! polling and sleeps at once. One wait in many still polls, to probe whether that pays again
//! (`streak`). A short sleep, or a condition that holds in time, resets the count. Spins that did
//! not suffice are counted in the same way. The technique is known as *adaptive spinning* (spin,
//! yield, park). On a shared core the thread does not spin. It yields once or twice, and then
//! sleeps.
//!
//! Knows a condition and the length of sleeps. Does not sleep: only the caller knows what may end a
//! sleep. Invariant: the counters are hints, so correctness never depends on when a thread sees
//! them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::cores::{Cores, several_cores};
use super::streak::Streak;
use super::yields::{YIELDS, Yields};

/// Rounds of the short spin: two or three microseconds.
const SPINS: u32 = 100;

/// Yields that end sooner show that a spin would have sufficed.
const SPIN_TIME: Duration = Duration::from_micros(2);

/// The number of yields on a shared core. When a yield returns there, the other process or a third
/// one has run, so more yields gain little.
const YIELDS_ON_ONE_CORE: u32 = 2;

/// A sleep shorter than this would have been better spent polling. Much of a short sleep is the
/// time that waking takes. So polling for as long would surely have seen the condition.
const SHORT_SLEEP: Duration = Duration::from_micros(50);

/// What one process has learned about waiting for the other.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// The long sleeps in a row. After too many, the process does not poll before it sleeps.
    long_sleeps: Streak,
    /// The spins in a row that did not suffice.
    short_spins: Streak,
    /// Whether one of the processes was just woken. The kernel often puts the woken thread on the
    /// waker's core. Then one of the two processes waits until the other one leaves the core.
    woken: AtomicBool,
    yields: &'static Yields,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            long_sleeps: Streak::default(),
            short_spins: Streak::default(),
            woken: AtomicBool::default(),
            yields: &YIELDS,
        }
    }
}

impl Waiting {
    /// Polls the condition for as long as that is likely to pay. Returns false if the caller should
    /// sleep.
    #[inline]
    pub(crate) fn look(&self, cores: Cores<'_>, ready: impl Fn() -> bool + Copy) -> bool {
        let soon = ready() || self.poll_on(cores, ready);
        if soon {
            self.long_sleeps.succeed();
        }
        soon
    }

    /// Spins, without giving way to other threads. Returns false if the condition did not hold in
    /// that time, or if polling has not paid of late.
    #[inline]
    pub(crate) fn spin_briefly(&self, cores: Cores<'_>, ready: impl Fn() -> bool + Copy) -> bool {
        let soon = !cores.are_shared() && self.is_patient() && self.spin(ready);
        if soon {
            self.long_sleeps.succeed();
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
        if time < SHORT_SLEEP { self.long_sleeps.succeed() } else { self.long_sleeps.fail() }
    }

    fn poll_on(&self, cores: Cores<'_>, ready: impl Fn() -> bool + Copy) -> bool {
        let are_shared = cores.are_shared();
        if self.woken.load(Ordering::Relaxed) {
            self.woken.store(false, Ordering::Relaxed);
            // Where the woken process runs is not known yet. One yield is so cheap that a wait that
            // may be long has it too.
            return self.yields.yield_until(1, ready).0 || (self.is_patient() && self.yield_on(ready));
        }
        if are_shared {
            return self.is_patient() && self.yields.yield_until(YIELDS_ON_ONE_CORE, ready).0;
        }
        self.is_patient() && (self.spin(ready) || self.yield_on(ready))
    }

    /// Whether to poll for a while before sleep.
    pub(crate) fn is_patient(&self) -> bool {
        self.long_sleeps.allows()
    }

    /// Spins, unless that has not sufficed of late.
    #[inline]
    fn spin(&self, ready: impl Fn() -> bool) -> bool {
        if !self.short_spins.allows() {
            self.short_spins.fail();
            return false;
        }
        let soon = spin(ready);
        if soon {
            self.short_spins.succeed()
        } else {
            self.short_spins.fail()
        }
        soon
    }

    fn yield_on(&self, ready: impl Fn() -> bool) -> bool {
        let (soon, took) = yield_core(self.yields, ready);
        if soon && took < SPIN_TIME {
            self.short_spins.succeed();
        }
        soon
    }
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
    spin(ready) || yield_core(&YIELDS, ready).0
}

/// Yields for a while. Returns whether the condition held in that time, and how long it took.
fn yield_core(yields: &Yields, ready: impl Fn() -> bool) -> (bool, Duration) {
    yields.yield_until(if several_cores() { u32::MAX } else { YIELDS_ON_ONE_CORE }, ready)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::atomic::AtomicU64;

    use super::*;
    use crate::transport::cores::current_core;
    use crate::transport::streak::{MOST_IN_A_ROW, TRY_EVERY};

    /// A sleep that is not short.
    const LONG: Duration = Duration::from_micros(100);

    /// Whether a wait for a condition that never holds polls before it says to sleep.
    fn polls(waiting: &Waiting) -> bool {
        count_polls(waiting) > 2
    }

    /// Looks on cores that are not known.
    fn look(waiting: &Waiting, ready: impl Fn() -> bool + Copy) -> bool {
        let (ours, others) = (AtomicU64::new(0), AtomicU64::new(0));
        waiting.look(Cores { ours: &ours, others: &others }, ready)
    }

    fn count_polls(waiting: &Waiting) -> u32 {
        count_polls_beside(waiting, 0)
    }

    /// As `count_polls`, while the other process is on this core.
    fn count_polls_beside(waiting: &Waiting, others: u64) -> u32 {
        let (polls, ours, others) = (Cell::new(0), AtomicU64::new(0), AtomicU64::new(others));
        let soon = waiting.look(Cores { ours: &ours, others: &others }, || {
            polls.set(polls.get() + 1);
            false
        });
        assert!(!soon);
        polls.get()
    }

    /// Yields are cheap, however busy the machine is.
    fn undisturbed() -> Waiting {
        static CHEAP: Yields = Yields::new(u64::MAX);
        Waiting { yields: &CHEAP, ..Waiting::default() }
    }

    fn after_long_sleeps(count: u8) -> Waiting {
        let waiting = undisturbed();
        (0..count).for_each(|_| waiting.note_sleep(LONG));
        waiting
    }

    #[test]
    fn few_long_waits_do_not_stop_polling() {
        for count in 0..MOST_IN_A_ROW {
            assert!(polls(&after_long_sleeps(count)), "after {count}");
        }
    }

    #[test]
    fn after_many_long_waits_only_one_wait_in_try_every_polls() {
        let waiting = after_long_sleeps(MOST_IN_A_ROW);
        for _ in 0..5 {
            let tries: Vec<bool> = (0..TRY_EVERY)
                .map(|_| {
                    let tries = polls(&waiting);
                    waiting.note_sleep(LONG);
                    tries
                })
                .collect();
            assert_eq!(tries.iter().filter(|&&tries| tries).count(), 1, "{tries:?}");
        }
    }

    #[test]
    fn short_sleep_or_success_without_sleep_resets_the_count() {
        let waiting = after_long_sleeps(MOST_IN_A_ROW);
        waiting.note_sleep(Duration::ZERO);
        assert!(polls(&waiting));

        let waiting = after_long_sleeps(MOST_IN_A_ROW);
        assert!(look(&waiting, || true));
        assert!(polls(&waiting));
    }

    #[test]
    fn wait_after_a_wake_up_yields_once_even_if_polling_has_stopped() {
        let waiting = after_long_sleeps(MOST_IN_A_ROW);
        waiting.note_woken();
        assert_eq!(count_polls(&waiting), 2, "one before the yield, and one after it");
        assert_eq!(count_polls(&waiting), 1, "for one wait only");
    }

    /// Counts the polls of a spin.
    fn count_spins(waiting: &Waiting, others: u64) -> u32 {
        let (polls, ours, others) = (Cell::new(0), AtomicU64::new(0), AtomicU64::new(others));
        waiting.spin_briefly(Cores { ours: &ours, others: &others }, || {
            polls.set(polls.get() + 1);
            false
        });
        polls.get()
    }

    #[test]
    fn processes_on_one_core_do_not_spin() {
        // The kernel may move this thread before the core is compared.
        let are_known = current_core() != 0 || !several_cores();
        assert_eq!((0..1_000).any(|_| count_spins(&undisturbed(), current_core()) == 0), are_known);
        let most = 1 + YIELDS_ON_ONE_CORE;
        assert_eq!((0..1_000).any(|_| count_polls_beside(&undisturbed(), current_core()) <= most), are_known);
        assert_eq!(count_spins(&undisturbed(), u64::MAX) > 0, several_cores(), "no core has this number");
    }

    #[test]
    fn spins_that_do_not_suffice_are_tried_as_rarely_as_long_waits() {
        let waiting = undisturbed();
        let spins: Vec<_> = (0..MOST_IN_A_ROW + TRY_EVERY).map(|_| count_spins(&waiting, 0) > 0).collect();
        let expected = (0..MOST_IN_A_ROW + TRY_EVERY)
            .map(|at| several_cores() && (at < MOST_IN_A_ROW || at == MOST_IN_A_ROW + TRY_EVERY - 1));
        assert!(spins.iter().copied().eq(expected), "{spins:?}");
    }
}
