//! Two sides at one state word.

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

/// Runs both sides beside each other, on a slot that was prepared; what each said, and the slot.
fn race<C: 'static, P>(prepare: fn(&Slot), child: fn(&Slot) -> C, parent: fn(&Slot) -> P) -> (C, P, Arc<Slot>) {
    let slot = Arc::new(Slot::default());
    prepare(&slot);
    let childs = slot.clone();
    let running = thread::spawn(move || child(&childs));
    let parents = parent(&slot);
    (running.join().expect("the child's part"), parents, slot)
}

#[test]
fn of_start_and_withdraw_exactly_one_wins() {
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
fn exchange_meant_for_one_call_never_hits_the_next() {
    check(|| {
        let prepare = |slot: &Slot| assert!(slot.state().start(1));
        let child = |slot: &Slot| (slot.state().answer(1), slot.state().start(2), slot.state().answer(2));
        let parent = |slot: &Slot| (slot.state().kill(1), slot.state().cancel_unstarted(1));
        let ((first, started, second), (killed, cancelled), slot) = race(prepare, child, parent);
        assert!(first != killed);
        assert!(!cancelled, "it was running long before");
        assert!(started && second, "the next call has nothing to do with it");
        assert_eq!(slot.state().phase_of(2), Some(CallPhase::Answered));
    });
}

#[test]
fn withdrawn_call_is_never_started_however_often_it_is_tried() {
    check(|| {
        let child = |slot: &Slot| (slot.state().start(2), slot.state().start(2));
        let (started, cancelled, _) = race(Slot::answer_first, child, |slot| slot.state().cancel_unstarted(2));
        assert!(u8::from(started.0) + u8::from(started.1) + u8::from(cancelled) == 1);
    });
}

#[test]
fn answered_means_that_the_output_is_there() {
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
fn killed_means_that_what_the_child_wrote_does_not_count() {
    check(|| {
        let child = |slot: &Slot| {
            slot.output.write(7);
            slot.state().answer(1)
        };
        let prepare = |slot: &Slot| assert!(slot.state().start(1));
        let parent = |slot: &Slot| {
            let killed = slot.state().kill(1);
            if !killed {
                // The exchange that was lost against is the answer: its output is there.
                assert_eq!(slot.output.read(), 7);
            }
            killed
        };
        let (answered, killed, _) = race(prepare, child, parent);
        assert!(answered != killed);
    });
}
