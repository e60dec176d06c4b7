//! The state of an object outlives its process: it is saved between calls, and the next instance
//! starts with it.
#![allow(missing_docs, missing_debug_implementations)]

#[path = "captured_output/collector.rs"]
mod collector;
#[path = "snapshots/failing.rs"]
mod failing;
#[path = "snapshots/forms.rs"]
mod forms;
#[path = "snapshots/killed.rs"]
mod killed;
#[path = "snapshots/ledger.rs"]
mod ledger;

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use concurrent_object::{CallError, Death, OnPanic, RestartPolicy, SnapshotPolicy, StartError, State};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::home::process_of;
use ledger::{LedgerProxy, LedgerProxyBuilder, Summary};
use tempfile::TempDir;

concurrent_object::init_before_main!();

const LONG: Duration = Duration::from_secs(1000);

fn at_once() -> RestartPolicy {
    RestartPolicy::on_death().max(100).within(LONG).backoff(Duration::ZERO..Duration::ZERO)
}

fn endlessly() -> RestartPolicy {
    at_once().max(u32::MAX)
}

/// Starts a ledger that restarts at once, and the directory in which it records what is done to it.
fn start(set: impl FnOnce(LedgerProxyBuilder) -> LedgerProxyBuilder) -> (LedgerProxy, TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let builder = set(LedgerProxy::builder("ledger").restart(at_once()));
    let ledger = builder.start("books", directory.path()).expect("starts");
    (ledger, directory)
}

fn crash(ledger: &LedgerProxy) {
    crash_of(ledger.crash().wait());
}

fn crash_of(outcome: Result<(), CallError>) {
    assert!(matches!(outcome, Err(CallError::Died { .. })), "{outcome:?}");
}

/// Returns the record, one line for each action.
fn notes(directory: &TempDir) -> Vec<String> {
    let text = fs::read_to_string(directory.path().join("notes")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Waits until the hook has been called often enough, since that may be a moment after the caller
/// has its error.
fn wait_for_deaths<T: Clone>(deaths: &Mutex<Vec<T>>, count: usize) -> Vec<T> {
    loop {
        let reported = deaths.lock().expect("whole").clone();
        if reported.len() >= count {
            return reported;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn the_effects_of_answered_calls_survive_a_death() {
    within(SOON, || {
        let (ledger, directory) = start(|builder| builder);
        for n in 1..=10 {
            assert_eq!(ledger.add(n).wait().expect("added"), n as usize);
            if n % 3 == 0 {
                crash(&ledger);
            }
        }
        let summary = ledger.summary().wait().expect("served");
        assert_eq!(summary, Summary { title: "books".into(), entries: (1..=10).collect() });
        let notes = notes(&directory);
        assert_eq!(notes.iter().filter(|&note| note == "new").count(), 1, "{notes:?}");
        assert_eq!(notes.iter().filter(|&note| note == "load").count(), 3, "{notes:?}");
    });
}

#[test]
fn calls_that_wait_for_the_next_instance_find_the_saved_state() {
    within(SOON, || {
        let (ledger, _directory) = start(|builder| builder);
        let calls: Vec<_> = (1..=4).map(|n| ledger.add(n)).collect();
        let death = ledger.crash();
        let later: Vec<_> = (5..=8).map(|n| ledger.add(n)).collect();
        assert!(death.wait().is_err());
        let counts: Vec<_> = calls.into_iter().chain(later).map(|call| call.wait().expect("served")).collect();
        assert_eq!(counts, (1..=8).collect::<Vec<_>>());
    });
}

#[test]
fn snapshots_are_taken_after_a_number_of_calls() {
    within(SOON, || {
        let (ledger, directory) = start(|builder| builder.snapshots(SnapshotPolicy::after_calls(4)));
        (1..=10).for_each(|n| assert!(ledger.add(n).wait().is_ok()));
        crash(&ledger);
        let saved = notes(&directory).iter().filter(|&note| note == "save").count();
        assert_eq!((saved, ledger.add(100).wait().expect("added")), (2, 9), "eight were saved");
    });
}

#[test]
fn snapshots_are_taken_after_a_period_without_calls() {
    within(SOON, || {
        let (ledger, directory) = start(|builder| builder.snapshots(SnapshotPolicy::every(Duration::from_millis(30))));
        assert_eq!(ledger.add(1).wait().expect("added"), 1);
        wait_for("the state is saved", || notes(&directory).contains(&"save".to_owned()));
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(notes(&directory).iter().filter(|&note| note == "save").count(), 1, "nothing was called since");
        send(process_of(&ledger.handle()), libc::SIGKILL);
        assert_eq!(ledger.add(2).wait().expect("added"), 2);
    });
}

#[test]
fn no_state_is_saved_if_none_would_be_restored() {
    within(SOON, || {
        let directory = tempfile::tempdir().expect("a directory");
        let never = LedgerProxy::builder("mortal").start("books", directory.path()).expect("starts");
        assert_eq!(never.add(1).wait().expect("added"), 1);
        let (ledger, other) = start(|builder| builder.snapshots(SnapshotPolicy::never()));
        assert_eq!(ledger.add(1).wait().expect("added"), 1);
        crash(&ledger);
        assert_eq!(ledger.add(1).wait().expect("added"), 1, "the constructor ran again");
        assert_eq!((notes(&directory), notes(&other)), (vec!["new".to_owned()], vec!["new".to_owned(); 2]));
    });
}

#[test]
fn a_save_that_panics_loses_neither_the_call_nor_the_snapshot_before() {
    within(SOON, || {
        for (reaction, dies) in [(OnPanic::Continue, false), (OnPanic::Terminate, true)] {
            let unsaved: Arc<Mutex<Vec<_>>> = Arc::default();
            let reported = unsaved.clone();
            let hook = move |death: &Death| reported.lock().expect("whole").push(death.unsaved.clone());
            let (ledger, _directory) = start(|builder| builder.on_panic(reaction).on_death(hook));
            assert_eq!(ledger.add(1).wait().expect("added"), 1);
            assert_eq!(ledger.add(ledger::UNSAVEABLE).wait().expect("it was run, and its result is no panic's"), 2);
            if !dies {
                assert_eq!(ledger.summary().wait().expect("it still serves").entries, [1, ledger::UNSAVEABLE]);
                crash(&ledger);
            }
            assert_eq!(ledger.add(3).wait().expect("added"), 2, "the second was in no snapshot");
            assert_eq!(ledger.handle().incarnation(), 2);
            assert_eq!(ledger.add(4).wait().expect("added"), 3);
            crash(&ledger);
            assert_eq!(ledger.add(5).wait().expect("added"), 4, "the ink was filled up");
            let [first, second] = &*wait_for_deaths(&unsaved, 2) else { panic!("two deaths") };
            let reason = first.as_ref().expect("its last state was lost");
            assert!(reason.contains("saving it panicked") && reason.contains("the ink has run dry"), "{reason}");
            assert_eq!(*second, None, "its last state was saved");
        }
    });
}

#[test]
fn a_state_that_cannot_be_encoded_loses_no_call_and_is_reported_with_the_death() {
    within(SOON, || {
        let unsaved: Arc<Mutex<Vec<_>>> = Arc::default();
        let reported = unsaved.clone();
        let hook = move |death: &Death| reported.lock().expect("whole").push(death.to_string());
        let (ledger, _directory) = start(|builder| builder.on_panic(OnPanic::Terminate).on_death(hook));
        assert_eq!(ledger.add(1).wait().expect("added"), 1);
        assert_eq!(ledger.add(ledger::UNENCODABLE).wait().expect("it was run"), 2);
        assert_eq!(ledger.handle().incarnation(), 1, "that is no panic");
        crash(&ledger);
        assert_eq!(ledger.summary().wait().expect("restarted").entries, [1]);
        let death = &wait_for_deaths(&unsaved, 1)[0];
        assert!(death.contains("its last state is lost") && death.contains("in invisible ink"), "{death}");
    });
}

#[test]
fn a_process_killed_while_it_saves_leaves_the_snapshot_before() {
    within(SOON, || {
        let (ledger, directory) = start(|builder| builder);
        for round in 1..=4 {
            assert_eq!(ledger.add(round).wait().expect("added"), round as usize);
            assert_eq!(ledger.widen(round << 16).wait().expect("wide"), round << 16);
            let saved = notes(&directory).len();
            let killed = ledger.widen_and_add(round << 18, ledger::SAVED_FOR_EVER);
            wait_for("the state is being saved", || notes(&directory).len() > saved);
            std::thread::sleep(Duration::from_millis(20));
            send(process_of(&ledger.handle()), libc::SIGKILL);
            assert!(matches!(killed.wait(), Err(CallError::Died { .. })), "it was not answered");
            assert_eq!(ledger.summary().wait().expect("served").entries, (1..=round).collect::<Vec<_>>());
            assert_eq!(ledger.width().wait().expect("served"), round << 16);
        }
    });
}

#[test]
fn state_after_a_panic_is_not_saved() {
    within(SOON, || {
        let (ledger, _directory) = start(|builder| builder);
        assert_eq!(ledger.add(1).wait().expect("added"), 1);
        assert!(matches!(ledger.add_half(2).wait(), Err(CallError::Panicked { .. })));
        send(process_of(&ledger.handle()), libc::SIGKILL);
        assert_eq!(ledger.summary().wait().expect("served").entries, [1]);
    });
}

#[test]
fn a_time_limit_includes_the_saving() {
    let time = Duration::from_millis(100);
    let (ledger, _directory) = start(|builder| builder.timeout(time).cancel_grace(Duration::ZERO));
    let outcome = within(SOON, move || {
        let outcome = ledger.add(ledger::SAVED_FOR_EVER).wait();
        (outcome, ledger.add(1).wait().expect("added"))
    });
    assert!(matches!(outcome, (Err(CallError::TimedOut { killed: true, .. }), 1)), "{outcome:?}");
}

#[test]
fn a_restore_that_fails_ends_the_object_with_its_reason() {
    within(SOON, || {
        let (ledger, _directory) = start(|builder| builder);
        assert_eq!(ledger.add(ledger::UNRESTORABLE).wait().expect("added"), 1);
        crash(&ledger);
        let outcome = ledger.add(1).wait();
        let Err(CallError::NotConstructed { reason, .. }) = outcome else { panic!("{outcome:?}") };
        assert!(matches!(&*reason, StartError::Constructor { .. }) && reason.to_string().contains("burnt"), "{reason}");
        assert_eq!(ledger.status().state, State::Ended);
    });
}

#[test]
fn states_of_any_size_are_kept_and_their_memory_is_freed() {
    within(SOON, || {
        let (ledger, _directory) = start(|builder| builder.max_input_size("1 MiB").max_output_size("1 MiB"));
        let wide: usize = 32 << 20;
        assert_eq!(ledger.widen(wide as u64).wait().expect("wide"), wide as u64);
        crash(&ledger);
        assert_eq!(ledger.width().wait().expect("served"), wide as u64, "more than fits into a call");
        assert_eq!(ledger.widen(0).wait().expect("narrow"), 0);
        assert_eq!(ledger.widen(0).wait().expect("narrow"), 0);
        crash(&ledger);
        assert_eq!(ledger.width().wait().expect("served"), 0);
    });
}
