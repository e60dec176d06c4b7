//! Objects that are stopped for a while, as by a debugger or a batch system. They lose no call, and
//! can be ended.

use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, Started};
use concurrent_object_tests::census::{children_of, is_running};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::mortal::{MortalOutput, MortalProxy, MortalProxyBuilder};
use concurrent_object_tests::processes::is_stopped;

concurrent_object::init_before_main!();

/// Returns how long an object is stopped: `STOPPED_FOR` in the environment, in seconds.
fn stopped_for() -> Duration {
    Duration::from_secs(std::env::var("STOPPED_FOR").map_or(2, |seconds| seconds.parse().expect("seconds")))
}

fn builder() -> MortalProxyBuilder {
    MortalProxy::builder("stopped").slots(4)
}

fn stop(object: &MortalProxy) {
    let pid = object.handle().pid();
    send(pid, libc::SIGSTOP);
    wait_for("it is stopped", || is_stopped(pid));
}

fn assert_gone(object: &MortalProxy) {
    let pid = object.handle().pid();
    assert!(!is_running(pid) && !children_of(std::process::id()).contains(&pid));
}

#[test]
fn stopped_object_loses_no_call_and_keeps_their_order() {
    within(SOON + stopped_for() * 2, || {
        let object = builder().start().expect("start");
        object.wait_until_ready().expect("ready");
        stop(&object);

        let mut pushed = 0;
        while object.push_add(1).is_ok() {
            pushed += 1;
        }
        let held: Vec<_> = (0..100).map(|_| object.add(1)).collect();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| held.into_iter().map(|call| call.wait().expect("alive")).collect::<Vec<_>>());
            thread::sleep(stopped_for());
            assert!(!waiting.is_finished() && object.handle().is_alive() && !object.status().can_pull);
            send(object.handle().pid(), libc::SIGCONT);
            assert_eq!(waiting.join().expect("no panic"), (pushed + 1..=pushed + 100).collect::<Vec<_>>());
        });

        assert_eq!(pushed, 4, "as many as there are slots");
        for total in 1..=pushed {
            assert!(matches!(object.wait_pull(), Ok(Some(MortalOutput::Add(sum))) if sum == total));
        }
    });
}

#[test]
fn object_that_is_stopped_repeatedly_answers_every_call_in_order() {
    within(SOON + stopped_for(), || {
        let object = builder().start().expect("start");
        let pid = object.handle().pid();
        thread::scope(|scope| {
            let calling = scope.spawn(|| {
                for total in 1..=20_000 {
                    assert_eq!(object.add(1).wait().expect("alive"), total);
                }
            });
            while !calling.is_finished() {
                send(pid, libc::SIGSTOP);
                thread::sleep(Duration::from_millis(2));
                send(pid, libc::SIGCONT);
                thread::sleep(Duration::from_millis(5));
            }
            calling.join().expect("each call has its result");
        });
    });
}

#[test]
fn object_that_is_stopped_in_its_method_finishes_it_when_it_is_closed() {
    within(SOON + stopped_for(), || {
        let gate = Gate::new();
        let object = builder().start().expect("start");
        let (running, queued) = (object.add_after(gate.path(), 40), object.add(2));
        gate.wait_until_reached();
        stop(&object);
        gate.open();

        thread::scope(|scope| {
            let closing = scope.spawn(|| object.close());
            thread::sleep(stopped_for() / 4);
            assert!(!closing.is_finished());
            send(object.handle().pid(), libc::SIGCONT);
            closing.join().expect("no panic").expect("it ends");
        });

        assert_eq!((running.wait().expect("served"), queued.wait().expect("served")), (40, 42));
        assert_gone(&object);
    });
}

fn assert_ended(error: &CallError, started: Started) {
    assert!(matches!(error, CallError::Ended { .. }), "{error}");
    assert_eq!(error.started(), started);
}

#[test]
fn stopped_object_is_ended_after_the_grace_period_or_at_once() {
    let ends: [fn(&MortalProxy); 2] =
        [|object| object.terminate().expect("it ends"), |object| object.kill().expect("it ends")];
    for end in ends {
        within(SOON, move || {
            let gate = Gate::new();
            let object = builder().grace(Duration::from_millis(200)).start().expect("start");
            let (running, queued) = (object.add_after(gate.path(), 40), object.add(2));
            gate.wait_until_reached();
            stop(&object);

            end(&object);

            assert_gone(&object);
            assert_ended(&running.wait().expect_err("it was stopped"), Started::Yes);
            assert_ended(&queued.wait().expect_err("it never began"), Started::No);
        });
    }
}

#[test]
fn object_that_is_stopped_while_it_starts_can_be_ended_and_dropped() {
    within(SOON, || {
        for drop_it in [false, true] {
            let gate = Gate::new();
            let object = builder().grace(Duration::from_millis(50)).start_late(gate.path()).expect("start");
            gate.wait_until_reached();
            stop(&object);
            let (call, handle) = (object.add(1), object.handle());
            if drop_it {
                drop(object);
            } else {
                object.terminate().expect("it ends");
            }
            assert!(!handle.is_alive());
            assert_ended(&call.wait().expect_err("it never began"), Started::No);
        }
    });
}
