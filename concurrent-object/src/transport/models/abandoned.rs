//! A call that is given up, and the child killed for it, while another waits behind it: that one is not hit.

use super::channel::Fate;
use super::check;
use super::child::{Begun, Ended};
use super::parent::{Outcome, Parent};

fn calls(log: &[Begun]) -> Vec<u64> {
    log.iter().map(|begun| begun.call).collect()
}

/// The first of two calls is given up at any time, twice if it is not running at first; or not at all, if it was answered.
fn abandon_first(parent: &mut Parent) {
    parent.abandon(1);
    if parent.outcome_of(1) == Outcome::Sent {
        parent.take_in();
        parent.abandon(1);
    }
}

#[test]
fn call_behind_one_that_is_given_up_is_not_begun_by_the_dying_child_and_runs_in_the_next() {
    check(|| {
        let mut parent = Parent::new(2, 2);
        parent.send();
        parent.send();
        let process = parent.make(Fate::WhenKilled, 2, false);
        abandon_first(&mut parent);
        let (ended, log) = parent.reap(process);
        if parent.outcome_of(1) != Outcome::Abandoned {
            assert_eq!(ended, Ended::Served, "nobody was killed");
            assert_eq!(calls(&log), [1, 2]);
            assert_eq!([1, 2].map(|call| parent.outcome_of(call)), [Outcome::Done(1); 2]);
            return;
        }
        assert_ne!(ended, Ended::Served);
        assert!(!calls(&log).contains(&2), "it was begun in a process that was to be killed");
        assert_eq!(parent.reset(&[]), [2]);
        let next = parent.make(Fate::Immortal, 1, false);
        let (_, log) = parent.reap(next);
        assert_eq!(calls(&log), [2]);
        assert_eq!(parent.outcome_of(2), Outcome::Done(2));
        assert!(parent.all_slots_are_free());
    });
}

#[test]
fn slot_of_a_call_that_was_given_up_is_not_written_before_the_child_is_gone() {
    check(|| {
        let mut parent = Parent::new(1, 2);
        parent.send();
        let process = parent.make(Fate::WhenKilled, 1, false);
        abandon_first(&mut parent);
        // The child may still read the arguments, which loom would see.
        let early = parent.send();
        let (_, log) = parent.reap(process);
        if parent.outcome_of(1) == Outcome::Abandoned {
            assert_eq!(early, None);
            assert_eq!(parent.reset(&[]), []);
            assert_eq!(parent.send(), Some(2));
        }
        assert!(calls(&log).len() <= 1);
    });
}
