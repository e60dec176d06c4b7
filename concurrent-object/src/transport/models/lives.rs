//! Models of a child that dies at any step, and of the next instance.
//!
//! Knows which calls each instance started. Invariant that they check: the outcome that the parent
//! gives a call agrees with what the dead child did with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::channel::Fate;
use super::check;
use super::child::{Ended, Started, after};
use super::parent::{Outcome, Parent};
use crate::transport::Transport;

/// The treatment of two calls before and after a death.
#[derive(Clone, Copy, Debug)]
struct Case {
    /// The parent cancels this call, unless the child has started it.
    cancelled: Option<u64>,
    /// These calls may run once more.
    idempotent: &'static [u64],
}

/// The case without a cancelled call and without idempotent calls.
const ORDINARY: Case = Case { cancelled: None, idempotent: &[] };

impl Case {
    /// Asserts that a call's outcome fits the starts in the first instance and in the second.
    fn assert_consistent(self, call: u64, outcome: Outcome, first: &[Started], second: &[Started]) {
        let may_run_again = self.idempotent.contains(&call);
        let starts = [first, second].map(|log| log.iter().filter(|started| started.call == call).count());
        let fits = match outcome {
            Outcome::Cancelled => starts == [0, 0] && self.cancelled == Some(call),
            Outcome::Done(1) => starts == [1, 0],
            Outcome::Done(2) => starts == [0, 1] || (may_run_again && starts == [1, 1]),
            // The child may have died after it set the state `Running`, and before the method ran.
            Outcome::Lost => !may_run_again && starts[0] <= 1 && starts[1] == 0,
            Outcome::Sent | Outcome::Abandoned | Outcome::Done(_) => false,
        };
        assert!(fits, "call {call} is {outcome:?}, and was started {starts:?} times");
        if first.iter().any(|started| started.call == call && started.answered) {
            assert_eq!(outcome, Outcome::Done(1), "an answered call is not lost, published or not");
        }
    }
}

/// One execution in which the first instance dies after this many steps, unless it serves all its
/// requests before.
fn run_two_instances(case: Case, steps: u32) -> Ended {
    let mut parent = Parent::new(3, 4);
    parent.send();
    let mut last = parent.send().expect("a free slot");
    let first = parent.spawn(after(steps), 2, false);
    match case.cancelled {
        Some(call) => parent.cancel(call),
        None => parent.take_in(),
    }
    if parent.outcome_of(1) == Outcome::Done(1) {
        // The new call gets the slot of the first call, which is free again. The first instance
        // does not serve the new call.
        last = parent.send().expect("a free slot");
    }
    let (ended, started) = parent.reap(first);
    let survivors = parent.reset(case.idempotent);
    let second = parent.spawn(Fate::Immortal, survivors.len() + 1, false);
    let new = parent.send().expect("a free slot");
    parent.take_in();
    let (_, started_again) = parent.reap(second);
    let again: Vec<_> = started_again.iter().map(|started| started.call).collect();
    assert_eq!(again, [survivors, vec![new]].concat(), "each once, and in order");
    let no_request = started_again.iter().all(|started| !started.saw_request);
    assert!(no_request, "a cancellation requested in one instance does not reach the next");
    for call in 1..=last {
        case.assert_consistent(call, parent.outcome_of(call), &started, &started_again);
    }
    assert_eq!(parent.outcome_of(new), Outcome::Done(2));
    assert!(parent.all_slots_are_free());
    ended
}

/// Checks a death after 0, 1, 2 ... steps. Ends at the first number at which the child dies in no
/// execution.
fn check_every_death(run: impl Fn(u32) -> Ended + Copy + Send + Sync + 'static) {
    for steps in 0.. {
        let deaths = Arc::new(AtomicU32::new(0));
        let count = deaths.clone();
        check(move || {
            let died = run(steps) == Ended::Died;
            count.fetch_add(u32::from(died), Ordering::Relaxed);
        });
        if deaths.load(Ordering::Relaxed) == 0 {
            return;
        }
    }
}

#[test]
fn calls_of_a_child_that_dies_at_any_step_are_served_once_or_lost_or_answered() {
    check_every_death(|steps| run_two_instances(ORDINARY, steps));
}

#[test]
fn idempotent_calls_run_again_once_and_in_order() {
    check_every_death(|steps| run_two_instances(Case { cancelled: None, idempotent: &[1, 2] }, steps));
}

#[test]
fn call_that_was_cancelled_before_a_death_does_not_run_in_the_next_instance() {
    check_every_death(|steps| run_two_instances(Case { cancelled: Some(2), idempotent: &[1] }, steps));
    check_every_death(|steps| run_two_instances(Case { cancelled: Some(1), idempotent: &[] }, steps));
}

/// Like `run_two_instances`, but parent and children sleep. A side that is not woken is a deadlock.
fn run_two_sleeping_instances(steps: u32) -> Ended {
    let mut parent = Parent::new(2, 4);
    let first = parent.spawn(after(steps), 1, true);
    parent.send();
    // A reply or the end of the child wakes the parent.
    parent.sleep();
    let (ended, started) = parent.reap(first);
    // A real child may be killed while it sleeps. A thread of a model cannot, so the flag is set
    // here.
    parent.channel.child_sleep().announce();
    let survivors = parent.reset(&[]);
    let rings = parent.rings;
    parent.send();
    assert_eq!(parent.rings, rings, "no child sleeps");
    // The child must serve one request more than the ring holds now. So it does not end before the
    // loop below does, and only a reply wakes the parent.
    let second = parent.spawn(Fate::Immortal, survivors.len() + 2, true);
    while parent.outcome_of(2) == Outcome::Sent {
        parent.sleep();
        parent.take_in();
    }
    parent.send();
    let (_, started_again) = parent.reap(second);
    ORDINARY.assert_consistent(1, parent.outcome_of(1), &started, &started_again);
    ended
}

#[test]
fn sleeping_parent_sees_every_death_and_wakes_after_a_child_that_died_asleep() {
    check_every_death(run_two_sleeping_instances);
}
