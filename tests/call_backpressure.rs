//! Slots that are all in use: which operations proceed, which wait, and which are refused.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::path::Path;

use concurrent_object::{CallError, PushErrorKind, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::{self, Gate};

concurrent_object::init_before_main!();

pub struct Store {
    kept: Vec<u32>,
}

#[concurrent_object(output_derive(Debug, PartialEq))]
impl Store {
    pub fn new() -> Self {
        Self { kept: Vec::new() }
    }

    pub fn keep(&mut self, n: u32) -> u32 {
        self.kept.push(n);
        n
    }

    pub fn kept(&self) -> Vec<u32> {
        self.kept.clone()
    }

    pub fn large(&self, n: u8, size: usize) -> Vec<u8> {
        vec![n; size]
    }

    pub fn hold(&self, gate: &Path) {
        gate::pass(gate);
    }
}

fn start(slots: u32) -> StoreProxy {
    StoreProxy::builder("store").slots(slots as usize).start().expect("starts")
}

fn answered(store: &StoreProxy) -> bool {
    store.handle().statistics().outstanding == 0
}

#[test]
fn sixteen_unpulled_pushes_and_sixteen_held_calls_do_not_starve_the_next_call() {
    within(SOON, || {
        // Results of this size do not fit into a ring entry, so they keep their slots.
        const SIZE: usize = 2000;
        let store = start(16);
        for n in 0..16 {
            store.push_large(n, SIZE).expect("pushed");
        }
        let held: Vec<_> = (100..116).map(|n| store.large(n, SIZE)).collect();
        wait_for("all of them are answered", || answered(&store));
        assert_eq!(store.keep(7).wait().expect("served"), 7);
        for (n, call) in (100..).zip(held) {
            assert_eq!(call.wait().expect("large"), vec![n; SIZE]);
        }
        for n in 0..16 {
            assert_eq!(store.pull().expect("large"), Some(StoreOutput::Large(vec![n; SIZE])));
        }
    });
}

#[test]
fn large_untaken_results_do_not_starve_a_call_and_stay_intact() {
    within(SOON, || {
        let store = start(2);
        let held: Vec<_> = (0..20).map(|n| store.large(n, 300_000)).collect();
        assert_eq!(store.keep(7).wait().expect("served"), 7);
        for (n, call) in (0..).zip(held) {
            assert!(call.wait().expect("large") == vec![n; 300_000], "result {n} was changed");
        }
    });
}

#[test]
fn a_push_beyond_the_slots_is_full_even_if_all_are_answered() {
    within(SOON, || {
        for slots in [1, 2, 16] {
            let store = start(slots);
            for n in 0..slots {
                assert!(store.status().can_push, "{n} of {slots}");
                store.push_keep(n).expect("pushed");
            }
            wait_for("all of them are answered", || answered(&store));
            assert!(!store.status().can_push);
            let refused = store.push_keep(99).expect_err("full");
            assert!(refused.is_full());
            assert_eq!(refused.into_args(), (99,));
            assert_eq!(store.pull().expect("kept"), Some(StoreOutput::Keep(0)));
            assert!(store.status().can_push);
            store.push_keep(50).expect("there is room");
            let kept = store.kept().wait().expect("kept");
            assert_eq!(kept, (0..slots).chain([50]).collect::<Vec<_>>());
        }
    });
}

#[test]
fn a_push_is_full_while_calls_wait_in_the_parent() {
    within(SOON, || {
        let (store, gate) = (start(2), Gate::new());
        let held = store.hold(gate.path());
        let calls: Vec<_> = (0..5).map(|n| store.keep(n)).collect();
        assert_eq!(store.handle().statistics().waiting, 4);
        assert!(!store.status().can_push);
        let refused = store.push_keep(9).expect_err("full");
        assert!(matches!(refused.kind(), PushErrorKind::Full), "{refused:?}");
        gate.open();
        held.wait().expect("held");
        for (n, call) in (0..).zip(calls) {
            assert_eq!(call.wait().expect("kept"), n);
        }
        store.push_keep(9).expect("pushed");
        assert_eq!(store.kept().wait().expect("kept"), [0, 1, 2, 3, 4, 9]);
    });
}

#[test]
fn calls_beyond_the_slots_wait_and_run_in_order() {
    within(SOON, || {
        let (store, gate) = (start(3), Gate::new());
        let held = store.hold(gate.path());
        let calls: Vec<_> = (0..500).map(|n| store.keep(n)).collect();
        gate.open();
        for (n, call) in (0..500).zip(calls) {
            assert_eq!(call.wait().expect("kept"), n);
        }
        held.wait().expect("held");
        assert_eq!(store.kept().wait().expect("kept"), (0..500).collect::<Vec<_>>());
    });
}

#[test]
fn calls_dropped_before_they_were_sent_still_run() {
    within(SOON, || {
        let (store, gate) = (start(1), Gate::new());
        let held = store.hold(gate.path());
        for n in 0..50 {
            drop(store.keep(n));
        }
        gate.open();
        held.wait().expect("held");
        assert_eq!(store.kept().wait().expect("kept"), (0..50).collect::<Vec<_>>());
    });
}

#[test]
fn status_sends_waiting_calls() {
    within(SOON, || {
        let store = start(1);
        for n in 0..50 {
            drop(store.keep(n));
        }
        wait_for("nothing waits any more", || store.status().can_push);
        assert_eq!(store.handle().statistics().waiting, 0);
        assert_eq!(store.kept().wait().expect("kept").len(), 50);
    });
}

#[test]
fn calls_that_wait_when_the_object_is_killed_have_not_started() {
    within(SOON, || {
        let (store, gate) = (start(2), Gate::new());
        store.push_hold(gate.path()).expect("pushed");
        let calls: Vec<_> = (0..10).map(|n| store.keep(n)).collect();
        gate.wait_until_reached();
        store.kill().expect("killed");
        for call in calls {
            let error = call.wait().expect_err("the object is gone");
            assert!(matches!(error, CallError::Ended { .. }), "{error:?}");
            assert_eq!(error.started(), concurrent_object::Started::No);
        }
        let held = store.pull().expect_err("it was running");
        assert_eq!(held.started(), concurrent_object::Started::Yes);
    });
}
