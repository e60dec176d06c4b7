//! A child that dies at any step, and the next one: what the parent makes of each call is what the dead child did with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::channel::Fate;
use super::check;
use super::child::{Begun, Ended, after};
use super::parent::{Outcome, Parent};
use crate::transport::Transport;

/// What is done with two calls before and after a death.
#[derive(Clone, Copy, Debug)]
struct Case {
    /// This call is taken back, if it has not begun.
    cancelled: Option<u64>,
    /// These may be run once more.
    idempotent: &'static [u64],
}

/// What there is to say of a call that nothing special holds for.
const ORDINARY: Case = Case { cancelled: None, idempotent: &[] };

impl Case {
    /// What must be so of a call, given what began in the first process and in the second.
    fn assert_consistent(self, call: u64, outcome: Outcome, first: &[Begun], second: &[Begun]) {
        let may_run_again = self.idempotent.contains(&call);
        let began = [first, second].map(|log| log.iter().filter(|begun| begun.call == call).count());
        let fits = match outcome {
            Outcome::Cancelled => began == [0, 0] && self.cancelled == Some(call),
            Outcome::Done(1) => began == [1, 0],
            Outcome::Done(2) => began == [0, 1] || (may_run_again && began == [1, 1]),
            // It may have died just before it began, but after it said so.
            Outcome::Lost => !may_run_again && began[0] <= 1 && began[1] == 0,
            Outcome::Sent | Outcome::Abandoned | Outcome::Done(_) => false,
        };
        assert!(fits, "call {call} is {outcome:?}, and began {began:?} times");
        if first.iter().any(|begun| begun.call == call && begun.answered) {
            assert_eq!(outcome, Outcome::Done(1), "what was answered is not lost, published or not");
        }
    }
}

/// One execution: the first process dies after so many steps, unless it has come to its end before.
fn live_twice(case: Case, steps: u32) -> Ended {
    let mut parent = Parent::new(3, 4);
    parent.send();
    let mut last = parent.send().expect("a free slot");
    let first = parent.make(after(steps), 2, false);
    match case.cancelled {
        Some(call) => parent.cancel(call),
        None => parent.take_in(),
    }
    if parent.outcome_of(1) == Outcome::Done(1) {
        // In the slot that the first call has left; nobody comes to it in this life.
        last = parent.send().expect("a free slot");
    }
    let (ended, began) = parent.reap(first);
    let survivors = parent.reset(case.idempotent);
    let second = parent.make(Fate::Immortal, survivors.len() + 1, false);
    let new = parent.send().expect("a free slot");
    parent.take_in();
    let (_, began_again) = parent.reap(second);
    let again: Vec<_> = began_again.iter().map(|begun| begun.call).collect();
    assert_eq!(again, [survivors, vec![new]].concat(), "each once, and in order");
    assert!(began_again.iter().all(|begun| !begun.told), "who was told to end in one life is not in the next");
    for call in 1..=last {
        case.assert_consistent(call, parent.outcome_of(call), &began, &began_again);
    }
    assert_eq!(parent.outcome_of(new), Outcome::Done(2));
    assert!(parent.all_slots_are_free());
    ended
}

/// Every death there can be: until the first process lives long enough to serve all, whatever happens.
fn check_every_death(live: impl Fn(u32) -> Ended + Copy + Send + Sync + 'static) {
    for steps in 0.. {
        let deaths = Arc::new(AtomicU32::new(0));
        let count = deaths.clone();
        check(move || {
            let died = live(steps) == Ended::Died;
            count.fetch_add(u32::from(died), Ordering::Relaxed);
        });
        if deaths.load(Ordering::Relaxed) == 0 {
            return;
        }
    }
}

#[test]
fn calls_of_a_child_that_dies_at_any_step_are_served_once_or_lost_or_answered() {
    check_every_death(|steps| live_twice(ORDINARY, steps));
}

#[test]
fn calls_that_may_run_again_do_so_once_and_in_order() {
    check_every_death(|steps| live_twice(Case { cancelled: None, idempotent: &[1, 2] }, steps));
}

#[test]
fn call_that_was_cancelled_before_a_death_is_not_in_the_next_life() {
    check_every_death(|steps| live_twice(Case { cancelled: Some(2), idempotent: &[1] }, steps));
    check_every_death(|steps| live_twice(Case { cancelled: Some(1), idempotent: &[] }, steps));
}

/// As `live_twice`, but everybody sleeps. Whoever is not woken is a deadlock.
fn sleep_twice(steps: u32) -> Ended {
    let mut parent = Parent::new(2, 4);
    let first = parent.make(after(steps), 1, true);
    parent.send();
    // It is woken by a reply, or by the end.
    parent.sleep();
    let (ended, began) = parent.reap(first);
    // It may have died asleep, as no thread of a model does.
    parent.channel.child_sleep().announce();
    let survivors = parent.reset(&[]);
    let rings = parent.rings;
    parent.send();
    assert_eq!(parent.rings, rings, "there is nobody to be woken");
    // One more than there will be at first: so it does not end meanwhile, and no end wakes the parent.
    let second = parent.make(Fate::Immortal, survivors.len() + 2, true);
    while parent.outcome_of(2) == Outcome::Sent {
        parent.sleep();
        parent.take_in();
    }
    parent.send();
    let (_, began_again) = parent.reap(second);
    ORDINARY.assert_consistent(1, parent.outcome_of(1), &began, &began_again);
    ended
}

#[test]
fn parent_that_sleeps_sees_every_death_and_a_child_that_died_asleep_keeps_nobody_from_waking() {
    check_every_death(sleep_twice);
}
