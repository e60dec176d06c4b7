//! A proxy that many threads share: no outcome is lost or swapped, whichever thread waits for it.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, Methods, Proxy, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::gate::{self, Gate};
use concurrent_object_tests::home::{self, process_of};

concurrent_object::init_before_main!();

const THREADS: u64 = 8;
const ROUNDS: u64 = 400;

pub struct Adder {
    calls: u64,
}

#[concurrent_object(output_derive(Debug, PartialEq))]
impl Adder {
    pub fn new() -> Self {
        Self { calls: 0 }
    }

    pub fn add(&mut self, a: u64, b: u64) -> u64 {
        self.calls += 1;
        a + b
    }

    pub fn mark(&mut self, n: u64, padding: &[u8]) -> (u64, usize) {
        self.calls += 1;
        (n, padding.len())
    }

    pub fn calls(&self) -> u64 {
        self.calls
    }

    pub fn hold(&self, gate: &Path) {
        gate::pass(gate);
    }
}

fn start(slots: usize) -> Arc<AdderProxy> {
    Arc::new(AdderProxy::builder("adder").slots(slots).start().expect("starts"))
}

fn is_shared<T: Send + Sync + 'static>(_: &T) {}

#[test]
fn proxies_and_handles_are_send_and_sync() {
    fn check<O: Methods + 'static>(proxy: &Proxy<O>) {
        is_shared(proxy);
        is_shared(&proxy.handle());
    }
    within(SOON, || {
        let adder = start(1);
        is_shared(&*adder);
        check::<AdderOutput>(&adder);
    });
}

/// Each thread checks its own calls. Any thread pulls the pushes of all, each exactly once.
fn call_and_push_from_all_threads(slots: usize) {
    let adder = start(slots);
    let pulled = Mutex::new(Vec::new());
    let rounds = home::rounds(ROUNDS);
    let pull = |output: AdderOutput| {
        let AdderOutput::Mark((n, size)) = output else { panic!("this was not pushed: {output:?}") };
        assert_eq!(size as u64, n % 700, "the mark of another push");
        pulled.lock().expect("sound").push(n);
    };
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (adder, pull) = (&adder, &pull);
            scope.spawn(move || {
                for round in 0..rounds {
                    let n = thread * rounds + round;
                    let early = adder.add(n, 1);
                    while let Err(full) = adder.push_mark(n, &vec![1; (n % 700) as usize]) {
                        assert!(full.is_full(), "{full:?}");
                        // Another thread may pull first. Then there is no outcome, and the push is
                        // tried again.
                        adder.wait_pull_timeout(Duration::from_millis(1)).expect("marked").map(pull);
                    }
                    assert_eq!(adder.add(n, n).wait().expect("added"), 2 * n);
                    assert_eq!(early.wait().expect("added"), n + 1);
                    adder.pull().expect("marked").map(pull);
                }
            });
        }
    });
    while let Some(output) = adder.wait_pull().expect("marked") {
        pull(output);
    }
    let mut pulled = pulled.into_inner().expect("sound");
    pulled.sort_unstable();
    assert_eq!(pulled, (0..THREADS * rounds).collect::<Vec<_>>());
    assert_eq!(adder.calls().wait().expect("counted"), THREADS * rounds * 3);
    let statistics = adder.handle().statistics();
    assert_eq!((statistics.outstanding, statistics.waiting, statistics.unpulled), (0, 0, 0));
}

#[test]
fn eight_threads_that_call_and_push_neither_lose_nor_swap_outcomes() {
    within(SOON, || call_and_push_from_all_threads(16));
}

#[test]
fn eight_threads_that_share_one_slot_neither_lose_nor_swap_outcomes() {
    within(SOON, || call_and_push_from_all_threads(1));
}

#[test]
fn pulls_of_one_thread_are_in_the_order_of_its_pushes() {
    within(SOON, || {
        let adder = start(4);
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                for n in 0..2000 {
                    while adder.push_add(n, 0).is_err() {
                        thread::yield_now();
                    }
                }
                done.store(true, Ordering::Release);
            });
            let mut expected = 0;
            while expected < 2000 {
                if let Some(output) = adder.wait_pull().expect("added") {
                    assert_eq!(output, AdderOutput::Add(expected));
                    expected += 1;
                }
            }
        });
        assert!(done.load(Ordering::Acquire));
    });
}

#[test]
fn all_waiting_threads_are_woken_when_the_object_dies() {
    within(SOON, || {
        let (adder, gate) = (start(4), Gate::new());
        adder.push_hold(gate.path()).expect("pushed");
        gate.wait_until_reached();
        let (barrier, settled) = (Barrier::new(9), AtomicUsize::new(0));
        thread::scope(|scope| {
            for n in 0..8 {
                let (adder, barrier, settled) = (&adder, &barrier, &settled);
                scope.spawn(move || {
                    barrier.wait();
                    let error: CallError = match n % 4 {
                        0 => adder.wait_pull().expect_err("it dies"),
                        1 => adder.add(1, n).wait().expect_err("it dies"),
                        2 => {
                            let mut call = adder.add(2, n);
                            call.wait_timeout(SOON).expect("it settles").expect_err("it dies")
                        }
                        _ => adder.wait_pull_timeout(SOON).expect_err("it dies"),
                    };
                    assert!(error.object_gone(), "{error:?}");
                    settled.fetch_add(1, Ordering::Relaxed);
                });
            }
            barrier.wait();
            let pid = rustix::process::Pid::from_raw(process_of(&adder.handle()).cast_signed()).expect("a pid");
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("killed");
        });
        assert_eq!(settled.into_inner(), 8);
    });
}

/// The driver times out or has its outcome. Another thread must drive for those that still wait.
#[test]
fn a_driver_that_leaves_hands_over_to_another_thread() {
    within(SOON, || {
        let adder = start(16);
        for _ in 0..50 {
            let gate = Gate::new();
            thread::scope(|scope| {
                let held = adder.hold(gate.path());
                let calls: BTreeSet<_> = (0..6).collect();
                let mut impatient = adder.add(9, 9);
                let driver = scope.spawn(move || impatient.wait_timeout(Duration::from_millis(1)));
                for n in calls {
                    let call = adder.add(n, 0);
                    scope.spawn(move || assert_eq!(call.wait().expect("added"), n));
                }
                driver.join().expect("alive");
                gate.open();
                held.wait().expect("held");
            });
        }
    });
}

#[test]
fn outcomes_may_be_taken_by_other_threads() {
    within(SOON, || {
        let adder = start(2);
        thread::scope(|scope| {
            for n in 0..200 {
                let call = adder.add(n, n);
                scope.spawn(move || assert_eq!(call.wait().expect("added"), 2 * n));
            }
        });
    });
}
