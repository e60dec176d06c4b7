//! Models of an abandoned call, whose child the parent kills, while another call is queued behind
//! it.
//!
//! Knows which calls each instance started. Invariant that they check: the call behind an abandoned
//! one loses nothing, and no slot is written while a dying child may still read it.

use super::channel::Fate;
use super::check;
use super::child::{Ended, Started};
use super::parent::{Outcome, Parent};

fn calls(log: &[Started]) -> Vec<u64> {
    log.iter().map(|started| started.call).collect()
}

/// Tries to abandon the first call. Tries once more if the call was not running at first; does
/// nothing if it was answered.
fn abandon_first(parent: &mut Parent) {
    parent.abandon(1);
    if parent.outcome_of(1) == Outcome::Sent {
        parent.take_in();
        parent.abandon(1);
    }
}

#[test]
fn call_behind_an_abandoned_one_is_not_started_by_the_dying_child_and_runs_in_the_next() {
    check(|| {
        let mut parent = Parent::new(2, 2);
        parent.send();
        parent.send();
        let process = parent.spawn(Fate::WhenKilled, 2, false);
        abandon_first(&mut parent);
        let (ended, log) = parent.reap(process);
        if parent.outcome_of(1) != Outcome::Abandoned {
            assert_eq!(ended, Ended::Served, "the parent killed no child");
            assert_eq!(calls(&log), [1, 2]);
            assert_eq!([1, 2].map(|call| parent.outcome_of(call)), [Outcome::Done(1); 2]);
            return;
        }
        assert_ne!(ended, Ended::Served);
        assert!(!calls(&log).contains(&2), "it was started in a child that the parent kills");
        assert_eq!(parent.reset(&[]), [2]);
        let next = parent.spawn(Fate::Immortal, 1, false);
        let (_, log) = parent.reap(next);
        assert_eq!(calls(&log), [2]);
        assert_eq!(parent.outcome_of(2), Outcome::Done(2));
        assert!(parent.all_slots_are_free());
    });
}

#[test]
fn slot_of_an_abandoned_call_is_not_written_before_the_child_is_gone() {
    check(|| {
        let mut parent = Parent::new(1, 2);
        parent.send();
        let process = parent.spawn(Fate::WhenKilled, 1, false);
        abandon_first(&mut parent);
        // The child may still read the arguments. Loom would report a write here as a race.
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
