//! Limits of time: the other program enforces them, also if no word of this one arrives there.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use concurrent_object::bridge::{CallLimits, Carrier, EndKind, Event, Events, Message, Remote, RemoteStart};
use concurrent_object::{CallError, Cause, StartError, Started};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::Gate;

use super::ends::at_once;
use super::far::FarProxyBuilder;
use super::recorder::Recorder;
use super::{builder_on, loopback};

const LIMIT: Duration = Duration::from_millis(300);

/// A remote to which calls and limits go, and no cancellation. This program is patient.
struct OneWay(Arc<super::loopback::Loopback>);

struct OneWayCarrier(Box<dyn Carrier>);

impl Remote for OneWay {
    fn start(&self, start: RemoteStart, events: Events) -> Result<Box<dyn Carrier>, StartError> {
        Ok(Box::new(OneWayCarrier(self.0.start(start, events)?)))
    }

    fn patience(&self) -> Duration {
        SOON * 2
    }
}

impl Carrier for OneWayCarrier {
    fn send(&self, call: u64, message: Message) {
        self.0.send(call, message);
    }

    fn cancel(&self, _call: u64, _grace: Option<Duration>) {}

    fn limit(&self, call: u64, limits: CallLimits) {
        self.0.limit(call, limits);
    }

    fn end(&self, how: EndKind) {
        self.0.end(how);
    }
}

impl fmt::Debug for OneWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneWay")
    }
}

fn one_way() -> FarProxyBuilder {
    builder_on(Arc::new(OneWay(loopback())))
}

fn is_timed_out(error: &CallError, was_killed: bool, started: Started) {
    let CallError::TimedOut { ran_for, killed, info, .. } = error else { panic!("{error}") };
    assert_eq!((*killed, info.started), (was_killed, started), "{error}");
    assert_eq!(ran_for.is_zero(), started == Started::No, "{ran_for:?}");
}

#[test]
fn a_method_over_its_limit_ends_there_although_no_cancellation_arrives() {
    within(SOON, || {
        let limited = one_way().timeout(LIMIT).cancel_grace(SOON);
        let (far, gate) = (limited.start(0).expect("starts"), Gate::new());
        let error = far.spin_until_cancelled(gate.path()).wait().expect_err("timed out");
        is_timed_out(&error, false, Started::Yes);
        assert_eq!(far.add(1).wait().expect("it serves on"), 1);
    });
}

#[test]
fn a_limit_that_is_set_after_the_call_goes_there_too() {
    within(SOON, || {
        let (far, gate) = (one_way().cancel_grace(SOON).start(0).expect("starts"), Gate::new());
        let call = far.spin_until_cancelled(gate.path());
        gate.wait_until_reached();
        is_timed_out(&call.with_timeout(LIMIT).wait().expect_err("timed out"), false, Started::Yes);
    });
}

#[test]
fn a_method_that_ignores_its_cancellation_is_killed_there() {
    within(SOON, || {
        let limited = one_way().timeout(LIMIT).cancel_grace(Duration::from_millis(100));
        let (far, gate) = (limited.start(0).expect("starts"), Gate::new());
        is_timed_out(&far.sleep(gate.path()).wait().expect_err("timed out"), true, Started::Yes);
        let error = far.add(1).wait().expect_err("gone");
        assert!(matches!(&error, CallError::Died { death, .. } if death.cause == Cause::TimedOut), "{error}");
    });
}

#[test]
fn a_call_that_waits_there_for_too_long_never_starts() {
    within(SOON, || {
        let (far, gate) = (one_way().queue_timeout(LIMIT).start(0).expect("starts"), Gate::new());
        far.wait_until_ready().expect("ready");
        let running = far.wait_at(gate.path());
        gate.wait_until_reached();
        let behind = far.add(5);
        is_timed_out(&behind.wait().expect_err("it waits too long"), false, Started::No);
        gate.open();
        running.wait().expect("it had begun");
        assert_eq!(far.add(1).wait().expect("added"), 1, "the other one has not run");
    });
}

#[test]
fn a_call_that_the_next_life_serves_has_its_limit_there() {
    within(SOON, || {
        let limited = one_way().restart(at_once()).timeout(LIMIT).cancel_grace(SOON);
        let (far, gate) = (limited.start(0).expect("starts"), Gate::new());
        let (dying, behind) = (far.abort(), far.spin_until_cancelled(gate.path()));
        dying.wait().expect_err("it has died");
        is_timed_out(&behind.wait().expect_err("timed out"), false, Started::Yes);
    });
}

#[test]
fn a_call_takes_along_what_is_left_of_its_limits() {
    within(SOON, || {
        let recorder = Recorder::default();
        let limited = builder_on(Arc::new(recorder.clone())).slots(1).timeout(SOON).queue_timeout(SOON);
        let far = limited.start(0).expect("begins");
        recorder.events().put(Event::Ready { pid: 7, host: "there".into() });
        let (first, second) = (far.add(1), far.add(2));
        let number = recorder.sent(1)[0].0;
        std::thread::sleep(LIMIT);
        recorder.events().put(Event::Failed(number, "not today".into()));
        first.wait().expect_err("refused");
        wait_for("the second call is passed on", || recorder.sent(1).len() == 2);
        let limits = recorder.sent(2)[1].1.limits;
        assert_eq!(limits.run, Some(SOON));
        assert!(limits.wait.is_some_and(|wait| wait <= SOON - LIMIT), "{limits:?}");
        drop(second);
    });
}

#[test]
fn a_call_that_has_begun_cannot_be_over_its_time_to_wait() {
    within(SOON, || {
        let recorder = Recorder::default();
        let far = builder_on(Arc::new(recorder.clone())).start(0).expect("begins");
        let events = recorder.events();
        events.put(Event::Ready { pid: 7, host: "there".into() });
        let call = far.add(1);
        let number = recorder.sent(1)[0].0;
        events.put(Event::Begun(number));
        events.put(Event::TimedOut { call: number, ran_for: LIMIT, has_begun: false, was_killed: false });
        assert!(matches!(call.wait(), Err(CallError::Protocol { .. })));
    });
}
