//! Models of a call that the parent takes back from one child and gives to another.
//!
//! Knows two channels and which calls their children started. Invariant that they check: the call
//! runs once, in one of the two children, and has one result.

use super::channel::Fate;
use super::check_up_to;
use super::child::{Ended, Started};
use super::parent::{Outcome, Parent};

/// Switches between threads: a third thread would take too long with more.
const PREEMPTIONS: usize = 2;

fn runs_of(log: &[Started], call: u64) -> usize {
    log.iter().filter(|started| started.call == call).count()
}

#[test]
fn call_that_moves_runs_once_in_one_of_the_two_children() {
    check_up_to(PREEMPTIONS, || {
        let (mut from, mut to) = (Parent::new(2, 2), Parent::new(1, 1));
        from.send();
        from.send();
        let slow = from.spawn(Fate::Immortal, 2, false);
        from.cancel(2);
        let is_moved = from.outcome_of(2) == Outcome::Cancelled;
        let log_of_other = if is_moved {
            to.send();
            let idle = to.spawn(Fate::Immortal, 1, false);
            let (ended, log) = to.reap(idle);
            assert_eq!((ended, to.outcome_of(1)), (Ended::Served, Outcome::Done(1)));
            log
        } else {
            Vec::new()
        };
        let (ended, log) = from.reap(slow);
        assert_eq!(ended, Ended::Served);
        assert_eq!(runs_of(&log, 2) + runs_of(&log_of_other, 1), 1, "it runs once");
        assert_eq!(from.outcome_of(1), Outcome::Done(1), "the call before it is unaffected");
        if !is_moved {
            assert_eq!(from.outcome_of(2), Outcome::Done(1));
        }
        assert!(from.all_slots_are_free(), "its slot is free again");
    });
}
