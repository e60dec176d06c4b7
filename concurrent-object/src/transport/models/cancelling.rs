//! A call that is cancelled while the child may be anywhere with it: it never ran, or it has a result; and no other call is told.

use loom::thread;

use super::channel::Fate;
use super::check;
use super::child::{Begun, Ended};
use super::parent::{Outcome, Parent};

/// What must be so of a call that was cancelled, or not in time, and of one that came after it.
fn assert_told_or_never_run(parent: &Parent, log: &[Begun], cancelled: u64, calls: u64) {
    for call in 1..=calls {
        let ran = log.iter().filter(|begun| begun.call == call).count();
        match parent.outcome_of(call) {
            Outcome::Cancelled => assert_eq!((call, ran), (cancelled, 0)),
            outcome => assert_eq!((outcome, ran), (Outcome::Done(1), 1)),
        }
    }
    assert!(log.iter().all(|begun| !begun.told || begun.call == cancelled), "another call was told to end: {log:?}");
    assert!(log.is_sorted_by_key(|begun| begun.call));
    assert!(parent.all_slots_are_free());
}

#[test]
fn cancelled_call_never_ran_or_has_a_result_and_the_next_in_its_slot_is_not_told() {
    check(|| {
        let mut parent = Parent::new(1, 2);
        parent.send();
        let process = parent.make(Fate::Immortal, 2, false);
        parent.cancel(1);
        while !parent.has_free_slot() {
            thread::yield_now();
            parent.take_in();
        }
        assert_eq!(parent.send(), Some(2), "in the slot that the first call has left");
        let (ended, log) = parent.reap(process);
        assert_eq!(ended, Ended::Served);
        assert_told_or_never_run(&parent, &log, 1, 2);
    });
}

#[test]
fn only_the_cancelled_of_two_calls_under_way_is_told_or_taken_back() {
    for cancelled in [1, 2] {
        check(move || {
            let mut parent = Parent::new(2, 2);
            parent.send();
            parent.send();
            let process = parent.make(Fate::Immortal, 2, false);
            parent.cancel(cancelled);
            let (ended, log) = parent.reap(process);
            assert_eq!(ended, Ended::Served);
            assert_told_or_never_run(&parent, &log, cancelled, 2);
        });
    }
}

#[test]
fn both_calls_may_be_cancelled_one_after_the_other() {
    check(|| {
        let mut parent = Parent::new(2, 2);
        parent.send();
        parent.send();
        let process = parent.make(Fate::Immortal, 2, false);
        parent.cancel(1);
        parent.cancel(2);
        let (_, log) = parent.reap(process);
        for call in [1, 2] {
            let ran = log.iter().any(|begun| begun.call == call);
            let expected = if ran { Outcome::Done(1) } else { Outcome::Cancelled };
            assert_eq!(parent.outcome_of(call), expected);
        }
        assert!(parent.all_slots_are_free());
    });
}
