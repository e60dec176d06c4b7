//! Objects whose `Drop` fails or hangs, and objects that end themselves.

use std::time::Duration;
use std::{env, process, thread};

use concurrent_object::{CallError, Exit, OnPanic, Started, State, concurrent_object};
use concurrent_object_tests::census::is_running;
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::gate::{self, Gate};
use concurrent_object_tests::mortal::MortalProxy;

concurrent_object::init_before_main!();

/// An object whose `Drop` performs the named action.
#[derive(Debug)]
pub struct Reluctant(String);

#[concurrent_object]
impl Reluctant {
    /// Creates an object that does this when it is dropped.
    pub fn new(last_deed: String) -> Self {
        Self(last_deed)
    }

    /// Whether the object serves.
    pub fn lives(&self) -> bool {
        true
    }

    /// Exits once the gate is open.
    pub fn exit(&self, gate: &std::path::Path, code: i32) {
        gate::pass(gate);
        process::exit(code);
    }
}

impl Drop for Reluctant {
    fn drop(&mut self) {
        match self.0.as_str() {
            "panic" => panic!("a last word"),
            "hang" => loop {
                thread::sleep(Duration::from_secs(3600));
            },
            "exit" => process::exit(3),
            _ => {}
        }
    }
}

fn end(last_deed: &str, grace: Duration) -> ReluctantProxy {
    let object = ReluctantProxy::builder("reluctant").grace(grace).start(last_deed.to_owned()).expect("start");
    assert!(object.lives().wait().expect("alive"));
    object.terminate().expect("it ends");
    assert!(!is_running(object.handle().pid()));
    assert_eq!(object.status().state, State::Ended);
    object
}

#[test]
fn object_that_panics_when_dropped_ends_and_its_panic_is_reported() {
    within(SOON, || {
        let error = end("panic", Duration::from_secs(3600)).lives().wait().expect_err("it has ended");
        let CallError::Died { death, .. } = &error else { panic!("{error}") };
        assert_eq!(death.last_panic.as_ref().map(|panic| panic.message.as_str()), Some("a last word"));
        assert_eq!((death.exit, error.started()), (Exit::Code(101), Started::No));
    });
}

#[test]
fn object_that_hangs_when_dropped_is_killed_after_the_grace_period() {
    within(SOON, || {
        let error = end("hang", Duration::from_millis(50)).lives().wait().expect_err("it has ended");
        assert!(matches!(error, CallError::Ended { .. }), "{error}");
    });
}

#[test]
fn object_that_exits_when_dropped_ends_and_its_exit_code_is_reported() {
    within(SOON, || {
        let error = end("exit", Duration::from_secs(3600)).lives().wait().expect_err("it has ended");
        let CallError::Died { death, .. } = &error else { panic!("{error}") };
        assert_eq!(death.exit, Exit::Code(3));
    });
}

#[test]
fn grace_period_may_be_unlimited_or_zero() {
    within(SOON, || {
        for grace in [Duration::MAX, Duration::ZERO] {
            let error = end("nothing", grace).lives().wait().expect_err("it has ended");
            assert!(matches!(error, CallError::Ended { .. }), "{error}");
        }
    });
}

#[test]
fn call_whose_method_exits_during_the_end_reports_the_exit() {
    within(SOON, || {
        let gate = Gate::new();
        let object = ReluctantProxy::builder("leaving").grace(Duration::MAX).start(String::new()).expect("start");
        let (call, queued) = (object.exit(gate.path(), 3), object.lives());
        gate.wait_until_reached();

        thread::scope(|scope| {
            let ending = scope.spawn(|| object.terminate());
            assert!(matches!(queued.wait(), Err(CallError::Ended { .. })));
            gate.open();
            ending.join().expect("no panic").expect("it ends");
        });

        let error = call.wait().expect_err("it exited");
        let CallError::Died { death, .. } = &error else { panic!("{error}") };
        assert_eq!((death.exit, error.started()), (Exit::Code(3), Started::Yes));
        assert_eq!(death.running.map(|(method, _)| method), Some("exit"));
    });
}

#[test]
fn panic_ends_an_object_with_on_panic_terminate() {
    within(SOON, || {
        let gate = Gate::new();
        let object = MortalProxy::builder("strict").on_panic(OnPanic::Terminate).slots(2).start().expect("start");
        let first = object.add_after(gate.path(), 1);
        let panicking = object.panic("enough");
        let queued: Vec<_> = (0..5).map(|number| object.add(number)).collect();

        gate.open();

        assert_eq!(first.wait().expect("before the panic"), 1);
        let error = panicking.wait().expect_err("it panics");
        let CallError::Panicked { panic, .. } = &error else { panic!("{error}") };
        assert_eq!(panic.message, "enough");
        for error in queued.into_iter().chain([object.add(1)]).map(|call| call.wait().expect_err("it has ended")) {
            let CallError::Died { death, .. } = &error else { panic!("{error}") };
            assert_eq!((death.exit, error.started()), (Exit::Code(101), Started::No));
            assert_eq!(death.running, None);
            assert_eq!(death.last_panic.as_ref().map(|panic| panic.message.as_str()), Some("enough"));
        }
        assert!(!is_running(object.handle().pid()));
        object.terminate().expect("it is gone already");
    });
}

#[test]
fn survived_panic_is_not_reported_as_the_cause_of_a_later_death() {
    within(SOON, || {
        let gate = Gate::new();
        gate.open();
        let object = MortalProxy::builder("survivor").start().expect("start");
        assert!(object.panic("long ago").wait().is_err());
        assert_eq!(object.add(1).wait().expect("it still serves"), 1);

        let error = object.die(gate.path(), concurrent_object_tests::fate::Fate::Exit(3)).wait().expect_err("it dies");

        let CallError::Died { death, .. } = &error else { panic!("{error}") };
        assert_eq!(death.last_panic, None);
    });
}

#[test]
fn variable_of_the_builder_is_set_only_in_the_child() {
    within(SOON, || {
        let name = "CONCURRENT_OBJECT_TEST_COLOUR";
        let builder = MortalProxy::builder("painted");
        let painted = builder.clone().env(name, "red").env("LANG", "tlh").start().expect("start");
        let plain = builder.start().expect("start");

        assert_eq!(painted.variable(name).wait().expect("alive").as_deref(), Some("red"));
        assert_eq!(painted.variable("LANG").wait().expect("alive").as_deref(), Some("tlh"));
        assert_eq!(plain.variable(name).wait().expect("alive"), None);
        assert_eq!(plain.variable("PATH").wait().expect("alive"), env::var("PATH").ok(), "the rest is inherited");
        assert_eq!(env::var(name).ok(), None);
    });
}
