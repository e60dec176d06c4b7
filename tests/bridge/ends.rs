//! Deadlines, cancelled calls, deaths, restarts and ends.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use concurrent_object::{CallError, Cause, Exit, OnPanic, RestartPolicy, StartError, Started, State};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::Gate;

use super::{builder, builder_on, loopback, start};

pub fn at_once() -> RestartPolicy {
    RestartPolicy::on_death().backoff(Duration::ZERO..Duration::ZERO)
}

#[test]
fn a_method_over_its_timeout_is_asked_to_end_and_then_killed() {
    within(SOON, || {
        let limits = || builder().timeout(Duration::from_millis(300)).cancel_grace(Duration::from_secs(10));
        let (far, gate) = (limits().start(0).expect("starts"), Gate::new());
        let error = far.spin_until_cancelled(gate.path()).wait().expect_err("timed out");
        assert!(
            matches!(&error, CallError::TimedOut { killed: false, info, .. } if info.started == Started::Yes),
            "{error}"
        );
        assert_eq!(far.add(1).wait().expect("added"), 1);
        let far = limits().cancel_grace(Duration::from_millis(100)).start(0).expect("starts");
        let error = far.sleep(gate.path()).wait().expect_err("timed out");
        assert!(matches!(&error, CallError::TimedOut { killed: true, .. }), "{error}");
        let error = far.add(1).wait().expect_err("gone");
        assert!(matches!(&error, CallError::Died { death, .. } if death.cause == Cause::TimedOut), "{error}");
    });
}

#[test]
fn a_running_call_is_cancelled_and_one_that_waits_there_never_runs() {
    within(SOON, || {
        let (far, gate) = (start(), Gate::new());
        let running = far.spin_until_cancelled(gate.path());
        let behind = far.add(5);
        gate.wait_until_reached();
        wait_for("the call is passed on", || far.handle().statistics().outstanding == 2);
        behind.cancel();
        running.cancel();
        let error = running.wait().expect_err("cancelled");
        assert!(matches!(&error, CallError::Cancelled { killed: false, .. }), "{error}");
        let error = behind.wait().expect_err("cancelled");
        assert!(matches!(&error, CallError::Cancelled { info, .. } if info.started == Started::No), "{error}");
        assert_eq!(far.add(1).wait().expect("added"), 1);
    });
}

#[test]
fn a_cancelled_method_has_the_grace_that_its_proxy_sets() {
    within(SOON, || {
        let (far, gate) = (builder().cancel_grace(Duration::from_secs(60)).start(0).expect("starts"), Gate::new());
        let running = far.linger_when_cancelled(gate.path(), 1_500);
        gate.wait_until_reached();
        running.cancel();
        let error = running.wait().expect_err("cancelled");
        assert!(matches!(&error, CallError::Cancelled { killed: false, .. }), "{error}");
        assert_eq!(far.add(1).wait().expect("the object lives"), 1);
    });
}

#[test]
fn a_constructor_fails_with_its_own_error() {
    within(SOON, || {
        let far = builder().start_of(&[]).expect("begins");
        let error = far.wait_until_ready().expect_err("failed");
        assert!(matches!(&error, StartError::Constructor { message, .. } if message == "no values"), "{error}");
        let error = builder().start_panicking().expect("begins").wait_until_ready().expect_err("failed");
        assert!(matches!(&error, StartError::ConstructorPanicked { panic, .. } if panic.message == "no object today"));
    });
}

#[test]
fn a_death_says_which_calls_had_started() {
    within(SOON, || {
        let deaths = Arc::new(Mutex::new(Vec::new()));
        let noted = deaths.clone();
        let far = builder().on_death(move |death| noted.lock().expect("no panic").push(death.exit));
        let (far, gate) = (far.start(0).expect("starts"), Gate::new());
        let waits = far.wait_at(gate.path());
        let (dies, behind) = (far.exit(7), far.add(1));
        gate.wait_until_reached();
        gate.open();
        waits.wait().expect("served");
        match dies.wait() {
            Err(CallError::Died { death, info, .. }) => {
                assert_eq!((death.exit, info.started), (Exit::Code(7), Started::Yes));
                assert_eq!(death.running.map(|(method, _)| method), Some("exit"));
            }
            other => panic!("{other:?}"),
        }
        let error = behind.wait().expect_err("not served");
        assert!(matches!(&error, CallError::Died { info, .. } if info.started == Started::No), "{error}");
        wait_for("the hook is called", || *deaths.lock().expect("no panic") == [Exit::Code(7)]);
    });
}

#[test]
fn a_signal_and_a_last_panic_are_reported() {
    within(SOON, || {
        let far = start();
        let error = far.abort().wait().expect_err("died");
        let CallError::Died { death, .. } = &error else { panic!("{error}") };
        assert_eq!(death.exit.signal_name(), Some("SIGABRT"));
        let far = builder().on_panic(OnPanic::Terminate).start(0).expect("starts");
        assert!(matches!(far.panic().wait(), Err(CallError::Panicked { .. })));
        let error = far.add(1).wait().expect_err("gone");
        let CallError::Died { death, .. } = &error else { panic!("{error}") };
        assert_eq!(death.last_panic.as_ref().map(|panic| panic.message.as_str()), Some("on purpose"));
    });
}

#[test]
fn the_next_process_serves_the_calls_that_had_not_begun() {
    within(SOON, || {
        let (far, gate) = (builder().restart(at_once()).start(40).expect("starts"), Gate::new());
        let waits = far.wait_at(gate.path());
        let (dies, behind) = (far.exit(1), far.add(2));
        gate.wait_until_reached();
        gate.open();
        waits.wait().expect("served");
        assert!(matches!(dies.wait(), Err(CallError::Died { .. })));
        assert_eq!(behind.wait().expect("served by the next process"), 42);
        assert_eq!(far.handle().incarnation(), 2);
    });
}

#[test]
fn ends_work_as_for_an_object_here() {
    within(SOON, || {
        let far = start();
        let sum = far.add(3);
        far.close().expect("ends");
        assert_eq!(sum.wait().expect("served"), 3);
        assert_eq!(far.status().state, State::Ended);
        let remote = loopback();
        let (far, gate) = (builder_on(remote.clone()).start(0).expect("starts"), Gate::new());
        let running = far.wait_at(gate.path());
        let behind = far.add(1);
        gate.wait_until_reached();
        std::thread::scope(|scope| {
            let ends = scope.spawn(|| far.terminate());
            wait_for("it is asked to end", || remote.asked_to_end.load(Ordering::Relaxed) > 0);
            assert!(far.add(0).wait().is_err(), "it takes no more calls");
            gate.open();
            ends.join().expect("no panic").expect("ends");
        });
        running.wait().expect("served");
        let error = behind.wait().expect_err("not served");
        assert!(matches!(&error, CallError::Ended { info, .. } if info.started == Started::No), "{error}");
        let (far, gate) = (start(), Gate::new());
        let running = far.sleep(gate.path());
        gate.wait_until_reached();
        far.kill().expect("killed");
        assert!(matches!(running.wait(), Err(CallError::Ended { .. })));
        assert_eq!(start().finish().wait().expect("the last result"), 0);
    });
}
