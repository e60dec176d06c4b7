//! Calls and pushes: each has one outcome, which is returned once, to its own caller.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::path::Path;
use std::time::Duration;

use concurrent_object::{CallError, Methods, Proxy, State, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::{self, Gate};

concurrent_object::init_before_main!();

pub struct Echo {
    noted: Vec<u32>,
}

#[concurrent_object(output_derive(Debug, PartialEq))]
impl Echo {
    pub fn new() -> Self {
        Self { noted: Vec::new() }
    }

    pub fn echo(&self, n: u32) -> u32 {
        n
    }

    pub fn note(&mut self, n: u32) {
        self.noted.push(n);
    }

    pub fn noted(&self) -> &[u32] {
        &self.noted
    }

    pub fn hold(&self, gate: &Path) -> u32 {
        gate::pass(gate);
        7
    }

    pub fn half(&self, n: u32) -> Result<u32, String> {
        if n.is_multiple_of(2) { Ok(n / 2) } else { Err(format!("{n} is odd")) }
    }

    pub fn panic_with(&self, number: u32) -> u32 {
        std::panic::panic_any(number)
    }

    pub fn panic(&self, text: &str) -> u32 {
        panic!("{text}")
    }
}

fn start(slots: usize) -> EchoProxy {
    EchoProxy::builder("echo").slots(slots).start().expect("starts")
}

fn wait_until_pullable<O: Methods>(proxy: &Proxy<O>) {
    wait_for("an outcome can be pulled", || proxy.status().can_pull);
}

#[test]
fn calls_made_before_the_object_is_ready_are_served_in_order() {
    within(SOON, || {
        let echo = start(4);
        let calls: Vec<_> = (0..40).map(|n| echo.note(n)).collect();
        calls.into_iter().for_each(|call| call.wait().expect("noted"));
        assert_eq!(echo.noted().wait().expect("noted"), (0..40).collect::<Vec<_>>());
        assert_eq!(echo.status().state, State::Ready);
    });
}

#[test]
fn held_calls_can_be_taken_in_any_order() {
    within(SOON, || {
        let echo = start(3);
        let calls: Vec<_> = (0..50).map(|n| echo.echo(n)).collect();
        let ids: Vec<_> = calls.iter().map(|call| call.id().map_or(0, concurrent_object::CallId::get)).collect();
        let taken: Vec<_> = calls.into_iter().rev().map(|call| call.wait().expect("echo")).collect();
        assert_eq!(taken, (0..50).rev().collect::<Vec<_>>());
        assert_eq!(ids, (1..=50).collect::<Vec<_>>());
    });
}

#[test]
fn outcomes_of_pushes_are_pulled_in_order() {
    within(SOON, || {
        let echo = start(16);
        for n in 0..8 {
            echo.push_echo(n).expect("pushed");
            echo.push_half(n).expect("pushed");
        }
        for n in 0..8 {
            let half = if n % 2 == 0 { Ok(n / 2) } else { Err(format!("{n} is odd")) };
            assert_eq!(echo.wait_pull().expect("an outcome"), Some(EchoOutput::Echo(n)));
            assert_eq!(echo.wait_pull().expect("an outcome"), Some(EchoOutput::Half(half)));
        }
        assert_eq!(echo.wait_pull().expect("nothing is to come"), None);
    });
}

#[test]
fn a_pull_never_returns_the_result_of_a_held_call() {
    within(SOON, || {
        let echo = start(4);
        let before = echo.echo(1);
        echo.push_echo(2).expect("pushed");
        let after = echo.echo(3);
        assert_eq!(after.wait().expect("after"), 3);
        assert_eq!(echo.pull().expect("an outcome"), Some(EchoOutput::Echo(2)));
        assert_eq!(echo.pull().expect("no push is left"), None);
        assert_eq!(before.wait().expect("before"), 1);
    });
}

#[test]
fn a_pull_while_the_method_runs_returns_nothing_at_once() {
    within(SOON, || {
        let (echo, gate) = (start(4), Gate::new());
        echo.push_hold(gate.path()).expect("pushed");
        gate.wait_until_reached();
        assert_eq!(echo.pull().expect("not yet"), None);
        assert!(!echo.status().can_pull);
        gate.open();
        assert_eq!(echo.wait_pull().expect("held"), Some(EchoOutput::Hold(7)));
    });
}

#[test]
fn pulls_that_time_out_lose_no_outcome() {
    within(SOON, || {
        let (echo, gate) = (start(4), Gate::new());
        assert_eq!(echo.wait_pull_timeout(Duration::MAX).expect("nothing was pushed"), None);
        echo.push_hold(gate.path()).expect("pushed");
        assert_eq!(echo.wait_pull_timeout(Duration::ZERO).expect("not yet"), None);
        assert_eq!(echo.wait_pull_timeout(Duration::from_millis(20)).expect("not yet"), None);
        gate.open();
        assert_eq!(echo.wait_pull_timeout(Duration::MAX).expect("held"), Some(EchoOutput::Hold(7)));
    });
}

#[test]
fn a_wait_that_times_out_leaves_the_outcome_for_later() {
    within(SOON, || {
        let (echo, gate) = (start(4), Gate::new());
        let mut call = echo.hold(gate.path());
        assert!(call.try_wait().is_none());
        assert!(call.wait_timeout(Duration::ZERO).is_none());
        assert!(call.wait_timeout(Duration::from_millis(20)).is_none());
        gate.open();
        assert_eq!(call.wait_timeout(Duration::MAX).expect("an unlimited wait").expect("held"), 7);
    });
}

#[test]
fn an_outcome_can_be_taken_once() {
    within(SOON, || {
        let echo = start(4);
        let mut call = echo.echo(5);
        let id = call.id();
        assert_eq!(call.wait_timeout(SOON).expect("in time").expect("echo"), 5);
        for again in [call.try_wait(), call.wait_timeout(Duration::ZERO), Some(call.wait())] {
            let error = again.expect("an outcome").expect_err("it was taken");
            assert!(matches!(error, CallError::AlreadyTaken { .. }), "{error:?}");
            assert_eq!((error.method(), error.call(), error.object_gone()), (Some("echo"), id, false));
        }
        assert_eq!(echo.echo(6).wait().expect("the object still serves"), 6);
    });
}

#[test]
fn a_refused_call_keeps_its_error() {
    within(SOON, || {
        let echo = EchoProxy::builder("echo").max_input_size(8_usize).start().expect("starts");
        let mut call = echo.panic("a text of more than eight bytes");
        for _ in 0..2 {
            let refused = call.try_wait().expect("refused at once").expect_err("too large");
            assert!(matches!(refused, CallError::TooLarge { limit: 8, .. }), "{refused:?}");
        }
        assert!(matches!(call.wait(), Err(CallError::TooLarge { .. })));
    });
}

#[test]
fn drain_yields_the_present_outcomes_including_errors_and_no_more() {
    within(SOON, || {
        let (echo, gate) = (start(8), Gate::new());
        echo.push_echo(1).expect("pushed");
        echo.push_panic("no").expect("pushed");
        echo.push_half(4).expect("pushed");
        echo.push_hold(gate.path()).expect("pushed");
        echo.push_echo(2).expect("pushed");
        gate.wait_until_reached();
        wait_for("the answers before it", || echo.handle().statistics().outstanding == 2);
        let drained: Vec<_> = echo.drain().collect();
        assert_eq!(drained.len(), 3, "{drained:?}");
        assert_eq!(*drained[0].as_ref().expect("echo"), EchoOutput::Echo(1));
        assert!(matches!(drained[1], Err(CallError::Panicked { .. })), "{drained:?}");
        assert_eq!(*drained[2].as_ref().expect("half"), EchoOutput::Half(Ok(2)));
        gate.open();
        wait_until_pullable(&echo);
        assert_eq!(echo.drain().next().expect("ready").expect("held"), EchoOutput::Hold(7));
        assert_eq!(echo.wait_pull().expect("echo"), Some(EchoOutput::Echo(2)));
        assert_eq!(echo.drain().count(), 0);
    });
}

#[test]
fn a_dropped_call_still_runs() {
    within(SOON, || {
        let (echo, gate) = (start(1), Gate::new());
        let held = echo.hold(gate.path());
        drop(echo.note(1));
        drop(echo.note(2));
        gate.open();
        drop(held);
        assert_eq!(echo.noted().wait().expect("noted"), [1, 2]);
        let statistics = echo.handle().statistics();
        assert_eq!((statistics.accepted, statistics.outstanding, statistics.waiting), (4, 0, 0));
    });
}

#[test]
fn a_call_outlives_its_proxy_and_settles() {
    within(SOON, || {
        let (echo, gate) = (start(4), Gate::new());
        let (running, queued) = (echo.hold(gate.path()), echo.echo(1));
        gate.wait_until_reached();
        gate.open();
        drop(echo);
        assert_eq!(running.wait().expect("a method that runs is finished"), 7);
        match queued.wait() {
            Ok(n) => assert_eq!(n, 1),
            Err(error) => assert!(matches!(error, CallError::Ended { .. }), "{error:?}"),
        }
    });
}

#[test]
fn close_serves_everything_and_outcomes_can_still_be_taken() {
    within(SOON, || {
        let echo = start(2);
        let calls: Vec<_> = (0..20).map(|n| echo.echo(n)).collect();
        echo.close().expect("closed");
        assert_eq!(echo.status().state, State::Ended);
        for (n, call) in (0..20).zip(calls) {
            assert_eq!(call.wait().expect("served"), n);
        }
        assert!(matches!(echo.echo(1).wait(), Err(CallError::Ended { .. })));
    });
}

#[test]
fn debug_output_of_calls_and_handles_identifies_them() {
    let echo = EchoProxy::builder("echo").start().expect("a child starts");
    let call = echo.echo(1);
    assert_eq!(format!("{call:?}"), format!("Call {{ method: \"echo\", id: {:?}, .. }}", call.id()));
    let handle = echo.handle();
    assert_eq!(format!("{handle:?}"), format!("Handle {{ name: \"echo\", pid: {}, .. }}", handle.pid()));
}

#[test]
fn a_panic_whose_payload_is_not_text_has_a_message() {
    let error = start(1).panic_with(7).wait().expect_err("it panicked");
    let CallError::Panicked { panic, .. } = &error else { panic!("another error: {error}") };
    assert_eq!(panic.message, "a panic payload that is not text");
    assert!(panic.line > 0, "{error}");
}
