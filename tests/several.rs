//! Several objects at once, on one thread: `wait_any`, the descriptor of a handle, `block_on`.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

#[cfg(not(concurrent_object_portable))]
#[path = "several/descriptors.rs"]
mod descriptors;

#[cfg(not(concurrent_object_portable))]
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use concurrent_object::{Call, CallError, RestartPolicy, Waitable, block_on, concurrent_object, wait_any};
use concurrent_object_tests::census::entries;
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::fate::Fate;
use concurrent_object_tests::forked::{check, in_forked_copy};
use concurrent_object_tests::gate::{self, Gate};
use concurrent_object_tests::mortal::MortalProxy;

concurrent_object::init_before_main!();

#[derive(Default)]
pub struct Worker;

#[concurrent_object]
impl Worker {
    pub fn new() -> Self {
        Self
    }

    pub fn double(&self, number: u64) -> u64 {
        number * 2
    }

    pub fn rest(&self, micros: u64) -> u64 {
        thread::sleep(Duration::from_micros(micros));
        micros
    }

    pub fn threads_while_waiting(&self) -> Vec<String> {
        wait_and_list_threads()
    }

    pub fn hold(&self, gate: &Path) -> u32 {
        gate::pass(gate);
        7
    }
}

fn start() -> WorkerProxy {
    WorkerProxy::builder("worker").start().expect("starts")
}

fn any_of<T>(calls: &[Call<T>], timeout: Option<Duration>) -> Option<usize> {
    let calls: Vec<&dyn Waitable> = calls.iter().map(|call| call as &dyn Waitable).collect();
    wait_any(&calls, timeout)
}

#[test]
fn the_first_of_several_calls_is_found_and_nothing_is_taken() {
    within(SOON, || {
        let (objects, gate): (Vec<_>, _) = ((0..5).map(|_| start()).collect(), Gate::new());
        let held: Vec<_> = objects.iter().map(|object| object.hold(gate.path())).collect();
        assert_eq!(any_of(&held, Some(Duration::from_millis(20))), None);
        for ready in 0..5 {
            let mut calls: Vec<_> = objects.iter().map(|object| object.double(1)).collect();
            let other = start();
            calls.push(other.double(21));
            assert_eq!(any_of(&calls, None), Some(5), "the others wait behind a held call, {ready}");
            assert_eq!(calls[5].try_wait().map(|outcome| outcome.expect("served")), Some(42));
            assert_eq!(any_of(&calls, None), Some(5), "an outcome that was taken is an error at once");
        }
        gate.open();
        assert!(any_of(&held, None).is_some());
        for call in held {
            assert_eq!(call.wait().expect("served"), 7);
        }
        assert_eq!(wait_any(&[], None), None, "there is nothing to wait for");
    });
}

#[test]
fn calls_and_proxies_of_different_types_are_waited_for_together() {
    within(SOON, || {
        let (worker, mortal, gate) = (start(), MortalProxy::builder("mortal").start().expect("starts"), Gate::new());
        let held = worker.hold(gate.path());
        mortal.push_add(3).expect("room");
        assert_eq!(wait_any(&[&held, &worker, &mortal], None), Some(2));
        assert!(mortal.pull().expect("served").is_some());
        assert_eq!(wait_any(&[&held, &worker, &mortal], Some(Duration::from_millis(10))), None);
        let opening = thread::spawn({
            let path = gate.path().to_owned();
            move || {
                thread::sleep(Duration::from_millis(20));
                std::fs::write(path.join("open"), "").expect("the gate opens");
            }
        });
        assert_eq!(wait_any(&[&mortal, &worker, &held], None), Some(2));
        opening.join().expect("no panic");
        mortal.kill().expect("ends");
        assert_eq!(wait_any(&[&worker, &mortal], None), Some(1), "its pull is an error now");
    });
}

/// Each of many rests comes to its end while the thread spins, is about to sleep, or sleeps.
#[test]
fn no_outcome_is_missed_whenever_it_comes() {
    within(SOON, || {
        let objects: Vec<_> = (0..3).map(|_| start()).collect();
        for round in 0..1500_u64 {
            let micros = round % 150;
            let mut calls: Vec<_> = objects.iter().map(|object| object.rest(micros)).collect();
            while !calls.is_empty() {
                let first = any_of(&calls, None).expect("one of them");
                assert_eq!(calls.swap_remove(first).try_wait().map(|outcome| outcome.expect("served")), Some(micros));
            }
        }
    });
}

#[test]
fn threads_that_wait_for_all_objects_and_for_one_share_them() {
    within(SOON * 2, || {
        let objects: Arc<Vec<_>> = Arc::new((0..3).map(|_| start()).collect());
        let threads: Vec<_> = (0..4_u64)
            .map(|thread| {
                let objects = objects.clone();
                thread::spawn(move || {
                    for round in 0..500 {
                        let number = thread * 10_000 + round;
                        let mut calls: Vec<_> = objects.iter().map(|object| object.double(number)).collect();
                        if round % 3 == 0 {
                            drop(objects[0].rest(200).wait());
                        }
                        if thread % 2 == 0 {
                            while !calls.is_empty() {
                                let first = any_of(&calls, None).expect("one of them");
                                let outcome = calls.swap_remove(first).try_wait().expect("it is there");
                                assert_eq!(outcome.expect("served"), number * 2);
                            }
                        } else if thread == 1 {
                            calls.into_iter().for_each(|call| assert_eq!(block_on(call).expect("served"), number * 2));
                        } else {
                            calls.into_iter().for_each(|call| assert_eq!(call.wait().expect("served"), number * 2));
                        }
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
    });
}

/// A driver that leaves may choose the thread that waits for several to drive next, at the moment
/// when that gives up too. Then a third thread must drive.
#[test]
fn a_thread_that_gives_up_hands_over_to_another() {
    within(SOON, || {
        let worker = Arc::new(start());
        for round in 0..150_u64 {
            let gate = Gate::new();
            let (mut driven, waited, kept) = (worker.hold(gate.path()), worker.double(1), worker.double(round));
            let time = Duration::from_micros(800);
            thread::scope(|scope| {
                scope.spawn(|| drop(driven.wait_timeout(time)));
                thread::sleep(Duration::from_micros(100));
                let third = scope.spawn(move || kept.wait());
                thread::sleep(Duration::from_micros(100));
                scope.spawn(|| wait_any(&[&waited], Some(time.saturating_sub(Duration::from_micros(200)))));
                thread::sleep(2 * time);
                gate.open();
                assert_eq!(third.join().expect("no panic").expect("served"), 2 * round);
            });
        }
    });
}

#[test]
fn a_death_is_noticed_by_a_thread_that_waits_for_several() {
    within(SOON, || {
        let gate = Gate::new();
        gate.open();
        for round in 0..20 {
            let policy = RestartPolicy::on_death().backoff(Duration::ZERO..Duration::ZERO);
            let builder = MortalProxy::builder("mortal");
            let mortal = if round % 2 == 0 { builder } else { builder.restart(policy) }.start().expect("starts");
            let (worker, closed) = (start(), Gate::new());
            let held = worker.hold(closed.path());
            let mut dying = mortal.die(gate.path(), Fate::Kill);
            assert_eq!(wait_any(&[&held, &dying], None), Some(1));
            assert!(matches!(dying.try_wait(), Some(Err(CallError::Died { .. }))));
        }
    });
}

/// In a process of its own, since other tests await calls, for which the library has a thread.
#[test]
fn waiting_for_several_and_polling_descriptors_start_no_thread() {
    within(SOON, || {
        let threads = start().threads_while_waiting().wait().expect("served");
        assert!(threads.iter().all(|name| !name.contains("reactor") && !name.contains("supervis")), "{threads:?}");
    });
}

fn wait_and_list_threads() -> Vec<String> {
    let objects: Vec<_> = (0..3).map(|_| start()).collect();
    let handles: Vec<_> = objects.iter().map(|object| object.handle()).collect();
    #[cfg(not(concurrent_object_portable))]
    for handle in &handles {
        let _descriptor = handle.as_fd();
    }
    assert_eq!(handles.len(), 3);
    let calls: Vec<_> = objects.iter().map(|object| object.rest(2000)).collect();
    assert!(any_of(&calls, None).is_some());
    let ids = entries("/proc/self/task").into_iter();
    ids.filter_map(|id| std::fs::read_to_string(format!("/proc/self/task/{id}/comm")).ok()).collect()
}

#[test]
fn a_forked_copy_finds_an_error_at_once() {
    within(SOON, || {
        let (worker, gate) = (start(), Gate::new());
        let held = worker.hold(gate.path());
        in_forked_copy(|| check(wait_any(&[&held, &worker], None) == Some(0), "it waits\n"));
        gate.open();
        assert_eq!(held.wait().expect("served"), 7);
    });
}

/// The thread's own wake-ups must not be taken by a wait inside the future.
#[test]
fn a_future_that_blocks_its_thread_is_run_to_its_end() {
    within(SOON, || {
        let (worker, other) = (start(), start());
        let sum = block_on(async {
            let mut sum = 0;
            for round in 0..50 {
                let slow = worker.rest(round * 40);
                sum += other.rest(100).wait().expect("served");
                sum += slow.await.expect("served");
            }
            sum
        });
        assert_eq!(sum, 50 * 100 + 40 * (0..50).sum::<u64>());
    });
}

#[test]
fn wait_any_returns_although_another_thread_receives_the_replies() {
    within(SOON, || {
        let (one, other) = (Arc::new(start()), Arc::new(start()));
        let ends = Arc::new(AtomicBool::new(false));
        let looks = thread::spawn({
            let (one, other, ends) = (one.clone(), other.clone(), ends.clone());
            move || {
                while !ends.load(Ordering::Relaxed) {
                    // Receives what is there, also between a look of the other thread and its
                    // sleep.
                    let _statuses = (one.status(), other.status());
                }
            }
        });
        for number in 0..20_000 {
            let mut call = one.double(number);
            // The other one has nothing, so that nothing else wakes this thread.
            let first = wait_any(&[&call, &*other], Some(Duration::from_secs(20)));
            assert_eq!(first, Some(0), "after {number} calls");
            assert_eq!(call.try_wait().expect("`wait_any` has said so").expect("served"), 2 * number);
        }
        ends.store(true, Ordering::Relaxed);
        looks.join().expect("no panic");
    });
}
