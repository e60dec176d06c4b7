//! Methods that do not end: a thread cannot be killed.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use concurrent_object::{CallError, Cause, Error, Exit, RestartPolicy, StartError, State, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::{Gate, pass};
use tempfile::TempDir;

use super::{builder, start};

const SHORT: Duration = Duration::from_millis(30);

#[test]
fn a_method_past_its_grace_ends_the_object_and_its_thread_is_left_behind() {
    within(SOON, || {
        let deaths = Arc::new(Mutex::new(Vec::new()));
        let noted = deaths.clone();
        let (gate, file) = (Gate::new(), TempDir::new().expect("a directory"));
        let builder = builder().timeout(SHORT).cancel_grace(SHORT).restart(RestartPolicy::on_death());
        let local = builder.on_death(move |death| noted.lock().expect("sound").push(death.clone())).start();
        let local = local.expect("starts");
        local.note_at_drop(&file.path().join("dropped")).wait().expect("noted");
        let (stuck, behind) = (local.wait_at(gate.path()), local.add(1));
        let error = stuck.wait().expect_err("it does not end");
        assert!(matches!(error, CallError::TimedOut { killed: false, .. }) && error.object_gone(), "{error}");
        assert!(error.to_string().contains("a thread cannot be killed"), "{error}");
        let error = behind.wait().expect_err("the object has ended");
        let CallError::Died { death, .. } = &error else { panic!("{error}") };
        assert_eq!((death.exit, death.cause), (Exit::LeftBehind, Cause::TimedOut));
        assert!(error.to_string().contains("its thread was left behind"), "{error}");
        assert_eq!(local.status().state, State::Ended, "a restart would use the same files");
        wait_for("the report", || deaths.lock().expect("sound").len() == 1);
        local.terminate().expect("it has ended");
        gate.open();
        wait_for("the thread drops its object", || file.path().join("dropped").exists());
    });
}

#[test]
fn what_an_abandoned_call_reads_is_not_written_before_it_ends() {
    within(SOON, || {
        let (gate, directory) = (Gate::new(), TempDir::new().expect("a directory"));
        let verdict = directory.path().join("verdict");
        let local = builder().timeout(SHORT).cancel_grace(SHORT).start().expect("starts");
        let mut loan = local.loan::<u64>(1000).expect("a slot");
        loan.fill(3);
        let loan = loan.freeze();
        let error = local.watch(&loan, gate.path(), &verdict).wait().expect_err("it does not end");
        assert!(matches!(error, CallError::TimedOut { killed: false, .. }), "{error}");
        let Err(loan) = loan.try_into_mut() else { panic!("the thread may still read the loan") };
        local.loan::<u64>(10).expect_err("an ended object lends nothing");
        drop(local);
        gate.open();
        wait_for("the verdict", || verdict.exists());
        let mut loan = Some(loan);
        wait_for("the thread gives the loan back", || {
            loan = loan.take().and_then(|loan| loan.try_into_mut().err());
            loan.is_none()
        });
        assert_eq!(std::fs::read_to_string(verdict).expect("written"), "unchanged");
    });
}

#[test]
fn killing_a_running_method_is_an_error_at_once_and_the_object_ends_after_it() {
    within(SOON, || {
        let gate = Gate::new();
        let local = builder().cancel_grace("1h").start().expect("starts");
        let (stuck, behind) = (local.wait_at(gate.path()), local.add(1));
        gate.wait_until_reached();
        let began = Instant::now();
        let error = local.kill().expect_err("a thread cannot be killed");
        assert!(began.elapsed() < Duration::from_secs(5), "not only after the time of a process that hangs");
        let Error::NotEnded { reason, .. } = &error else { panic!("{error}") };
        assert!(reason.contains("`wait_at` still runs"), "{error}");
        assert!(matches!(behind.wait(), Err(CallError::Ended { .. })));
        gate.open();
        assert!(matches!(stuck.wait(), Err(CallError::Ended { .. })));
        local.kill().expect("it has ended");
        assert_eq!(local.status().state, State::Ended);
    });
}

#[test]
fn killing_an_idle_object_or_one_that_obeys_ends_it() {
    within(SOON, || {
        start().kill().expect("idle");
        let (local, gate) = (start(), Gate::new());
        let call = local.spin_until_cancelled(gate.path());
        gate.wait_until_reached();
        // On a busy machine the method may not see the request in time, but it ends.
        wait_for("it ends", || local.kill().is_ok());
        assert!(matches!(call.wait(), Err(CallError::Ended { .. })));
    });
}

pub struct Slow;

#[concurrent_object]
impl Slow {
    pub fn new(gate: &Path) -> Self {
        pass(gate);
        Self
    }

    pub fn is_there(&self) -> bool {
        true
    }
}

#[test]
fn a_constructor_past_its_time_is_left_behind() {
    within(SOON, || {
        let gate = Gate::new();
        let slow = SlowProxy::builder("slow").in_thread().ready_timeout(SHORT).start(gate.path()).expect("starts");
        let error = slow.wait_until_ready().expect_err("it takes too long");
        assert!(matches!(error, StartError::ConstructorTimedOut { .. }), "{error}");
        drop(slow);
    });
}

#[test]
fn dropping_the_proxy_of_a_stuck_object_takes_the_grace_period_only() {
    within(SOON, || {
        let gate = Gate::new();
        let local = builder().grace(SHORT).cancel_grace(SHORT).start().expect("starts");
        let stuck = local.wait_at(gate.path());
        gate.wait_until_reached();
        drop(local);
        let outcome = stuck.wait();
        assert!(matches!(outcome, Err(CallError::Ended { .. })), "{outcome:?}");
    });
}
