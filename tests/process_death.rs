//! A process that dies takes only its object with it: every call has its outcome, which names the
//! cause.

use concurrent_object::{CallError, Death, PushErrorKind, StartError, Started, State};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::Fate;
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::home::process_of;
use concurrent_object_tests::mortal::{MortalOutput, MortalProxy};

concurrent_object::init_before_main!();

macro_rules! each_fate {
    ($($name:ident: $fate:expr;)*) => {
        $(mod $name {
            use super::*;

            #[test]
            fn death_while_idle_is_reported_to_later_calls() {
                within(SOON, || dies_idle($fate));
            }

            #[test]
            fn death_with_full_slots_settles_every_call_once() {
                within(SOON, || dies_busy($fate));
            }

            #[test]
            fn death_during_construction_is_reported_by_every_operation() {
                within(SOON, || dies_in_construction($fate));
            }
        })*
    };
}

each_fate! {
    abort: Fate::Abort;
    exit: Fate::Exit(3);
    exit_with_success: Fate::Exit(0);
    null_write: Fate::NullWrite;
    stack_overflow: Fate::StackOverflow;
    sigkill: Fate::Kill;
}

fn dies_idle(fate: Fate) {
    let gate = Gate::new();
    let object = MortalProxy::builder("idle").start().expect("start");
    let pid = process_of(&object.handle());
    object.die_idle(gate.path(), fate).wait().expect("still alive");
    assert_eq!(object.add(1).wait().expect("still alive"), 1);

    gate.open();
    wait_for("its death shows in the status", || object.status().state == State::Ended);

    let error = object.add(1).wait().expect_err("a call on a dead object");
    assert_eq!(error.started(), Started::No);
    let death = death_of(&error);
    assert!(fate.is(death.exit), "{fate:?} is not {}", death.exit);
    assert_eq!((&*death.name, death.pid, death.running), ("idle", pid, None));
    assert!(!object.handle().is_alive());
    assert_gone(&object);
}

/// Dies with three pushes behind the call that dies, and nine held calls, most of them in the
/// backlog.
fn dies_busy(fate: Fate) {
    let gate = Gate::new();
    let object = MortalProxy::builder("busy").slots(4).start().expect("start");
    let fatal = object.push_die(gate.path(), fate).expect("push");
    let queued: Vec<_> = (0..3).map(|number| object.push_add(number).expect("push")).collect();
    let held: Vec<_> = (0..9).map(|number| object.add(number)).collect();
    gate.wait_until_reached();
    assert!(object.push_add(1).expect_err("the queue is full").is_full());

    gate.open();

    let error = object.wait_pull().expect_err("it died of it");
    let death = death_of(&error).clone();
    assert!(fate.is(death.exit), "{fate:?} is not {}", death.exit);
    assert_eq!((error.started(), error.call(), error.method()), (Started::Yes, Some(fatal), Some("die")));
    assert_eq!((&*death.name, death.pid), ("busy", process_of(&object.handle())));
    assert_eq!(death.running, Some(("die", fatal)));
    for expected in queued {
        assert!(object.status().can_pull);
        assert_not_started(&object.pull().expect_err("it was queued"), expected.get());
    }
    for call in held {
        let id = call.id().map_or(0, concurrent_object::CallId::get);
        assert_not_started(&call.wait().expect_err("it was queued"), id);
    }
    assert_eq!(object.handle().statistics().outstanding, 0);
    assert_gone(&object);
}

fn dies_in_construction(fate: Fate) {
    let gate = Gate::new();
    let object = MortalProxy::builder("doomed").slots(2).start_doomed(gate.path(), fate).expect("start");
    let pushed = object.push_add(1).expect("calls may be made before");
    let held: Vec<_> = (0..4).map(|number| object.add(number)).collect();
    gate.wait_until_reached();
    assert_eq!(object.status().state, State::Starting);

    gate.open();

    let StartError::Died { death, .. } = object.wait_until_ready().expect_err("it dies") else {
        panic!("died otherwise")
    };
    assert!(fate.is(death.exit), "{fate:?} is not {}", death.exit);
    assert_eq!((&*death.name, death.pid, death.running), ("doomed", process_of(&object.handle()), None));
    let error = object.wait_pull().expect_err("it was never constructed");
    assert_eq!(error.call(), Some(pushed));
    let later = object.add(9);
    for error in held.into_iter().chain([later]).map(|call| call.wait().expect_err("never constructed")).chain([error])
    {
        let CallError::NotConstructed { ref reason, .. } = error else { panic!("{error}") };
        assert_eq!((error.started(), error.object_gone()), (Started::No, true));
        assert_eq!(reason.to_string(), format!("{death} during construction"));
    }
    assert!(object.pull().is_err(), "nothing is left to be pulled");
    assert!(!object.status().can_pull);
}

/// Checks that later calls fail in each of their forms, and that no outcome is left to pull.
fn assert_gone(object: &MortalProxy) {
    let status = object.status();
    assert_eq!((status.can_push, status.can_pull, status.state), (true, false, State::Ended));
    for error in [object.pull(), object.wait_pull()].map(|pulled| pulled.expect_err("it is gone")) {
        assert!(error.object_gone() && matches!(error, CallError::Died { .. }), "{error}");
        assert_eq!(error.method(), None);
    }
    let refused = object.push_add(7).expect_err("it is gone");
    assert!(matches!(refused.kind(), PushErrorKind::Gone(CallError::Died { .. })), "{refused}");
    assert_eq!(refused.into_args(), (7,));
    assert!(object.add(7).wait().expect_err("it is gone").object_gone());
    assert!(matches!(object.wait_until_ready(), Err(StartError::Died { .. })));
    object.terminate().expect("ending what has ended is fine");
    assert_eq!(object.drain().count(), 0);
}

fn assert_not_started(error: &CallError, call: u64) {
    death_of(error);
    assert_eq!(
        (error.started(), error.method(), error.call().map_or(0, concurrent_object::CallId::get)),
        (Started::No, Some("add"), call)
    );
    assert!(error.object_gone());
}

fn death_of(error: &CallError) -> &Death {
    let CallError::Died { death, .. } = error else { panic!("not a death: {error}") };
    death
}

#[test]
fn the_error_is_one_line_with_object_cause_and_method() {
    within(SOON, || {
        let gate = Gate::new();
        gate.open();
        let object = MortalProxy::builder("teller").start().expect("start");

        let error = object.die(gate.path(), Fate::Exit(3)).wait().expect_err("it dies");

        let pid = process_of(&object.handle());
        let expected = format!(
            "`die` of \"teller\" (pid {pid}, call #1) has no result: its process died of exit code 3; \
             the call had started"
        );
        assert_eq!(error.to_string(), expected);
        let (call, later) = (object.add(1), object.add(1).wait().expect_err("dead"));
        assert!(later.to_string().ends_with("the call had not started"), "{later}");
        drop(call);
    });
}

#[test]
fn calls_answered_before_the_death_keep_their_results() {
    within(SOON, || {
        let gate = Gate::new();
        let object = MortalProxy::builder("giver").slots(4).start().expect("start");
        object.push_add(20).expect("push");
        let held = object.add(22);
        object.push_die(gate.path(), Fate::Kill).expect("push");
        gate.wait_until_reached();

        gate.open();
        wait_for("its death shows", || object.status().state == State::Ended);

        assert!(matches!(object.pull(), Ok(Some(MortalOutput::Add(20)))));
        assert_eq!(held.wait().expect("it was answered"), 42);
        assert_eq!(object.pull().expect_err("it died").started(), Started::Yes);
        assert_gone(&object);
    });
}
