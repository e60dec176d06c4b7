//! Lost connections, refused starts, and what their errors say.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use concurrent_object::bridge::{Carrier, Event, Events, Refusal, Registry, Remote, RemoteStart};
use concurrent_object::{CallError, CallErrorKind, Cause, Death, StartError, StartErrorKind, Started};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::Gate;

use super::ends::at_once;
use super::far::{Far, FarOutput, FarProxy};
use super::loopback::Loopback;
use super::recorder::Recorder;
use super::{builder_on, loopback};

#[test]
fn a_lost_connection_leaves_unknown_what_was_passed_on() {
    within(SOON, || {
        let remote = loopback();
        let far = builder_on(remote.clone()).slots(4).restart(at_once()).start(0).expect("starts");
        let gate = Gate::new();
        let running = far.wait_at(gate.path());
        let passed_on = [far.add(1), far.add(1), far.add(1)];
        let behind = far.add(7);
        gate.wait_until_reached();
        // The far program reports at growing intervals that a call has begun.
        wait_for("it is reported as running", || far.handle().statistics().outstanding == 5);
        std::thread::sleep(Duration::from_millis(300));
        let host = far.handle().host().expect("it is ready");
        remote.cut();
        let started = |result: Result<_, CallError>| match result.expect_err("lost") {
            CallError::Lost { lost, info, .. } => {
                assert_eq!((&*lost.site, &*lost.reason), ("the loop", "the cable was cut"));
                assert_eq!(lost.host.as_deref(), Some(&*host));
                info.started
            }
            other => panic!("{other}"),
        };
        assert_eq!(started(running.wait().map(|()| 0)), Started::Yes);
        for call in passed_on {
            assert_eq!(started(call.wait()), Started::Unknown);
        }
        assert_eq!(behind.wait().expect("it never left, so the next process serves it"), 7);
    });
}

#[test]
fn a_lost_connection_is_a_death_out_of_reach() {
    within(SOON, || {
        let (remote, deaths) = (loopback(), Arc::new(Mutex::new(Vec::<Death>::new())));
        let noted = deaths.clone();
        let far = builder_on(remote.clone()).on_death(move |death| noted.lock().expect("no panic").push(death.clone()));
        let far = far.start(0).expect("starts");
        assert_eq!(far.handle().host(), None, "it is known once the object is ready");
        assert_eq!(far.add(1).wait().expect("added"), 1);
        remote.cut();
        wait_for("the hook is called", || !deaths.lock().expect("no panic").is_empty());
        let error = far.add(1).wait().expect_err("gone");
        assert_eq!((error.kind(), error.started(), error.object_gone()), (CallErrorKind::Lost, Started::No, true));
        let text = error.to_string();
        assert!(text.contains("of \"the loop\" was lost: the cable was cut"), "{text}");
        let deaths = deaths.lock().expect("no panic");
        assert_eq!((deaths.len(), deaths[0].cause), (1, Cause::Disconnected));
        assert_eq!(deaths[0].lost().map(|lost| &*lost.reason), Some("the cable was cut"));
    });
}

fn is_expected(error: &StartError, kind: StartErrorKind, words: &str) {
    assert!(error.kind() == kind && error.to_string().contains(words), "{error}");
}

#[test]
fn an_idempotent_call_runs_again_in_the_next_life() {
    within(SOON, || {
        let remote = loopback();
        let far = builder_on(remote.clone()).slots(4).restart(at_once()).start(5).expect("starts");
        far.wait_until_ready().expect("ready");
        let gate = Gate::new();
        let (running, passed_on) = (far.read_at(gate.path()), far.read());
        gate.wait_until_reached();
        wait_for("both are passed on", || far.handle().statistics().outstanding == 2);
        remote.cut();
        gate.open();
        assert_eq!([running, passed_on].map(|call| call.wait().expect("it runs again")), [5, 5]);
        assert_eq!(far.handle().incarnation(), 2);
    });
}

#[test]
fn a_transport_learns_which_calls_may_run_twice() {
    within(SOON, || {
        let recorder = Recorder::default();
        let far = builder_on(Arc::new(recorder.clone())).start(0).expect("begins");
        let (_read, _add) = (far.read(), far.add(1));
        let (start, _) = recorder.wait_for(|recorded| recorded.start.clone());
        let sent = recorder.sent(2);
        assert_eq!([0, 1].map(|at: usize| start.may_repeat(&sent[at].1)), [true, false]);
        assert_eq!((start.idempotent.len(), start.life), (2, 1));
    });
}

#[test]
fn a_refused_start_says_what_to_do() {
    within(SOON, || {
        let skew = Refusal::VersionSkew { ours: "build 1".into(), seen: "build 2".into() };
        let cases = [
            (Refusal::NoHost("all are full".into()), StartErrorKind::NoHost, "all are full"),
            (skew, StartErrorKind::VersionSkew, "here is build 1, and there is build 2"),
            (Refusal::Denied("not on Sundays".into()), StartErrorKind::Denied, "not on Sundays"),
            (Refusal::Other("no idea".into()), StartErrorKind::Died, "no idea"),
        ];
        for (refusal, kind, words) in cases {
            let at_once = builder_on(Arc::new(Refusing(refusal.clone()))).start(0).expect("begins");
            is_expected(&at_once.wait_until_ready().expect_err("refused"), kind, words);
            let recorder = Recorder::default();
            let later = builder_on(Arc::new(recorder.clone())).start(0).expect("begins");
            recorder.events().put(Event::Refused(refusal));
            is_expected(&later.wait_until_ready().expect_err("refused"), kind, words);
            assert!(matches!(later.add(1).wait(), Err(CallError::NotConstructed { .. })));
        }
    });
}

#[test]
fn a_registry_refuses_other_types_and_other_builds() {
    within(SOON, || {
        let elsewhere = builder_on(Loopback::new(Registry::new())).start(0).expect("begins");
        let error = elsewhere.wait_until_ready().expect_err("refused");
        is_expected(&error, StartErrorKind::Denied, "may not be started here");
        let recorder = Recorder::default();
        let _far = builder_on(Arc::new(recorder.clone())).start(0).expect("begins");
        let (start, _) = recorder.wait_for(|recorded| recorded.start.clone());
        let mut registry = Registry::new();
        registry.register::<Far, FarOutput>();
        let refused = |start| registry.start(start, |options| options, |_| {}).map(drop).expect_err("refused");
        let mut other = start.clone();
        other.fingerprint ^= 1;
        is_expected(&refused(other), StartErrorKind::VersionSkew, "with the fingerprint");
        let mut other = start;
        other.protocol += 1;
        is_expected(&refused(other), StartErrorKind::VersionSkew, "protocol");
    });
}

#[test]
fn a_host_refuses_a_start_that_asks_for_too_much() {
    within(SOON, || {
        let recorder = Recorder::default();
        let _far = builder_on(Arc::new(recorder.clone())).slots(2).max_input_size("1 MiB").start(0).expect("begins");
        let (sound, _) = recorder.wait_for(|recorded| recorded.start.clone());
        let mut registry = Registry::new();
        registry.register::<Far, FarOutput>();
        let start = |start| registry.start(start, |options| options.call_memory("1 GiB"), |_| {}).map(drop);
        start(sound.clone()).expect("within the limit");
        let changes: [fn(&mut RemoteStart); 5] = [
            |start| start.slots = 100,
            |start| start.max_input_size = 1 << 30,
            |start| start.max_output_size = u64::MAX,
            |start| start.slots = u32::MAX,
            |start| start.stack_size = Some(2 << 30),
        ];
        for change in changes {
            let mut asked = sound.clone();
            change(&mut asked);
            let error = start(asked).expect_err("refused");
            assert!(matches!(error, StartError::Denied { .. } | StartError::InvalidLayout { .. }), "{error}");
        }
        let mut asked = sound;
        (asked.slots, asked.max_input_size) = (100, 64 << 20);
        is_expected(&start(asked).expect_err("refused"), StartErrorKind::Denied, "this host allows 1.0 GiB");
    });
}

/// Refuses each start.
#[derive(Debug)]
struct Refusing(Refusal);

impl Remote for Refusing {
    fn start(&self, _: RemoteStart, _: Events) -> Result<Box<dyn Carrier>, StartError> {
        Err(self.0.clone().into())
    }
}

/// Has no host for the second and the third life of an object.
#[derive(Debug)]
struct Scarce(Arc<Loopback>, AtomicU32);

impl Remote for Scarce {
    fn start(&self, start: RemoteStart, events: Events) -> Result<Box<dyn Carrier>, StartError> {
        match self.1.fetch_add(1, Ordering::Relaxed) {
            1 | 2 => Err(Refusal::NoHost("all are full".into()).into()),
            _ => self.0.start(start, events),
        }
    }
}

#[test]
fn a_restart_tries_again_while_there_is_no_host() {
    within(SOON, || {
        let scarce = Arc::new(Scarce(loopback(), AtomicU32::new(0)));
        let far: FarProxy = builder_on(scarce.clone()).restart(at_once()).start(5).expect("starts");
        assert_eq!(far.add(1).wait().expect("added"), 6);
        scarce.0.cut();
        wait_for("it is noticed", || far.handle().incarnation() > 1);
        assert_eq!(far.add(1).wait().expect("served by the fourth life"), 6);
        assert_eq!(far.handle().incarnation(), 4);
    });
}
