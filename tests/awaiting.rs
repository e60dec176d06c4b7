//! Calls as futures: on several executors, beside threads that wait, and under faults.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

#[path = "awaiting/cancelling.rs"]
mod cancelling;
#[path = "awaiting/ends.rs"]
mod ends;
#[path = "awaiting/faults.rs"]
mod faults;
#[path = "awaiting/wakers.rs"]
mod wakers;

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, concurrent_object};
use concurrent_object_tests::census::entries;
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::{self, Gate};

concurrent_object::init_before_main!();

#[derive(Default)]
pub struct Adder {
    total: u64,
}

#[concurrent_object]
impl Adder {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add(&mut self, amount: u64) -> u64 {
        self.total += amount;
        self.total
    }

    pub fn double(&self, number: u64) -> u64 {
        number * 2
    }

    pub fn rest(&self, micros: u64) -> u64 {
        thread::sleep(Duration::from_micros(micros));
        micros
    }

    pub fn hold(&self, gate: &Path) -> u32 {
        gate::pass(gate);
        7
    }

    pub fn scale(&self, samples: &mut [f32], by: f32) -> usize {
        samples.iter_mut().for_each(|sample| *sample *= by);
        samples.len()
    }

    pub fn panic(&self) {
        panic!("on purpose");
    }
}

pub fn start() -> AdderProxy {
    AdderProxy::builder("adder").start().expect("starts")
}

/// Polls once, with a waker that does nothing.
pub fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::pin::Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Runs the same task on each kind of executor.
fn on_each_executor<F: Future<Output = ()> + Send + 'static>(task: impl Fn() -> F + Send + 'static) {
    within(SOON, move || {
        pollster::block_on(task());
        smol::block_on(task());
        let current = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        current.block_on(task());
        drop(current);
        let multi = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let multi = multi.expect("a runtime");
        multi.block_on(async { multi.spawn(task()).await.expect("no panic") });
    });
}

#[test]
fn calls_are_awaited_in_a_loop_on_every_executor() {
    on_each_executor(|| async {
        let adder = start();
        for round in 1..=300 {
            assert_eq!(adder.add(1).await.expect("served"), round);
        }
    });
}

#[test]
fn calls_of_methods_that_rest_are_awaited_on_every_executor() {
    on_each_executor(|| async {
        let adder = start();
        for micros in [0, 20, 200, 2000].into_iter().cycle().take(60) {
            assert_eq!(adder.rest(micros).await.expect("served"), micros);
        }
    });
}

#[test]
fn many_calls_of_many_objects_are_pending_at_once_and_need_one_thread() {
    within(SOON, || {
        let gate = Gate::new();
        let objects: Vec<_> = (0..10).map(|_| start()).collect();
        let held: Vec<_> = objects.iter().map(|object| object.hold(gate.path())).collect();
        let mut calls: Vec<_> = (0..500_u64).map(|n| objects[n as usize % 10].double(n)).collect();
        assert!(calls.iter_mut().all(|call| poll_once(call).is_pending()));
        // A new thread names itself.
        wait_for("the thread has its name", || threads_named("object-reactor") > 0);
        assert_eq!(threads_named("object-reactor"), 1);
        gate.open();
        pollster::block_on(async {
            for call in held {
                assert_eq!(call.await.expect("served"), 7);
            }
            for (n, call) in calls.into_iter().enumerate() {
                assert_eq!(call.await.expect("served"), 2 * n as u64);
            }
        });
    });
}

fn threads_named(name: &str) -> usize {
    let own = entries("/proc/self/task").into_iter();
    own.filter(|id| std::fs::read_to_string(format!("/proc/self/task/{id}/comm")).is_ok_and(|comm| comm.trim() == name))
        .count()
}

#[test]
fn a_timeout_of_the_runtime_leaves_the_call_as_it_was() {
    within(SOON, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (adder, gate) = (start(), Gate::new());
            let mut call = adder.hold(gate.path());
            let first = tokio::time::timeout(Duration::from_millis(20), &mut call).await;
            assert!(first.is_err(), "{first:?}");
            gate.open();
            assert_eq!(call.await.expect("served"), 7);
        });
    });
}

#[test]
fn a_call_that_was_polled_can_be_waited_for_and_polled_again() {
    within(SOON, || {
        let (adder, gate) = (start(), Gate::new());
        let mut call = adder.hold(gate.path());
        let counting = Arc::new(wakers::Counting::default());
        let waker = Waker::from(counting.clone());
        assert!(pin!(&mut call).poll(&mut Context::from_waker(&waker)).is_pending());
        let before = counting.count();
        assert!(call.wait_timeout(Duration::from_millis(30)).is_none());
        // Another thread drives meanwhile, so this one parks with the call.
        let adder = Arc::new(adder);
        let other = adder.clone();
        let driver = thread::spawn(move || other.wait_until_ready_timeout(Duration::from_secs(1)));
        assert!(call.wait_timeout(Duration::from_millis(30)).is_none());
        drop(driver.join().expect("no panic"));
        gate.open();
        wait_for("the waker of the first poll is called", || counting.count() > before);
        assert_eq!(poll_once(&mut call).map(|outcome| outcome.expect("served")), Poll::Ready(7));
    });
}

#[test]
fn an_outcome_is_taken_once_and_a_later_poll_says_so() {
    within(SOON, || {
        let adder = start();
        let mut call = adder.double(4);
        assert_eq!(pollster::block_on(&mut call).expect("served"), 8);
        let again = pollster::block_on(&mut call);
        assert!(matches!(again, Err(CallError::AlreadyTaken { .. })), "{again:?}");
    });
}

#[test]
fn changed_arguments_are_written_back_when_a_call_is_awaited() {
    within(SOON, || {
        let adder = start();
        let mut samples = [1.0, 2.0];
        assert_eq!(pollster::block_on(adder.scale(&mut samples, 3.0)).expect("served"), 2);
        assert_eq!(samples, [3.0, 6.0]);
    });
}

#[test]
fn threads_that_wait_and_tasks_that_await_share_an_object() {
    within(SOON * 2, || {
        let adder = Arc::new(start());
        let threads: Vec<_> = (0..4)
            .map(|thread| {
                let adder = adder.clone();
                thread::spawn(move || {
                    for round in 0..400_u64 {
                        let (n, micros) = (thread * 1000 + round, if round % 50 == 0 { 300 } else { 0 });
                        let rest = adder.rest(micros);
                        let doubled = adder.double(n);
                        let (rested, doubled) = if thread % 2 == 0 {
                            (rest.wait(), doubled.wait())
                        } else {
                            pollster::block_on(async { (rest.await, doubled.await) })
                        };
                        assert_eq!((rested.expect("served"), doubled.expect("served")), (micros, 2 * n));
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
    });
}

#[test]
fn a_task_that_awaits_in_a_loop_gives_way_to_others_of_its_thread() {
    within(SOON, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let over = Arc::new(AtomicBool::new(false));
            let awaiting = tokio::spawn({
                let over = over.clone();
                async move {
                    let adder = start();
                    // This ends only if the other task runs.
                    while !over.load(Ordering::Relaxed) {
                        adder.add(1).await.expect("served");
                    }
                }
            });
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            over.store(true, Ordering::Relaxed);
            awaiting.await.expect("no panic");
        });
    });
}

#[test]
fn a_future_that_is_dropped_detaches_its_call() {
    within(SOON, || {
        let (adder, gate) = (start(), Gate::new());
        let mut held = adder.hold(gate.path());
        assert!(poll_once(&mut held).is_pending());
        let mut lost = adder.add(40);
        assert!(poll_once(&mut lost).is_pending());
        drop((held, lost));
        gate.open();
        assert_eq!(pollster::block_on(adder.add(2)).expect("served"), 42, "the detached call ran");
    });
}
