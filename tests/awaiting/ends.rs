//! The waiting functions as futures, and ends in the background.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, Error, OnDrop, RestartPolicy, StartError, State, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::Fate;
use concurrent_object_tests::forked::{check, in_forked_copy};
use concurrent_object_tests::gate::{self, Gate};
use concurrent_object_tests::home::process_of;
use concurrent_object_tests::mortal::MortalProxy;
use futures_core::Stream;

use super::{poll_once, start};

fn is_there(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

/// Returns the next item of a stream.
async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}

#[test]
fn readiness_is_awaited_whether_the_constructor_succeeds_or_dies() {
    within(SOON, || {
        let gate = Gate::new();
        let late = MortalProxy::builder("late").start_late(gate.path()).expect("starts");
        let mut ready = Box::pin(late.futures().ready());
        assert!(poll_once(&mut ready).is_pending());
        gate.open();
        pollster::block_on(ready).expect("ready");
        pollster::block_on(late.futures().ready()).expect("still ready");
        let doomed = MortalProxy::builder("doomed").start_doomed(gate.path(), Fate::Abort).expect("starts");
        let outcome = pollster::block_on(doomed.futures().ready());
        assert!(matches!(outcome, Err(StartError::Died { .. })), "{outcome:?}");
    });
}

#[test]
fn outcomes_of_pushes_are_pulled_by_futures_in_their_order() {
    within(SOON, || {
        let adder = start();
        pollster::block_on(async {
            for n in 0..50 {
                adder.push_rest(n).expect("room");
                adder.push_double(n).expect("room");
                assert!(matches!(adder.futures().pull().await, Ok(Some(super::AdderOutput::Rest(m))) if m == n));
                assert!(matches!(adder.futures().pull().await, Ok(Some(super::AdderOutput::Double(m))) if m == 2 * n));
            }
            assert!(adder.futures().pull().await.expect("alive").is_none(), "nothing more was pushed");
        });
    });
}

#[test]
fn the_stream_of_outcomes_waits_for_pushes_and_ends_with_its_object() {
    within(SOON, || {
        let adder = start();
        let mut outcomes = adder.futures().outcomes();
        let pulled = thread::spawn(move || {
            pollster::block_on(async {
                let (mut doubled, mut failed) = (Vec::new(), 0);
                while let Some(outcome) = next(&mut outcomes).await {
                    match outcome {
                        Ok(super::AdderOutput::Double(n)) => doubled.push(n),
                        other => {
                            assert!(matches!(other, Err(CallError::Panicked { .. })), "{other:?}");
                            failed += 1;
                        }
                    }
                }
                (doubled, failed)
            })
        });
        for n in 0..30 {
            wait_for("room for a push", || adder.status().can_push);
            adder.push_double(n).expect("room");
            thread::sleep(Duration::from_micros(n * 30));
        }
        wait_for("room for a push", || adder.status().can_push);
        adder.push_panic().expect("room");
        adder.close().expect("ends");
        let (doubled, failed) = pulled.join().expect("no panic");
        assert_eq!((doubled, failed), ((0..30).map(|n| 2 * n).collect(), 1));
    });
}

/// A future of each kind that is dropped must leave nothing behind that is woken later.
#[test]
fn futures_that_are_dropped_leave_no_waker_behind() {
    within(SOON, || {
        let (adder, gate) = (start(), Gate::new());
        adder.push_hold(gate.path()).expect("room");
        let token = std::sync::Arc::new(super::wakers::Counting::default());
        let waker = std::task::Waker::from(token.clone());
        for _ in 0..100 {
            let mut pull = Box::pin(adder.futures().pull());
            let mut context = std::task::Context::from_waker(&waker);
            for _ in 0..3 {
                assert!(pull.as_mut().poll(&mut context).is_pending());
            }
        }
        drop(waker);
        assert_eq!(std::sync::Arc::strong_count(&token), 1, "wakers are left");
        gate.open();
        assert!(adder.wait_pull().expect("served").is_some(), "no dropped future took the outcome");
    });
}

#[test]
fn close_serves_what_was_accepted_and_refuses_the_rest() {
    within(SOON, || {
        let (adder, gate) = (start(), Gate::new());
        let (held, added) = (adder.hold(gate.path()), adder.add(5));
        let mut close = Box::pin(adder.futures().close());
        let refused = adder.add(1).wait();
        assert!(matches!(refused, Err(CallError::Ended { .. })), "{refused:?}");
        assert!(poll_once(&mut close).is_pending());
        gate.open();
        pollster::block_on(close).expect("ends");
        assert_eq!((held.wait().expect("served"), added.wait().expect("served")), (7, 5));
        assert_eq!(adder.status().state, State::Ended);
    });
}

#[test]
fn terminate_and_kill_are_awaited_and_leave_no_process() {
    within(SOON, || {
        for kills in [false, true] {
            let farewell = tempfile::tempdir().expect("a directory");
            let file = farewell.path().join("farewell");
            let mortal = MortalProxy::builder("mortal").start_marked(&file).expect("starts");
            mortal.wait_until_ready().expect("ready");
            let (pid, futures) = (process_of(&mortal.handle()), mortal.futures());
            if kills {
                pollster::block_on(futures.kill()).expect("ends");
            } else {
                pollster::block_on(futures.terminate()).expect("ends");
            }
            assert_eq!((is_there(pid), file.exists()), (false, !kills));
            pollster::block_on(futures.terminate()).expect("it has ended already");
        }
    });
}

#[test]
fn a_method_that_hangs_is_killed_after_the_grace_period_though_nobody_waits() {
    within(SOON, || {
        let mortal = MortalProxy::builder("mortal").grace(Duration::from_millis(50)).start().expect("starts");
        let gate = Gate::new();
        let spinning = mortal.spin(gate.path());
        gate.wait_until_reached();
        let pid = process_of(&mortal.handle());
        // The wish stays, though its future is dropped.
        drop(mortal.futures().terminate());
        wait_for("the process is killed and reaped", || !is_there(pid));
        let outcome = spinning.wait();
        assert!(outcome.is_err(), "{outcome:?}");
    });
}

#[test]
fn a_proxy_that_ends_in_the_background_is_dropped_at_once_and_leaves_nothing() {
    within(SOON, || {
        for hangs in [false, true] {
            let builder = MortalProxy::builder("mortal").on_drop(OnDrop::Background);
            let mortal = builder.grace(if hangs { "50ms" } else { "30s" }).start().expect("starts");
            let (pid, gate) = (process_of(&mortal.handle()), Gate::new());
            let call = if hangs { mortal.spin(gate.path()) } else { mortal.die_idle(gate.path(), Fate::Exit(3)) };
            if hangs {
                gate.wait_until_reached();
            } else {
                call.wait().expect("returns at once");
            }
            let handle = mortal.handle();
            drop(mortal);
            wait_for("the process is gone", || !is_there(pid));
            wait_for("the object has ended", || !handle.is_alive());
        }
    });
}

#[test]
fn a_proxy_that_ends_in_the_background_may_be_between_two_processes() {
    within(SOON, || {
        for _ in 0..10 {
            let policy = RestartPolicy::on_death().max(100).backoff(Duration::ZERO..Duration::from_millis(3));
            let builder = MortalProxy::builder("mortal").on_drop(OnDrop::Background).restart(policy);
            let mortal = builder.start().expect("starts");
            let (gate, handle) = (Gate::new(), mortal.handle());
            gate.open();
            drop(mortal.die(gate.path(), Fate::Kill));
            thread::sleep(Duration::from_micros(fastrand::u64(..4000)));
            drop(mortal);
            wait_for("the object has ended", || !handle.is_alive());
            let pid = process_of(&handle);
            wait_for("no process is left", || !is_there(pid));
        }
    });
}

#[derive(Default)]
pub struct Last;

#[concurrent_object]
impl Last {
    pub fn new() -> Self {
        Self
    }

    pub fn finish(self, gate: &Path) -> u32 {
        gate::pass(gate);
        9
    }
}

#[test]
fn a_call_that_consumes_its_object_is_awaited_and_dropped_in_the_background() {
    within(SOON, || {
        let (last, gate) = (LastProxy::builder("last").start().expect("starts"), Gate::new());
        let handle = last.handle();
        let mut call = last.finish(gate.path());
        assert!(poll_once(&mut call).is_pending());
        gate.open();
        assert_eq!(pollster::block_on(call).expect("served"), 9);
        assert!(!handle.is_alive());

        let builder = LastProxy::builder("last").on_drop(OnDrop::Background).grace("50ms");
        let (last, gate) = (builder.start().expect("starts"), Gate::new());
        let (handle, call) = (last.handle(), last.finish(gate.path()));
        gate.wait_until_reached();
        drop(call);
        wait_for("the process is killed", || !is_there(process_of(&handle)));
        wait_for("the object has ended", || !handle.is_alive());
    });
}

#[test]
fn futures_of_a_forked_copy_are_errors() {
    within(SOON, || {
        let adder = start();
        let futures = adder.futures();
        in_forked_copy(|| {
            check(matches!(pollster::block_on(futures.ready()), Err(StartError::ForkedCopy)), "ready\n")?;
            let pulled = pollster::block_on(futures.pull());
            check(matches!(pulled, Err(CallError::ForkedCopy { .. })), "pull\n")?;
            let ended = [
                pollster::block_on(futures.close()),
                pollster::block_on(futures.terminate()),
                pollster::block_on(futures.kill()),
            ];
            let are_refused = ended.iter().all(|end| matches!(end, Err(Error::Call(CallError::ForkedCopy { .. }))));
            check(are_refused, "an end\n")
        });
        assert_eq!(adder.double(2).wait().expect("the original lives on"), 4);
    });
}
