//! Time limits and cancelling, together with deaths and restarts.

use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, RestartPolicy, Started, State};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

use super::fragile::{FragileProxy, Watched, at_once};
use super::{LONG, assert_died};

#[test]
fn each_hang_frees_its_slot() {
    let short = Duration::from_millis(5);
    let watched = Watched::new(|builder| builder.slots(1).timeout(short).cancel_grace(short));
    within(SOON, move || {
        for number in 0..3 {
            let (hang, next) = (watched.fragile.nap(LONG), watched.fragile.add(number));
            assert!(matches!(hang.wait(), Err(CallError::TimedOut { killed: true, .. })));
            assert_eq!(next.wait().expect("served by the next one, in the same slot"), number);
        }
    });
}

#[test]
fn limits_hold_between_two_instances_and_in_the_next_one() {
    let (short, pause) = (Duration::from_millis(20), Duration::from_millis(200));
    let policy = move || RestartPolicy::on_death().backoff(pause..pause);
    within(SOON, move || {
        let watched = Watched::new(|builder| builder.timeout(short).cancel_grace(short).restart(policy()));
        let (death, hang) = (watched.fragile.die(0), watched.fragile.nap(LONG));
        assert_died(death.wait(), Started::Yes);
        assert!(matches!(hang.wait(), Err(CallError::TimedOut { killed: true, .. })));

        let watched = Watched::new(|builder| builder.queue_timeout(short).restart(policy()));
        let (death, waiting) = (watched.fragile.die(0), watched.fragile.add(1));
        assert_died(death.wait(), Started::Yes);
        let error = waiting.wait().expect_err("it waited too long");
        assert!(matches!(error, CallError::TimedOut { killed: false, .. }), "{error:?}");
        assert_eq!((error.started(), watched.fragile.handle().incarnation()), (Started::No, 1));
        assert_eq!(watched.ledger(), ["new", "0"]);
    });
}

#[test]
fn a_second_construction_that_hangs_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = at_once().max(1).within(LONG);
    let limit = Duration::from_secs(1);
    let builder = FragileProxy::builder("fragile").restart(policy).ready_timeout(limit);
    let fragile = builder.start_hanging_again(&folder.path().join("ledger")).expect("a child starts");
    fragile.wait_until_ready().expect("the first does not hang");
    // Until the supervisor thread no longer polls because of the first call.
    thread::sleep(limit);
    within(SOON, move || {
        assert_died(fragile.die(0).wait(), Started::Yes);
        assert!(matches!(fragile.add(1).wait(), Err(CallError::RestartsExhausted { count: 1, .. })));
    });
}

#[test]
fn a_call_that_waits_to_run_again_had_started() {
    let long = Duration::from_millis(200);
    for ends in [false, true] {
        let watched = Watched::new(|builder| {
            builder.queue_timeout(long / 4).restart(RestartPolicy::on_death().backoff(long..long))
        });
        let once = watched.fragile.die_once(1, &watched.mark());
        wait_for("it died", || watched.fragile.handle().state() == State::Starting && watched.mark().exists());
        if ends {
            watched.fragile.terminate().expect("it ends");
        } else {
            once.cancel();
        }
        let error = once.wait().expect_err("ended early");
        assert_eq!(error.started(), Started::Yes, "{error:?}");
    }
    let watched =
        Watched::new(|builder| builder.queue_timeout(long / 4).restart(RestartPolicy::on_death().backoff(long..long)));
    assert_eq!(watched.fragile.die_once(1, &watched.mark()).wait().expect("it had begun in time"), 1);
}
