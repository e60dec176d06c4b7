//! An object that dies is restarted. The next instance serves the calls that had not started; calls
//! that had started fail, once.
#![allow(missing_docs, missing_debug_implementations)]

#[path = "restart_policy/fragile.rs"]
mod fragile;
#[path = "restart_policy/last.rs"]
mod last;
#[path = "restart_policy/refusing.rs"]
mod refusing;
#[path = "restart_policy/timed.rs"]
mod timed;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, Death, RestartPolicy, Shared, StartError, Started, State};
use concurrent_object_tests::census::is_running;
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::home::{self, process_of};
use concurrent_object_tests::random::Random;
use fragile::{FragileOutput, FragileProxy, Watched, at_once};

concurrent_object::init_before_main!();

const LONG: Duration = Duration::from_secs(1000);

#[track_caller]
fn assert_died<T: std::fmt::Debug>(outcome: Result<T, CallError>, started: Started) {
    match outcome {
        Err(error @ CallError::Died { .. }) => assert_eq!((error.started(), error.object_gone()), (started, false)),
        other => panic!("it died: {other:?}"),
    }
}

#[test]
fn calls_that_had_not_started_are_served_by_the_next_instance_in_order() {
    let watched = Watched::new(|builder| builder.slots(3));
    let fragile = &watched.fragile;
    let first = process_of(&fragile.handle());
    // The most recently freed slots are used first. So from here on the order of the slots is not
    // that of the calls.
    let before: Vec<_> = (0..3).map(|_| fragile.sum(&[])).collect();
    before.into_iter().for_each(|call| assert_eq!(call.wait().expect("served"), 1000));
    let death = fragile.die(0);
    let calls: Vec<_> = (1..10).map(|number| fragile.add(number)).collect();
    assert_died(death.wait(), Started::Yes);
    for (number, call) in (1..).zip(calls) {
        assert_eq!(call.wait().expect("served by the next one"), number);
    }
    let expected = ["new", "0", "new", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    assert_eq!(watched.ledger(), expected);
    assert_eq!((fragile.handle().incarnation(), fragile.count().wait().expect("served")), (2, 9));
    assert_ne!(process_of(&fragile.handle()), first);
}

#[test]
fn an_idempotent_method_runs_at_most_twice() {
    let watched = Watched::new(|builder| builder);
    let (once, after) = (watched.fragile.die_once(1, &watched.mark()), watched.fragile.add(2));
    assert_eq!((once.wait().expect("run again"), after.wait().expect("served")), (1, 2));
    assert_died(watched.fragile.die_always(3).wait(), Started::Yes);
    assert_eq!(watched.fragile.add(4).wait().expect("served"), 4);
    assert_eq!(watched.ledger(), ["new", "1", "new", "1", "2", "3", "new", "3", "new", "4"]);
}

#[test]
fn an_object_ends_when_its_restarts_are_exhausted() {
    let watched = Watched::new(|builder| {
        builder.restart(RestartPolicy::on_death().max(2).within(LONG).backoff(Duration::ZERO..Duration::ZERO))
    });
    let fragile = &watched.fragile;
    for number in 0..2 {
        assert_died(fragile.die(number).wait(), Started::Yes);
        fragile.wait_until_ready().expect("again");
    }
    let (last, waiting) = (fragile.die(2), fragile.add(3));
    for (call, started) in [(last.wait().map(|()| 0), Started::Yes), (waiting.wait(), Started::No)] {
        match call {
            Err(error @ CallError::RestartsExhausted { count: 2, .. }) => {
                assert_eq!(error.started(), started);
                assert!(error.object_gone());
                let source = std::error::Error::source(&error).expect("the last death");
                assert!(source.to_string().contains("SIGABRT"), "{source}");
            }
            other => panic!("enough: {other:?}"),
        }
    }
    assert!(matches!(fragile.add(4).wait(), Err(CallError::RestartsExhausted { .. })));
    assert!(matches!(fragile.wait_until_ready(), Err(StartError::RestartsExhausted { count: 2, .. })));
    assert_eq!(fragile.handle().state(), State::Ended);
}

#[test]
fn calls_and_pushes_are_accepted_between_two_instances() {
    let long = Duration::from_millis(300);
    let watched = Watched::new(|builder| builder.slots(4).restart(RestartPolicy::on_death().backoff(long..long)));
    let fragile = &watched.fragile;
    assert_died(fragile.die(0).wait(), Started::Yes);
    assert_eq!(fragile.handle().state(), State::Starting);
    assert!(fragile.status().can_push);
    let shared = Shared::filled(2000, |numbers| numbers.fill(2)).expect("room");
    let calls = [fragile.sum(&shared), fragile.sum(&[5; 100])];
    fragile.push_add(7).expect("there is room");
    fragile.wait_until_ready().expect("again");
    let sums = calls.map(|call| call.wait().expect("served by the next one"));
    assert_eq!(sums, [4000 + 1000, 500 + 1000]);
    assert!(matches!(fragile.wait_pull(), Ok(Some(FragileOutput::Add(7)))));
}

#[test]
fn ending_between_two_instances_settles_every_call() {
    for kills in [false, true] {
        let watched = Watched::new(|builder| builder.restart(RestartPolicy::on_death().backoff(LONG..LONG)));
        assert_died(watched.fragile.die(0).wait(), Started::Yes);
        let waiting = watched.fragile.add(1);
        within(SOON, move || {
            let fragile = &watched.fragile;
            if kills { fragile.kill() } else { fragile.terminate() }.expect("it ends");
            assert!(matches!(waiting.wait(), Err(CallError::Ended { .. })));
            assert_eq!(fragile.handle().state(), State::Ended);
        });
    }
}

#[test]
fn results_loans_and_shared_memory_outlive_a_death() {
    let watched = Watched::new(|builder| builder.slots(4));
    let fragile = &watched.fragile;
    let mut loan = fragile.loan::<u64>(1000).expect("a slot is free");
    loan.fill(3);
    let lent = loan.freeze();
    let shared = Shared::filled(1000, |numbers| numbers.fill(4)).expect("room");
    assert_eq!(fragile.sum(&shared).wait().expect("served"), 5000);
    let unread = fragile.copy(vec![8; 1000]);
    wait_for("it is answered", || fragile.handle().statistics().outstanding == 0);
    let death = fragile.die(0);
    let calls = [fragile.sum(&lent), fragile.sum(&shared), fragile.sum(&lent[..10])];
    assert_died(death.wait(), Started::Yes);
    let sums = calls.map(|call| call.wait().expect("served by the next one"));
    assert_eq!(sums, [3000 + 1000, 4000 + 1000, 30 + 1000]);
    assert_eq!(unread.wait().expect("it was answered"), [8; 1000]);
    assert!(lent.try_into_mut().is_ok());
}

#[test]
fn a_first_construction_that_fails_is_not_retried() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("ledger"), "before\n").expect("a ledger");
    let builder = FragileProxy::builder("fragile").restart(at_once());
    let fragile = builder.start_once(&folder.path().join("ledger")).expect("a child starts");
    assert!(matches!(fragile.wait_until_ready(), Err(StartError::ConstructorPanicked { .. })));
    assert_eq!(fragile.handle().incarnation(), 1);
}

#[test]
fn constructions_that_die_count_as_deaths() {
    let folder = tempfile::tempdir().expect("a folder");
    let builder = FragileProxy::builder("fragile").restart(at_once().max(2).within(LONG));
    let builder = home::without_backtraces(builder);
    let fragile = builder.start_once(&folder.path().join("ledger")).expect("a child starts");
    let (death, waiting) = (fragile.die(0), fragile.add(1));
    assert_died(death.wait(), Started::Yes);
    assert!(matches!(waiting.wait(), Err(CallError::RestartsExhausted { count: 2, .. })));
    assert_eq!(fragile.handle().incarnation(), 3);
}

#[test]
fn each_death_is_reported() {
    let deaths = Arc::new(AtomicU64::new(0));
    let count = deaths.clone();
    let hook = move |death: &Death| {
        assert_eq!(death.running.map(|(method, _)| method), Some("die"));
        count.fetch_add(1, Ordering::Relaxed);
    };
    let watched = Watched::new(|builder| builder.on_death(hook));
    for number in 0..3 {
        assert_died(watched.fragile.die(number).wait(), Started::Yes);
    }
    watched.fragile.terminate().expect("it ends");
    wait_for("each death is reported", || deaths.load(Ordering::Relaxed) == 3);
}

#[test]
fn a_death_without_a_waiting_thread_is_noticed_by_the_next_operation() {
    let watched = Watched::new(|builder| builder);
    watched.fragile.wait_until_ready().expect("ready");
    send(process_of(&watched.fragile.handle()), libc::SIGKILL);
    assert_eq!(watched.fragile.add(1).wait().expect("served by the next one"), 1);
    assert_eq!(watched.fragile.handle().incarnation(), 2);
}

#[test]
fn a_hang_is_followed_by_a_restart_like_a_crash() {
    let short = Duration::from_millis(20);
    let watched = Watched::new(|builder| builder.timeout(short).cancel_grace(short));
    let (hang, next) = (watched.fragile.nap(LONG), watched.fragile.add(1));
    let error = hang.wait().expect_err("it took too long");
    assert!(matches!(error, CallError::TimedOut { killed: true, .. }) && !error.object_gone(), "{error:?}");
    assert_eq!(next.wait().expect("served by the next one"), 1);
}

#[test]
fn trims_and_deaths_can_coincide() {
    let watched = Watched::new(|builder| builder.slots(3));
    for number in 0..20 {
        assert_eq!(watched.fragile.sum(&[number; 50_000]).wait().expect("served"), number * 50_000 + 1000);
        watched.fragile.handle().trim().expect("trimmed");
        let (death, next) = (watched.fragile.die(number), watched.fragile.add(number));
        watched.fragile.handle().trim().expect("trimmed");
        assert_died(death.wait(), Started::Yes);
        assert_eq!(next.wait().expect("served by the next one"), number);
    }
}

/// Kills at random moments. The record of started methods must fit the outcome of each call.
#[test]
fn every_call_has_one_correct_outcome_whenever_the_child_is_killed() {
    within(SOON, || {
        let mut random = Random::new();
        let watched = Watched::new(|builder| builder.slots(4));
        // An object that dies before it was ever ready is not restarted.
        watched.fragile.wait_until_ready().expect("ready");
        let (mut open, mut outcomes) = (Vec::new(), Vec::new());
        for number in 0..3000 {
            open.push((number, watched.fragile.add(number)));
            if random.below(60) == 0 {
                thread::sleep(Duration::from_micros(random.below(3000) as u64));
                let pid = process_of(&watched.fragile.handle());
                if is_running(pid) {
                    send(pid, libc::SIGKILL);
                }
            }
            if open.len() > random.below(20) {
                let (number, call) = open.swap_remove(random.below(open.len()));
                outcomes.push((number, call.wait()));
            }
        }
        outcomes.extend(open.into_iter().map(|(number, call)| (number, call.wait())));
        let ledger = watched.ledger();
        let runs = |number: u64| ledger.iter().filter(|line| **line == number.to_string()).count();
        let mut died = 0;
        for (number, outcome) in outcomes {
            match outcome {
                Ok(result) => assert_eq!((result, runs(number)), (number, 1)),
                Err(error @ CallError::Died { .. }) => {
                    // It may have been killed after the method started and before it recorded that.
                    assert!(error.started() == Started::Yes && runs(number) <= 1, "{number}: {error:?}");
                    died += 1;
                }
                Err(other) => panic!("{number}: {other:?}"),
            }
        }
        let lives = watched.fragile.handle().incarnation();
        assert!(lives > 10 && died < lives, "{died} calls in {lives} instances");
    });
}

#[test]
fn an_error_taken_after_a_restart_names_the_process_that_ran_the_call() {
    let watched = Watched::new(|builder| builder);
    let fragile = &watched.fragile;
    fragile.wait_until_ready().expect("ready");
    let first = process_of(&fragile.handle());
    let (mut failed, served) = (fragile.fail(), fragile.count());
    assert_eq!(served.wait().expect("served"), 0);
    assert_died(fragile.die(0).wait(), Started::Yes);
    assert_eq!(fragile.count().wait().expect("served by the next one"), 0);
    assert_ne!(process_of(&fragile.handle()), first);
    for expected in ["panicked", "already taken"] {
        let error = failed.try_wait().expect("it has an outcome").expect_err("it failed");
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(error.info().pid, first, "{error}");
    }
}
