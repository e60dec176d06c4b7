//! A child that dies at any step, and the next one: what the parent makes of each call is what the dead child did with it.

use super::check;
use super::ends::{Begun, Ended, Outcome, Parent, after};
use crate::channel::mapped::Fate;

/// What is done with two calls before and after a death.
#[derive(Clone, Copy, Debug)]
struct Case {
    /// This call is taken back, if it has not begun.
    cancelled: Option<u64>,
    /// These may be run once more.
    idempotent: &'static [u64],
}

fn times(log: &[Begun], call: u64) -> usize {
    log.iter().filter(|begun| begun.call == call).count()
}

/// What must be so of a call, given how often it began in the first process and in the second.
fn assert_consistent(case: Case, call: u64, outcome: Outcome, began: (usize, usize)) {
    let may_run_again = case.idempotent.contains(&call);
    let fits = match outcome {
        Outcome::Withdrawn => began == (0, 0) && case.cancelled == Some(call),
        Outcome::Done(1) => began == (1, 0),
        Outcome::Done(2) => began == (0, 1) || (may_run_again && began == (1, 1)),
        // It may have died just before it began, but after it said so.
        Outcome::Lost => !may_run_again && began.0 <= 1 && began.1 == 0,
        Outcome::Sent | Outcome::GivenUp | Outcome::Done(_) => false,
    };
    assert!(fits, "call {call} is {outcome:?}, and began {began:?} times");
}

/// One execution: the first process dies after so many steps. Whether it had come to its end before.
fn live_twice(case: Case, steps: u32) -> Ended {
    let mut parent = Parent::new(3, 4);
    parent.send();
    parent.send();
    let first = parent.make(after(steps), 2, false);
    if let Some(call) = case.cancelled {
        parent.cancel(call);
    } else {
        parent.take_in();
    }
    let (ended, began) = parent.reap(first);
    let survivors = parent.begin_anew(case.idempotent);
    let second = parent.make(Fate::Immortal, survivors.len() + 1, false);
    assert_eq!(parent.send(), Some(3));
    parent.take_in();
    let (_, began_again) = parent.reap(second);
    let again: Vec<_> = began_again.iter().map(|begun| begun.call).collect();
    assert_eq!(again, [survivors, vec![3]].concat(), "each once, and in order");
    assert!(began_again.iter().all(|begun| !begun.told), "who was told to end in one life is not in the next");
    for call in 1..=2 {
        assert_consistent(case, call, parent.outcome_of(call), (times(&began, call), times(&began_again, call)));
    }
    assert_eq!(parent.outcome_of(3), Outcome::Done(2));
    assert!(parent.all_slots_are_free());
    ended
}

/// Every death there can be: until the first process lives long enough to serve all.
fn check_every_death(case: Case) {
    let ended_of_itself = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    for steps in 0.. {
        let (all, count) = (ended_of_itself.clone(), std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0)));
        let deaths = count.clone();
        check(move || match live_twice(case, steps) {
            Ended::Died => drop(deaths.fetch_add(1, std::sync::atomic::Ordering::Relaxed)),
            Ended::Served | Ended::GivenUp => drop(all.fetch_add(1, std::sync::atomic::Ordering::Relaxed)),
        });
        if count.load(std::sync::atomic::Ordering::Relaxed) == 0 {
            break;
        }
    }
    assert!(ended_of_itself.load(std::sync::atomic::Ordering::Relaxed) > 0);
}

#[test]
fn calls_of_a_child_that_dies_at_any_step_are_served_once_or_lost_or_answered() {
    check_every_death(Case { cancelled: None, idempotent: &[] });
}

#[test]
fn calls_that_may_run_again_do_so_once_and_in_order() {
    check_every_death(Case { cancelled: None, idempotent: &[1, 2] });
}

#[test]
fn call_that_was_cancelled_before_a_death_is_not_in_the_next_life() {
    check_every_death(Case { cancelled: Some(2), idempotent: &[1] });
    check_every_death(Case { cancelled: Some(1), idempotent: &[] });
}

#[test]
fn parent_that_sleeps_sees_every_death_and_a_child_that_died_asleep_keeps_nobody_from_waking() {
    for steps in 0..20 {
        check(move || {
            let mut parent = Parent::new(2, 2);
            let first = parent.make(after(steps), 1, true);
            parent.send();
            // It is woken by a reply, or by the end.
            parent.sleep();
            parent.take_in();
            let (_, began) = parent.reap(first);
            let survivors = parent.begin_anew(&[]);
            let second = parent.make(Fate::Immortal, survivors.len() + 1, true);
            parent.send();
            while parent.outcome_of(2) == Outcome::Sent {
                parent.sleep();
                parent.take_in();
            }
            let (_, began_again) = parent.reap(second);
            let case = Case { cancelled: None, idempotent: &[] };
            assert_consistent(case, 1, parent.outcome_of(1), (times(&began, 1), times(&began_again, 1)));
        });
    }
}
