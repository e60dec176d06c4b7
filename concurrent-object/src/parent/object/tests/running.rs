//! Tests a child that says that several calls run at once.

use std::time::Duration;

use super::player::{Player, SOON};
use crate::clock::Moment;
use crate::error::CallError;
use crate::parent::calls::key::WaitKey;
use crate::parent::calls::table::Owner;
use crate::parent::calls::timing::Limits;
use crate::parent::pauses::Pauses;
use crate::protocol::method::RELEASE;

#[test]
fn two_calls_that_run_at_once_break_off() {
    let mut player = Player::ready();
    let calls = [player.call(1), player.call(2)];
    player.start_next();
    player.start_next();
    player.object.poll_limits(&Pauses::default());
    for call in calls {
        let error = player.outcome::<u64>(call).expect_err("no result is invented");
        assert!(
            matches!(&error, CallError::Protocol { reason, .. } if reason == "two calls that run at once"),
            "{error}"
        );
    }
}

#[test]
fn a_call_that_runs_before_an_earlier_one_breaks_off() {
    let mut player = Player::ready();
    let calls = [player.call(1), player.call(2)];
    player.take_request();
    player.start_next();
    player.object.poll_limits(&Pauses::default());
    for call in calls {
        assert!(matches!(player.outcome::<u64>(call), Err(CallError::Protocol { .. })));
    }
}

/// The last reference to a loan takes the object's lock, so it must not be dropped under that.
#[test]
fn loans_of_calls_that_are_abandoned_together_block_no_thread() {
    let limits = Limits {
        timeout: Some(Duration::from_millis(20)),
        cancel_grace: Duration::from_millis(20),
        ..Limits::default()
    };
    let mut player = Player::limited(limits);
    let calls = [(); 2].map(|()| {
        let lent = player.object.loan(100).expect("a slot is free").freeze();
        let key =
            player.object.submit(0, Owner::Call, |writer| writer.put("argument", lent.bytes())).expect("accepted");
        drop(lent);
        key
    });
    for _ in &calls {
        player.start_any();
    }
    for call in calls {
        let deadline = Some(Moment::after(SOON));
        let taken = player.object.wait_until(WaitKey::Call(call), deadline, |state| player.object.take(state, call));
        assert!(taken.is_some_and(|taken| taken.outcome.is_err()), "it has an error in time");
    }
}

/// A child that has lost a wake-up serves neither the library's call nor those behind it.
#[test]
fn call_behind_an_unserved_call_of_the_library_has_an_outcome_in_time() {
    let (time, cancel_grace) = (Duration::from_millis(20), Duration::from_millis(20));
    for timeout in [Some(time), None] {
        let player = Player::limited(Limits { timeout, cancel_grace, ..Limits::default() });
        player.object.submit(RELEASE, Owner::Detached, |writer| writer.put("", &[1_u64])).expect("accepted");
        let call = player.call(1);
        if timeout.is_none() {
            player.object.set_timeout(call, time);
        }
        let error = player.outcome::<u64>(call).expect_err("it is never served");
        assert!(!matches!(error, CallError::Protocol { .. }), "the limit ends it: {error}");
    }
}
