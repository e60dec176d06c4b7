//! Models of parent and child that change one state word at the same time.
//!
//! Knows one slot. Invariant that they check: exactly one of two competing transitions succeeds,
//! and a transition for one call has no effect on another.

use loom::sync::Arc;
use loom::thread;

use super::{Message, check};
use crate::sync::AtomicU64;
use crate::transport::call_state::{CallPhase, StateWord};

#[derive(Debug, Default)]
struct Slot {
    word: AtomicU64,
    output: Message,
}

impl Slot {
    fn state(&self) -> StateWord<'_> {
        StateWord(&self.word)
    }

    fn answer_first(&self) {
        assert!(self.state().start(1) && self.state().answer(1));
    }
}

/// Runs both sides concurrently on a prepared slot. Returns the results of both, and the slot.
fn race<C: 'static, P>(prepare: fn(&Slot), child: fn(&Slot) -> C, parent: fn(&Slot) -> P) -> (C, P, Arc<Slot>) {
    let slot = Arc::new(Slot::default());
    prepare(&slot);
    let childs = slot.clone();
    let running = thread::spawn(move || child(&childs));
    let parents = parent(&slot);
    (running.join().expect("the child's part"), parents, slot)
}

#[test]
fn of_start_and_cancel_exactly_one_wins() {
    for prepare in [|_: &Slot| {}, Slot::answer_first] {
        check(move || {
            let (started, cancelled, slot) =
                race(prepare, |slot| slot.state().start(2), |slot| slot.state().cancel_unstarted(2));
            assert!(started != cancelled);
            let expected = if started { CallPhase::Running } else { CallPhase::Cancelled };
            assert_eq!(slot.state().phase_of(2), Some(expected));
        });
    }
}

#[test]
fn of_answer_and_kill_exactly_one_wins() {
    check(|| {
        let prepare = |slot: &Slot| assert!(slot.state().start(1));
        let (answered, killed, slot) = race(prepare, |slot| slot.state().answer(1), |slot| slot.state().kill(1));
        assert!(answered != killed);
        let expected = if answered { CallPhase::Answered } else { CallPhase::Killed };
        assert_eq!(slot.state().phase_of(1), Some(expected));
    });
}

#[test]
fn transition_of_one_call_never_affects_the_next() {
    check(|| {
        let prepare = |slot: &Slot| assert!(slot.state().start(1));
        let child = |slot: &Slot| (slot.state().answer(1), slot.state().start(2), slot.state().answer(2));
        let parent = |slot: &Slot| (slot.state().kill(1), slot.state().cancel_unstarted(1));
        let ((first, started, second), (killed, cancelled), slot) = race(prepare, child, parent);
        assert!(first != killed);
        assert!(!cancelled, "it was started before");
        assert!(started && second, "the next call is unaffected");
        assert_eq!(slot.state().phase_of(2), Some(CallPhase::Answered));
    });
}

#[test]
fn cancelled_call_is_never_started_by_repeated_attempts() {
    check(|| {
        let child = |slot: &Slot| (slot.state().start(2), slot.state().start(2));
        let (started, cancelled, _) = race(Slot::answer_first, child, |slot| slot.state().cancel_unstarted(2));
        assert!(u8::from(started.0) + u8::from(started.1) + u8::from(cancelled) == 1);
    });
}

#[test]
fn output_of_an_answered_call_is_visible() {
    check(|| {
        let child = |slot: &Slot| {
            assert!(slot.state().start(1));
            slot.output.write(7);
            assert!(slot.state().answer(1));
        };
        let parent = |slot: &Slot| {
            while slot.state().phase_of(1) != Some(CallPhase::Answered) {
                thread::yield_now();
            }
            assert_eq!(slot.output.read(), 7);
        };
        race(|_| {}, child, parent);
    });
}

#[test]
fn call_is_either_killed_or_answered_with_visible_output() {
    check(|| {
        let child = |slot: &Slot| {
            slot.output.write(7);
            slot.state().answer(1)
        };
        let prepare = |slot: &Slot| assert!(slot.state().start(1));
        let parent = |slot: &Slot| {
            let killed = slot.state().kill(1);
            if !killed {
                // The answer won the exchange, so its output is visible.
                assert_eq!(slot.output.read(), 7);
            }
            killed
        };
        let (answered, killed, _) = race(prepare, child, parent);
        assert!(answered != killed);
    });
}
