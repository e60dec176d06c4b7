//! Time limits and cancelling. They are enforced whether or not a thread waits, and end only the
//! call that they belong to.
#![allow(missing_docs, missing_debug_implementations)]

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use concurrent_object::{CallError, StartError, Started, State, concurrent_object, is_cancelled};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::{census::is_running, home, random::Random};

concurrent_object::init_before_main!();

const SHORT: Duration = Duration::from_millis(30);
const LONG: Duration = Duration::from_secs(1000);

/// Records the number of every method that starts.
struct Sleeper {
    ledger: PathBuf,
    ends: u64,
}

#[concurrent_object]
impl Sleeper {
    pub fn new(ledger: &Path) -> Self {
        Self { ledger: ledger.into(), ends: 0 }
    }

    pub fn after(pause: Duration) -> Self {
        thread::sleep(pause);
        Self { ledger: PathBuf::new(), ends: 0 }
    }

    /// Ends when cancellation is requested, or after this time.
    pub fn obey(&mut self, number: u64, time: Duration) -> u64 {
        self.begin(number);
        let began = Instant::now();
        while !is_cancelled() && began.elapsed() < time {
            thread::sleep(Duration::from_micros(200));
        }
        self.ends += 1;
        number
    }

    /// Ends after this time, and ignores cancellation.
    pub fn defy(&mut self, number: u64, time: Duration) -> u64 {
        self.begin(number);
        thread::sleep(time);
        number
    }

    #[concurrent_object(timeout = Duration::from_millis(30))]
    pub fn obey_shortly(&mut self, number: u64, time: Duration) -> u64 {
        self.obey(number, time)
    }

    pub fn ends(&self) -> u64 {
        self.ends
    }

    pub fn is_cancelled_now(&self) -> bool {
        is_cancelled()
    }

    fn begin(&self, number: u64) {
        use std::io::Write;
        let ledger = fs::File::options().append(true).create(true).open(&self.ledger);
        ledger.and_then(|mut ledger| writeln!(ledger, "{number}")).expect("the ledger is written");
    }
}

/// An object, and the file with the numbers of the methods that started.
struct Watched {
    sleeper: SleeperProxy,
    ledger: tempfile::NamedTempFile,
}

impl Watched {
    fn new(options: impl FnOnce(SleeperProxyBuilder) -> SleeperProxyBuilder) -> Self {
        let ledger = tempfile::NamedTempFile::new().expect("a file");
        let sleeper = options(SleeperProxy::builder("sleeper")).start(ledger.path()).expect("a child starts");
        Self { sleeper, ledger }
    }

    fn begun(&self) -> Vec<u64> {
        let text = fs::read_to_string(self.ledger.path()).expect("the ledger");
        text.lines().map(|line| line.parse().expect("a number")).collect()
    }

    fn wait_until_begun(&self, number: u64) {
        wait_for("it has begun", || self.begun().contains(&number));
    }
}

#[track_caller]
fn assert_timed_out(outcome: Result<u64, CallError>, was_killed: bool, at_least: Duration) {
    match outcome {
        Err(CallError::TimedOut { ran_for, killed, .. }) => {
            assert_eq!(killed, was_killed);
            assert!(ran_for >= at_least, "{ran_for:?}");
        }
        other => panic!("no time-out: {other:?}"),
    }
}

#[test]
fn a_method_that_obeys_cancellation_keeps_its_object() {
    let watched = Watched::new(|builder| builder.timeout(SHORT).cancel_grace(LONG));
    let sleeper = &watched.sleeper;
    let pid = home::process_of(&sleeper.handle());
    for number in 0..5 {
        assert_timed_out(sleeper.obey(number, LONG).wait(), false, SHORT);
    }
    assert_eq!(sleeper.obey(7, Duration::ZERO).wait().expect("in time"), 7);
    assert_eq!((sleeper.ends().wait().expect("alive"), home::process_of(&sleeper.handle())), (6, pid));
    assert!(!sleeper.is_cancelled_now().wait().expect("alive"), "another call was cancelled");
}

#[test]
fn a_method_that_does_not_end_is_killed_with_its_object() {
    let watched = Watched::new(|builder| builder.timeout(SHORT).cancel_grace(SHORT));
    let (hanging, next) = (watched.sleeper.defy(1, LONG), watched.sleeper.obey(2, Duration::ZERO));
    assert_timed_out(hanging.wait(), true, SHORT);
    let error = next.wait().expect_err("the object is gone");
    assert!(matches!(&error, CallError::Died { .. }), "{error:?}");
    assert_eq!(error.started(), Started::No);
    assert!(error.to_string().contains("while running `defy`"), "{error}");
    assert_eq!(watched.begun(), [1]);
}

#[test]
fn limits_hold_when_no_thread_waits() {
    let watched = Watched::new(|builder| builder.timeout(SHORT).cancel_grace(SHORT));
    watched.sleeper.push_defy(1, LONG).expect("a slot is free");
    let pid = home::process_of(&watched.sleeper.handle());
    wait_for("it is killed", || !is_running(pid));
    wait_for("an outcome from elsewhere", || !home::is_elsewhere() || watched.sleeper.status().can_pull);
    assert!(matches!(watched.sleeper.pull(), Err(CallError::TimedOut { killed: true, .. })));
}

#[test]
fn a_method_and_a_call_may_have_limits_of_their_own() {
    let watched = Watched::new(|builder| builder.timeout(LONG).cancel_grace(LONG));
    let sleeper = &watched.sleeper;
    assert_timed_out(sleeper.obey_shortly(1, LONG).wait(), false, SHORT);
    assert_timed_out(sleeper.obey(2, LONG).with_timeout(SHORT).wait(), false, SHORT);
    let longer = sleeper.obey_shortly(3, 3 * SHORT).with_timeout(LONG);
    assert_eq!(longer.wait().expect("the call's own limit counts"), 3);
    assert_eq!(Watched::new(|builder| builder).sleeper.obey_shortly(4, Duration::ZERO).wait().expect("in time"), 4);
}

#[test]
fn timeout_counts_from_the_start_of_the_method() {
    let watched = Watched::new(|builder| builder.slots(2).timeout(5 * SHORT).cancel_grace(LONG));
    let calls: Vec<_> = (0..6).map(|number| watched.sleeper.obey(number, 3 * SHORT)).collect();
    for (number, call) in (0..).zip(calls) {
        assert_eq!(call.wait().expect("its own time was not over"), number);
    }
}

#[test]
fn a_call_that_exceeds_its_queue_timeout_never_runs() {
    let watched = Watched::new(|builder| builder.slots(2).queue_timeout(SHORT));
    let first = watched.sleeper.obey(1, 10 * SHORT);
    watched.wait_until_begun(1);
    let waiting: Vec<_> = (2..6).map(|number| watched.sleeper.obey(number, LONG)).collect();
    for call in waiting {
        let error = call.wait().expect_err("it waited too long");
        assert!(matches!(&error, CallError::TimedOut { killed: false, ran_for: Duration::ZERO, .. }), "{error:?}");
        assert_eq!(error.started(), Started::No);
        assert!(error.to_string().contains("before its method began"), "{error}");
    }
    assert_eq!(first.wait().expect("it had begun"), 1);
    assert_eq!(watched.sleeper.obey(7, Duration::ZERO).wait().expect("its slot is free again"), 7);
    assert_eq!(watched.begun(), [1, 7]);
}

#[test]
fn calls_are_cancelled_in_the_backlog_in_a_slot_and_while_they_run() {
    let watched = Watched::new(|builder| builder.slots(2).cancel_grace(LONG));
    let sleeper = &watched.sleeper;
    let running = sleeper.obey(1, LONG);
    watched.wait_until_begun(1);
    let (in_a_slot, waiting, kept) = (sleeper.obey(2, LONG), sleeper.obey(3, LONG), sleeper.obey(4, Duration::ZERO));
    in_a_slot.cancel();
    waiting.cancel();
    waiting.cancel();
    for call in [in_a_slot, waiting] {
        let error = call.wait().expect_err("cancelled");
        assert!(matches!(&error, CallError::Cancelled { killed: false, .. }), "{error:?}");
        assert_eq!(error.started(), Started::No);
    }
    running.cancel();
    let error = running.wait().expect_err("cancelled");
    assert!(matches!(&error, CallError::Cancelled { killed: false, .. }), "{error:?}");
    assert!(error.to_string().contains("ended within `cancel_grace`"), "{error}");
    assert_eq!(kept.wait().expect("it was not cancelled"), 4);
    assert_eq!(watched.begun(), [1, 4]);
}

#[test]
fn a_late_cancel_changes_nothing() {
    let watched = Watched::new(|builder| builder);
    let mut call = watched.sleeper.obey(1, Duration::ZERO);
    wait_for("it is answered", || watched.sleeper.handle().statistics().outstanding == 0);
    call.cancel();
    assert_eq!(call.try_wait().expect("there").expect("a result"), 1);
    call.cancel();
    let unready = watched.sleeper.obey(2, Duration::ZERO);
    assert_eq!(unready.wait().expect("a result"), 2);
    watched.sleeper.kill().expect("killed");
    let dead = watched.sleeper.obey(3, LONG);
    dead.cancel();
    assert!(matches!(dead.wait(), Err(CallError::Ended { .. })));
}

#[test]
fn cancelling_kills_a_child_whose_method_does_not_end() {
    let watched = Watched::new(|builder| builder.cancel_grace(SHORT));
    let call = watched.sleeper.defy(1, LONG);
    watched.wait_until_begun(1);
    call.cancel();
    let error = call.wait().expect_err("cancelled");
    assert!(matches!(&error, CallError::Cancelled { killed: true, .. }) && error.object_gone(), "{error:?}");
    assert!(error.to_string().contains("check `is_cancelled()`"), "{error}");
    wait_for("the object is gone", || watched.sleeper.handle().state() == State::Ended);
}

#[test]
fn a_constructor_that_hangs_is_killed() {
    let sleeper = SleeperProxy::builder("sleeper").ready_timeout(SHORT).start_after(LONG).expect("a child starts");
    let error = sleeper.wait_until_ready().expect_err("it hangs");
    assert!(matches!(error, StartError::ConstructorTimedOut { limit: SHORT, .. }), "{error:?}");
    assert!(matches!(sleeper.ends().wait(), Err(CallError::NotConstructed { .. })));
    let unwatched = SleeperProxy::builder("sleeper").ready_timeout(SHORT).start_after(LONG).expect("a child starts");
    let pid = home::process_of(&unwatched.handle());
    wait_for("it is killed although no thread waits", || !is_running(pid));
    let quick =
        SleeperProxy::builder("sleeper").ready_timeout(LONG).start_after(Duration::ZERO).expect("a child starts");
    quick.wait_until_ready().expect("in time");
}

#[test]
fn limits_do_not_affect_consuming_and_ending() {
    let watched = Watched::new(|builder| builder.timeout(LONG).queue_timeout(LONG).ready_timeout(LONG));
    let (running, waiting) = (watched.sleeper.obey(1, SHORT), watched.sleeper.obey(2, SHORT));
    watched.wait_until_begun(1);
    watched.sleeper.terminate().expect("it ends");
    assert_eq!(running.wait().expect("the running method is finished"), 1);
    assert!(matches!(waiting.wait(), Err(CallError::Ended { .. })));
}

/// Random calls, cancelled at random moments. The record of started methods must fit each outcome.
#[test]
fn every_call_has_one_correct_outcome_whether_cancelled_or_not() {
    within(SOON, || {
        let mut random = Random::new();
        let watched = Watched::new(|builder| builder.slots(3).cancel_grace(LONG));
        let (mut open, mut not_run, mut run) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..1500 {
            let time = if random.below(3) == 0 { LONG } else { Duration::from_micros(random.below(300) as u64) };
            let call = watched.sleeper.obey(number, time);
            if time == LONG || random.below(3) == 0 {
                if random.below(2) == 0 {
                    thread::sleep(Duration::from_micros(random.below(500) as u64));
                }
                call.cancel();
            }
            open.push((number, call));
            if open.len() > random.below(12) {
                let (number, call) = open.swap_remove(random.below(open.len()));
                settle(number, call.wait(), &mut run, &mut not_run);
            }
        }
        open.into_iter().for_each(|(number, call)| settle(number, call.wait(), &mut run, &mut not_run));
        let begun = watched.begun();
        assert!(run.iter().all(|number| begun.contains(number)), "what ran is in the ledger");
        assert!(not_run.iter().all(|number| !begun.contains(number)), "what did not run is not");
        assert_eq!(begun.len(), run.len(), "each of them once");
        assert!(!not_run.is_empty() && run.len() > 500);
        assert_eq!(watched.sleeper.obey(9999, Duration::ZERO).wait().expect("it serves"), 9999);
    });
}

fn settle(number: u64, outcome: Result<u64, CallError>, run: &mut Vec<u64>, not_run: &mut Vec<u64>) {
    match outcome {
        Ok(result) => {
            assert_eq!(result, number);
            run.push(number);
        }
        Err(CallError::Cancelled { killed: false, info, .. }) => match info.started {
            Started::Yes => run.push(number),
            Started::No => not_run.push(number),
            Started::Unknown => panic!("it is known"),
        },
        Err(other) => panic!("{other:?}"),
    }
}
