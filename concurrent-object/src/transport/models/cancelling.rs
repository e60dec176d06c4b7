//! Models of a call that the parent cancels while the child may be at any step of it.
//!
//! Knows which calls the child started. Invariant that they check: the call never ran, or it has a
//! result; and no other call sees the request for cancellation.

use loom::thread;

use super::channel::Fate;
use super::check;
use super::child::{Ended, Started};
use super::parent::{Outcome, Parent};

/// Asserts that the cancelled call never ran or has one result, and that all other calls are
/// unaffected.
fn assert_cancelled_or_answered(parent: &Parent, log: &[Started], cancelled: u64, calls: u64) {
    for call in 1..=calls {
        let ran = log.iter().filter(|started| started.call == call).count();
        match parent.outcome_of(call) {
            Outcome::Cancelled => assert_eq!((call, ran), (cancelled, 0)),
            outcome => assert_eq!((outcome, ran), (Outcome::Done(1), 1)),
        }
    }
    let only_cancelled = log.iter().all(|started| !started.saw_request || started.call == cancelled);
    assert!(only_cancelled, "another call saw the request for cancellation: {log:?}");
    assert!(log.is_sorted_by_key(|started| started.call));
    assert!(parent.all_slots_are_free());
}

#[test]
fn cancelled_call_never_ran_or_has_a_result_and_the_next_in_its_slot_sees_no_request() {
    check(|| {
        let mut parent = Parent::new(1, 2);
        parent.send();
        let process = parent.spawn(Fate::Immortal, 2, false);
        parent.cancel(1);
        while !parent.has_free_slot() {
            thread::yield_now();
            parent.take_in();
        }
        assert_eq!(parent.send(), Some(2), "in the slot of the first call, which is free again");
        let (ended, log) = parent.reap(process);
        assert_eq!(ended, Ended::Served);
        assert_cancelled_or_answered(&parent, &log, 1, 2);
    });
}

#[test]
fn only_the_cancelled_of_two_calls_in_flight_is_cancelled_or_sees_a_request() {
    for cancelled in [1, 2] {
        check(move || {
            let mut parent = Parent::new(2, 2);
            parent.send();
            parent.send();
            let process = parent.spawn(Fate::Immortal, 2, false);
            parent.cancel(cancelled);
            let (ended, log) = parent.reap(process);
            assert_eq!(ended, Ended::Served);
            assert_cancelled_or_answered(&parent, &log, cancelled, 2);
        });
    }
}

#[test]
fn both_calls_may_be_cancelled_one_after_the_other() {
    check(|| {
        let mut parent = Parent::new(2, 2);
        parent.send();
        parent.send();
        let process = parent.spawn(Fate::Immortal, 2, false);
        parent.cancel(1);
        parent.cancel(2);
        let (_, log) = parent.reap(process);
        for call in [1, 2] {
            let ran = log.iter().any(|started| started.call == call);
            let expected = if ran { Outcome::Done(1) } else { Outcome::Cancelled };
            assert_eq!(parent.outcome_of(call), expected);
        }
        assert!(parent.all_slots_are_free());
    });
}
