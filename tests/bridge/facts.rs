//! What comes over beside outcomes: progress, and what the system says of a death.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use concurrent_object::bridge::{Diagnosis, Event, RemoteExit, RemoteViolation};
use concurrent_object::{Cause, Death, Violation};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::Gate;

use super::far::FarProxyBuilder;
use super::loopback::Loopback;
use super::recorder::Recorder;
use super::{builder_on, loopback, start};

/// A builder whose deaths are noted.
fn noting(builder: FarProxyBuilder) -> (FarProxyBuilder, impl Fn() -> Death) {
    let deaths = Arc::new(Mutex::new(Vec::<Death>::new()));
    let noted = deaths.clone();
    let builder = builder.on_death(move |death| noted.lock().expect("no panic").push(death.clone()));
    let newest = move || {
        wait_for("the hook is called", || !deaths.lock().expect("no panic").is_empty());
        deaths.lock().expect("no panic").remove(0)
    };
    (builder, newest)
}

#[test]
fn progress_comes_while_the_method_runs_and_the_last_value_before_the_result() {
    within(SOON, || {
        let (far, gate) = (start(), Gate::new());
        let (mut call, waiting) = (far.climb(gate.path()), far.climb(gate.path()));
        wait_for("the newest value comes", || call.progress() == Some(3));
        assert_eq!(waiting.progress(), None, "it has not begun");
        gate.open();
        assert_eq!(call.wait_timeout(SOON).expect("in time").expect("served"), 4);
        assert_eq!(call.progress(), Some(4));
    });
}

#[test]
fn a_death_has_what_the_other_machine_has_measured() {
    within(SOON, || {
        let (builder, newest) = noting(builder_on(loopback()));
        let far = builder.start(0).expect("starts");
        assert_eq!(far.allocate(200 << 20).wait().expect("there is room"), 200 << 20);
        far.abort().wait().expect_err("it dies");
        let death = newest();
        assert_eq!((death.cause, death.violation()), (Cause::Itself, None));
        assert!((200 << 20..4 << 30).contains(&death.peak_memory.expect("measured")), "{death:?}");
        assert!(death.cpu_time.is_some_and(|used| used > Duration::ZERO), "{death:?}");
    });
}

#[test]
fn a_death_names_the_limit_of_the_other_machine() {
    const LIMIT: usize = 256 << 20;
    within(SOON, || {
        let remote = loopback();
        let limited = Loopback::limiting(&remote.registry, |options| options.memory_limit(LIMIT));
        let (builder, newest) = noting(builder_on(limited).slots(2).max_output_size("1 MiB"));
        let far = builder.start(0).expect("starts");
        let error = far.allocate(1 << 30).wait().expect_err("there is no room");
        let death = newest();
        assert_eq!(death.cause, Cause::MemoryLimit);
        assert!(
            matches!(death.violation(), Some(Violation::OutOfMemory { limit, .. }) if *limit == LIMIT as u64),
            "{death:?}"
        );
        assert!(error.to_string().contains("memory_limit"), "{error}");
    });
}

#[test]
fn a_machine_without_memory_and_a_sandbox_are_causes_too() {
    let mut no_memory = Diagnosis::default();
    (no_memory.is_out_of_memory, no_memory.peak_memory) = (true, Some(3 << 30));
    let mut trapped = Diagnosis::default();
    trapped.violation = Some(RemoteViolation::SystemCall { number: 41, arguments: [1; 6] });
    let mut slow = Diagnosis::default();
    slow.violation = Some(RemoteViolation::CpuTime { limit: Duration::from_secs(2) });
    let cases = [(no_memory, 9, Cause::OutOfMemory), (trapped, 31, Cause::Sandbox), (slow, 24, Cause::CpuTimeLimit)];
    for (diagnosis, signal, cause) in cases {
        within(SOON, move || {
            let recorder = Recorder::default();
            let (builder, newest) = noting(builder_on(Arc::new(recorder.clone())));
            let far = builder.start(0).expect("starts");
            let events = recorder.events();
            events.put(Event::Ready { pid: 7, host: "there".into() });
            far.wait_until_ready().expect("ready");
            events.put(Event::Diagnosed(diagnosis.clone()));
            events.put(Event::Died(RemoteExit::Signal(signal)));
            let death = newest();
            assert_eq!((death.cause, death.peak_memory, death.pid), (cause, diagnosis.peak_memory, 7), "{death:?}");
            assert_eq!(death.violation().is_some(), diagnosis.violation.is_some(), "{death:?}");
        });
    }
}
