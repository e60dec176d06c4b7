//! The ends that a parent can request, and the outcomes of the calls in flight.

use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, Error, PushErrorKind, StartError, Started, State};
use concurrent_object_tests::census::{children_of, is_running};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::Fate;
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::home::process_of;
use concurrent_object_tests::mortal::{MortalOutput, MortalProxy, MortalProxyBuilder};

concurrent_object::init_before_main!();

/// Longer than any limit here. If a wait is not cut short as it must be, the test hangs and fails.
const PATIENT: Duration = Duration::from_secs(3600);

type End = fn(&MortalProxy) -> Result<(), Error>;

/// Every way to end an object.
const ENDS: [End; 3] = [|object| object.terminate(), |object| object.close(), |object| object.kill()];

fn builder() -> MortalProxyBuilder {
    MortalProxy::builder("ending").grace(PATIENT)
}

fn assert_ended(error: &CallError, started: Started) {
    assert!(matches!(error, CallError::Ended { .. }), "{error}");
    assert_eq!((error.started(), error.object_gone()), (started, true));
}

/// Checks that the process has exited and was reaped.
fn assert_reaped(pid: u32) {
    assert!(!is_running(pid));
    assert!(!children_of(std::process::id()).contains(&pid), "a zombie is left");
}

fn assert_refuses(object: &MortalProxy) {
    let refused = object.push_add(7).expect_err("it has ended");
    assert!(matches!(refused.kind(), PushErrorKind::Gone(CallError::Ended { .. })), "{refused}");
    assert_eq!(refused.into_args(), (7,));
    assert_ended(&object.add(7).wait().expect_err("it has ended"), Started::No);
    assert!(matches!(object.wait_until_ready(), Err(StartError::Ended)));
    assert_eq!(object.status().state, State::Ended);
}

#[test]
fn terminate_lets_the_running_method_finish_and_ends_queued_calls() {
    within(SOON, || {
        let (gate, home) = (Gate::new(), tempfile::tempdir().expect("a directory"));
        let farewell = home.path().join("farewell");
        let object = builder().slots(4).start_marked(&farewell).expect("start");
        let pid = process_of(&object.handle());
        object.push_add_after(gate.path(), 42).expect("push");
        object.push_add(1).expect("push");
        let queued: Vec<_> = (0..9).map(|number| object.add(number)).collect();
        gate.wait_until_reached();

        thread::scope(|scope| {
            let terminating = scope.spawn(|| object.terminate());
            for call in queued {
                assert_ended(&call.wait().expect_err("it had not started"), Started::No);
            }
            assert!(object.push_add(7).is_err() && is_running(pid) && !terminating.is_finished());
            gate.open();
            terminating.join().expect("no panic").expect("it ends");
        });

        assert!(matches!(object.pull(), Ok(Some(MortalOutput::AddAfter(42)))));
        assert_ended(&object.pull().expect_err("it was queued"), Started::No);
        assert_ended(&object.pull().expect_err("nothing is left"), Started::No);
        assert_eq!(std::fs::read_to_string(farewell).expect("it was dropped"), pid.to_string());
        assert_reaped(pid);
        assert_refuses(&object);
    });
}

#[test]
fn dropping_the_proxy_terminates_and_held_calls_have_their_outcomes() {
    within(SOON, || {
        let (gate, home) = (Gate::new(), tempfile::tempdir().expect("a directory"));
        let farewell = home.path().join("farewell");
        let object = builder().start_marked(&farewell).expect("start");
        let (pid, handle) = (process_of(&object.handle()), object.handle());
        let (running, queued) = (object.add_after(gate.path(), 42), object.add(1));
        gate.wait_until_reached();

        thread::scope(|scope| {
            let dropping = scope.spawn(move || drop(object));
            assert_ended(&queued.wait().expect_err("it had not started"), Started::No);
            gate.open();
            dropping.join().expect("no panic");
        });

        assert_eq!(running.wait().expect("it was running"), 42);
        assert!(farewell.exists() && !handle.is_alive());
        assert_reaped(pid);
    });
}

#[test]
fn method_that_outlasts_the_grace_period_is_killed() {
    within(SOON, || {
        let (gate, home) = (Gate::new(), tempfile::tempdir().expect("a directory"));
        let farewell = home.path().join("farewell");
        let object = builder().grace(Duration::from_millis(50)).start_marked(&farewell).expect("start");
        let (running, queued) = (object.spin(gate.path()), object.add(1));
        gate.wait_until_reached();

        object.terminate().expect("it ends");

        assert_reaped(process_of(&object.handle()));
        assert_ended(&running.wait().expect_err("killed"), Started::Yes);
        assert_ended(&queued.wait().expect_err("never began"), Started::No);
        assert!(!farewell.exists(), "a killed object is not dropped");
        assert_refuses(&object);
    });
}

#[test]
fn kill_does_not_wait_for_the_running_method() {
    within(SOON, || {
        let (gate, home) = (Gate::new(), tempfile::tempdir().expect("a directory"));
        let farewell = home.path().join("farewell");
        let object = builder().slots(2).start_marked(&farewell).expect("start");
        object.push_spin(gate.path()).expect("push");
        let queued: Vec<_> = (0..5).map(|number| object.add(number)).collect();
        gate.wait_until_reached();

        object.kill().expect("it ends");

        assert_reaped(process_of(&object.handle()));
        assert_ended(&object.pull().expect_err("killed"), Started::Yes);
        for call in queued {
            assert_ended(&call.wait().expect_err("never began"), Started::No);
        }
        assert!(!farewell.exists(), "a killed object is not dropped");
        assert_refuses(&object);
    });
}

#[test]
fn close_serves_all_calls_first_and_their_outcomes_can_be_taken_later() {
    within(SOON, || {
        let home = tempfile::tempdir().expect("a directory");
        let farewell = home.path().join("farewell");
        let object = builder().slots(3).start_marked(&farewell).expect("start");
        for amount in 1..=3 {
            object.push_add(amount).expect("push");
        }
        let held: Vec<_> = (0..40).map(|_| object.add(1)).collect();

        object.close().expect("it ends");

        assert_reaped(process_of(&object.handle()));
        let pulled = object.drain().map(|outcome| outcome.expect("served"));
        assert_eq!(pulled.map(|output| matches!(output, MortalOutput::Add(1 | 3 | 6))).collect::<Vec<_>>(), [true; 3]);
        let sums: Vec<_> = held.into_iter().map(|call| call.wait().expect("served")).collect();
        assert_eq!(sums, (7..47).collect::<Vec<_>>());
        assert!(farewell.exists());
        assert_refuses(&object);
    });
}

#[test]
fn closing_object_refuses_new_calls_and_serves_the_accepted_ones() {
    within(SOON, || {
        let gate = Gate::new();
        let object = builder().start().expect("start");
        let first = object.add_after(gate.path(), 1);
        gate.wait_until_reached();

        thread::scope(|scope| {
            let closing = scope.spawn(|| object.close());
            wait_for("calls are refused", || match object.push_add(0).map_err(|refused| refused.into_kind()) {
                Ok(_) | Err(PushErrorKind::Full) => false,
                Err(kind) => matches!(kind, PushErrorKind::Gone(CallError::Ended { .. })),
            });
            assert!(!closing.is_finished() && object.handle().is_alive());
            gate.open();
            closing.join().expect("no panic").expect("it ends");
        });

        assert_eq!(first.wait().expect("served"), 1);
        assert!(object.drain().all(|outcome| matches!(outcome, Ok(MortalOutput::Add(1)))));
    });
}

#[test]
fn ending_twice_and_concurrently_in_every_way_succeeds() {
    within(SOON, || {
        let object = builder().start().expect("start");
        assert_eq!(object.add(1).wait().expect("alive"), 1);

        thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| object.terminate())).collect();
            threads.into_iter().for_each(|thread| thread.join().expect("no panic").expect("it ends"));
        });

        for end in ENDS {
            end(&object).expect("it has ended already");
        }
        assert_refuses(&object);
    });
}

#[test]
fn ending_a_crashed_object_succeeds() {
    within(SOON, || {
        for end in ENDS {
            let gate = Gate::new();
            gate.open();
            let object = builder().start().expect("start");
            // Ends the object before and after the death was noticed, and once more when it is
            // known.
            object.push_die(gate.path(), Fate::Abort).expect("push");
            wait_for("it is dead", || !is_running(process_of(&object.handle())));
            end(&object).expect("it is gone already");
            end(&object).expect("it is gone already");
            assert!(object.wait_pull().expect_err("it died").object_gone());
            assert_reaped(process_of(&object.handle()));
        }
    });
}

#[test]
fn a_crash_stays_the_cause_when_the_object_is_ended_later() {
    within(SOON, || {
        let gate = Gate::new();
        gate.open();
        let object = builder().start().expect("start");
        let error = object.die(gate.path(), Fate::Exit(3)).wait().expect_err("it dies");
        object.kill().expect("it is gone already");
        assert!(matches!(error, CallError::Died { .. }), "{error}");
        assert!(matches!(object.add(1).wait(), Err(CallError::Died { .. })));
    });
}

#[test]
fn ending_an_object_before_it_is_ready_is_reported() {
    within(SOON, || {
        let gate = Gate::new();
        let object = builder().grace(Duration::from_millis(50)).start_late(gate.path()).expect("start");
        let call = object.add(1);
        gate.wait_until_reached();

        thread::scope(|scope| {
            let waiting = scope.spawn(|| object.wait_until_ready());
            object.terminate().expect("it ends");
            assert!(matches!(waiting.join().expect("no panic"), Err(StartError::Ended)));
        });

        assert_ended(&call.wait().expect_err("never began"), Started::No);
        assert_reaped(process_of(&object.handle()));
        assert_refuses(&object);
    });
}
