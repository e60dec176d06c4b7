//! `status`, and the loops around it, on an object that serves and on one that dies.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::path::Path;

use concurrent_object::{CallError, Error, PushErrorKind, State, Status, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::{self, Gate};
use concurrent_object_tests::home::process_of;

concurrent_object::init_before_main!();

pub struct Worker;

#[concurrent_object(output_derive(Debug, PartialEq))]
impl Worker {
    pub fn new() -> Self {
        Self
    }

    pub fn held(gate: &Path) -> Self {
        gate::pass(gate);
        Self
    }

    pub fn work(&self, n: u32) -> u32 {
        n + 1
    }

    pub fn hold(&self, gate: &Path) {
        gate::pass(gate);
    }

    pub fn exit(&self, code: i32) {
        std::process::exit(code);
    }
}

fn start(slots: usize) -> WorkerProxy {
    WorkerProxy::builder("worker").slots(slots).start().expect("starts")
}

fn wait_until_ended(worker: &WorkerProxy) {
    wait_for("the object's end is seen", || worker.status().state == State::Ended);
}

#[test]
fn state_changes_from_starting_to_ready_to_ended() {
    within(SOON, || {
        let gate = Gate::new();
        let worker = WorkerProxy::builder("worker").start_held(gate.path()).expect("starts");
        gate.wait_until_reached();
        let Status { can_push, can_pull, state, .. } = worker.status();
        assert_eq!((can_push, can_pull, state), (true, false, State::Starting));
        gate.open();
        wait_for("it is ready", || worker.status().state == State::Ready);
        assert!(worker.handle().is_alive());
        worker.terminate().expect("terminated");
        let Status { can_push, can_pull, state, .. } = worker.status();
        assert_eq!((can_push, can_pull, state), (true, false, State::Ended));
        assert!(!worker.handle().is_alive());
    });
}

#[test]
fn can_pull_follows_the_oldest_push() {
    within(SOON, || {
        let (worker, gate) = (start(4), Gate::new());
        assert!(!worker.status().can_pull);
        worker.push_hold(gate.path()).expect("pushed");
        worker.push_work(1).expect("pushed");
        gate.wait_until_reached();
        assert!(!worker.status().can_pull);
        gate.open();
        wait_for("the oldest can be pulled", || worker.status().can_pull);
        assert_eq!(worker.pull().expect("held"), Some(WorkerOutput::Hold(())));
        wait_for("the next can be pulled", || worker.status().can_pull);
        assert_eq!(worker.pull().expect("worked"), Some(WorkerOutput::Work(2)));
        assert!(!worker.status().can_pull);
    });
}

#[test]
fn a_loop_on_status_yields_every_result_in_order() {
    within(SOON, || {
        let worker = start(3);
        let (mut pushed, mut pulled) = (0, 0);
        while pulled < 500 {
            let Status { can_push, can_pull, .. } = worker.status();
            if can_push && pushed < 500 {
                worker.push_work(pushed).expect("`can_push` was true");
                pushed += 1;
            }
            if can_pull {
                pulled += 1;
                assert_eq!(worker.pull().expect("worked"), Some(WorkerOutput::Work(pulled)));
            }
        }
    });
}

/// `while can_pull { pull }` on an object that dies: each push has its error, then the loop ends.
#[test]
fn a_loop_on_can_pull_ends_when_the_object_has_died() {
    within(SOON, || {
        let worker = start(8);
        worker.push_work(1).expect("pushed");
        worker.push_exit(3).expect("pushed");
        for n in 0..6 {
            // The object may be dead by now. Then the push returns the death.
            if let Err(refused) = worker.push_work(n) {
                assert!(matches!(refused.kind(), PushErrorKind::Gone(_)), "{refused:?}");
            }
        }
        wait_until_ended(&worker);
        let pushed = worker.handle().statistics().unpulled;
        let (mut results, mut errors) = (0, 0);
        while worker.status().can_pull {
            match worker.pull() {
                Ok(Some(output)) => results += usize::from(output == WorkerOutput::Work(2)),
                Ok(None) => panic!("`can_pull` was true"),
                Err(error) => errors += usize::from(matches!(error, CallError::Died { .. })),
            }
        }
        assert_eq!((results, errors), (1, pushed - 1));
        assert!(worker.pull().expect_err("it is gone").object_gone());
        assert!(worker.wait_pull().expect_err("it is gone").object_gone());
    });
}

/// `loop { if can_push { push? } if can_pull { pull? } }` cannot run for ever on an object that has
/// died.
#[test]
fn a_loop_of_pushes_and_pulls_with_question_marks_ends_when_the_object_dies() {
    fn run(worker: &WorkerProxy, die_at: u32) -> Result<(), Error> {
        let mut n = 0;
        loop {
            let status = worker.status();
            if status.can_push {
                n += 1;
                if n == die_at {
                    worker.push_exit(3)?;
                } else {
                    worker.push_work(n)?;
                }
            }
            if status.can_pull {
                worker.pull()?;
            }
        }
    }
    within(SOON, || {
        for die_at in [1, 2, 5, 100] {
            let worker = start(4);
            let error = run(&worker, die_at).expect_err("only an error ends it");
            let gone = match &error {
                Error::Call(error) | Error::Push(PushErrorKind::Gone(error)) => error,
                other => panic!("another error: {other:?}"),
            };
            assert!(gone.to_string().contains("exit code 3"), "{gone}");
        }
    });
}

#[test]
fn pushes_and_pulls_on_a_dead_object_always_fail_at_once() {
    within(SOON, || {
        let worker = start(1);
        worker.push_exit(3).expect("pushed");
        wait_until_ended(&worker);
        assert!(worker.status().can_push && worker.status().can_pull);
        let first = worker.pull().expect_err("died");
        assert_eq!(first.method(), Some("exit"));
        for _ in 0..3 {
            assert_eq!((worker.status().can_push, worker.status().can_pull), (true, false));
            let pulled = worker.pull().expect_err("gone");
            assert_eq!((pulled.object_gone(), pulled.method()), (true, None));
            assert!(matches!(worker.push_work(1).expect_err("gone").kind(), PushErrorKind::Gone(_)));
            assert_eq!(worker.drain().count(), 0);
        }
    });
}

#[test]
fn a_loop_on_status_notices_a_kill_from_outside() {
    within(SOON, || {
        let worker = start(4);
        worker.wait_until_ready().expect("ready");
        let pid = rustix::process::Pid::from_raw(process_of(&worker.handle()).cast_signed()).expect("a pid");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("killed");
        wait_until_ended(&worker);
        let error = worker.pull().expect_err("it is gone");
        assert!(error.to_string().contains("SIGKILL"), "{error}");
    });
}
