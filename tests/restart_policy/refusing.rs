//! An object that fails fast. Between two instances no call waits, and every call that does not run
//! has an error.

use concurrent_object::{PushErrorKind, Status};
use concurrent_object_tests::home::process_of;

use super::fragile::FragileProxyBuilder;
use super::*;

fn failing_fast(policy: RestartPolicy) -> impl FnOnce(FragileProxyBuilder) -> FragileProxyBuilder {
    move |builder| builder.slots(3).restart(policy.fail_fast())
}

/// Starts an object whose process is dead for the rest of the test.
fn between_lives() -> Watched {
    let watched = Watched::new(failing_fast(RestartPolicy::on_death().backoff(LONG..LONG)));
    assert_died(watched.fragile.die(0).wait(), Started::Yes);
    watched
}

#[track_caller]
fn assert_restarting<T: std::fmt::Debug>(outcome: Result<T, CallError>) -> CallError {
    match outcome {
        Err(error @ CallError::Restarting { .. }) => {
            assert_eq!((error.started(), error.object_gone()), (Started::No, false));
            error
        }
        other => panic!("it is being restarted: {other:?}"),
    }
}

#[test]
fn new_calls_and_pushes_are_refused_between_two_instances() {
    let Watched { fragile, .. } = &between_lives();
    let error = assert_restarting(fragile.add(1).wait());
    assert_eq!((error.method(), error.call().map_or(0, concurrent_object::CallId::get)), (Some("add"), 0));
    let source = std::error::Error::source(&error).expect("the last death").to_string();
    assert!(source.contains("SIGABRT"), "{source}");
    let refused = fragile.push_copy(vec![1, 2]).expect_err("the child is dead");
    assert!(matches!(refused.kind(), PushErrorKind::Restarting(CallError::Restarting { .. })), "{refused:?}");
    assert!(!refused.is_full());
    assert_eq!(refused.into_args(), (vec![1, 2],));
    let Status { state, can_push, can_pull, .. } = fragile.status();
    assert_eq!((state, can_push, can_pull), (State::Starting, false, false));
    assert!(!fragile.handle().trim().expect("it is not gone"), "there is no process that could do its part");
}

#[test]
fn calls_that_had_not_started_fail_with_the_death_and_never_run() {
    let watched = Watched::new(failing_fast(at_once()));
    let fragile = &watched.fragile;
    fragile.wait_until_ready().expect("ready");
    let gate = Gate::new();
    fragile.push_die_after(0, gate.path()).expect("room");
    fragile.push_add(1).expect("room");
    // More than there are slots: some wait in the backlog.
    let calls: Vec<_> = (2..10).map(|number| fragile.add(number)).collect();
    gate.open();
    for call in calls {
        let number = call.id();
        assert_eq!(assert_restarting(call.wait()).call(), number);
    }
    assert_died(fragile.wait_pull().map(drop), Started::Yes);
    assert_restarting(fragile.wait_pull().map(drop));
    assert!(matches!(fragile.pull(), Ok(None)));
    fragile.wait_until_ready().expect("ready again");
    assert!(fragile.status().can_push);
    assert_eq!(fragile.add(10).wait().expect("served by the next one"), 10);
    assert_eq!(watched.ledger(), ["new", "0", "new", "10"]);
}

#[test]
fn idempotent_calls_do_not_run_again() {
    let watched = Watched::new(failing_fast(at_once()));
    assert_died(watched.fragile.die_once(1, &watched.mark()).wait(), Started::Yes);
    watched.fragile.wait_until_ready().expect("ready again");
    assert_eq!(watched.ledger(), ["new", "1", "new"]);
}

/// No other operation is used: the refused calls themselves notice that the object is ready.
#[test]
fn calls_are_served_again_as_soon_as_it_is_ready() {
    let watched = Watched::new(failing_fast(at_once()));
    for number in 0..20 {
        assert_died(watched.fragile.die(number).wait(), Started::Yes);
        wait_for("it serves again", || match watched.fragile.add(number).wait() {
            Ok(result) => result == number,
            refused => {
                assert_restarting(refused);
                false
            }
        });
    }
}

#[test]
fn calls_before_the_first_instance_is_ready_wait() {
    let gate = Gate::new();
    let folder = tempfile::tempdir().expect("a folder");
    let builder = failing_fast(at_once())(FragileProxy::builder("fragile"));
    let fragile = builder.start_late(&folder.path().join("ledger"), gate.path()).expect("a child starts");
    gate.wait_until_reached();
    assert!(fragile.status().can_push);
    let call = fragile.add(1);
    gate.open();
    assert_eq!(call.wait().expect("served"), 1);
}

#[test]
fn an_object_that_fails_fast_ends_when_its_restarts_are_exhausted() {
    let watched = Watched::new(failing_fast(at_once().max(0).within(LONG)));
    let (death, waiting) = (watched.fragile.die(0), watched.fragile.add(1));
    assert!(matches!(death.wait(), Err(CallError::RestartsExhausted { .. })));
    assert!(matches!(waiting.wait(), Err(CallError::RestartsExhausted { .. })));
    assert!(matches!(watched.fragile.add(2).wait(), Err(CallError::RestartsExhausted { .. })));
    assert!(watched.fragile.status().can_push);
}

#[test]
fn ending_between_two_instances_is_reported_and_outcomes_are_kept() {
    let watched = Watched::new(failing_fast(RestartPolicy::on_death().backoff(LONG..LONG)));
    let fragile = &watched.fragile;
    let unread = fragile.copy(vec![8; 1000]);
    wait_for("it is answered", || fragile.handle().statistics().outstanding == 0);
    assert_died(fragile.die(0).wait(), Started::Yes);
    fragile.terminate().expect("it ends");
    assert_eq!(unread.wait().expect("it was answered"), [8; 1000]);
    assert!(matches!(fragile.add(1).wait(), Err(CallError::Ended { .. })));
}

/// Kills at random moments. The record of started methods must fit the outcome of each call.
#[test]
fn every_call_that_did_not_start_says_so_whenever_the_child_is_killed() {
    within(SOON, || {
        let mut random = Random::new();
        let watched = Watched::new(failing_fast(at_once()));
        let (mut outcomes, mut refused) = (Vec::new(), 0);
        for round in 0..100 {
            watched.fragile.wait_until_ready().expect("ready");
            let calls: Vec<_> = (0..10).map(|at| (round * 10 + at, watched.fragile.add(round * 10 + at))).collect();
            thread::sleep(Duration::from_micros(random.below(300) as u64));
            send(process_of(&watched.fragile.handle()), libc::SIGKILL);
            outcomes.extend(calls.into_iter().map(|(number, call)| (number, call.wait())));
            wait_for("the death is dealt with", || watched.fragile.handle().incarnation() == round + 2);
        }
        let ledger = watched.ledger();
        let runs = |number: u64| ledger.iter().filter(|line| **line == number.to_string()).count();
        for (number, outcome) in outcomes {
            match outcome {
                Ok(result) => assert_eq!((result, runs(number)), (number, 1)),
                Err(CallError::Died { .. }) => assert!(runs(number) <= 1, "{number}"),
                other => {
                    assert_restarting(other);
                    assert_eq!(runs(number), 0, "{number}");
                    refused += 1;
                }
            }
        }
        assert!(refused > 0, "none had to wait");
    });
}
