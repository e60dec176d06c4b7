//! Tests the short way of a call: when it is taken, and that it leaves the same state.

use std::task::{Context, Waker};
use std::time::Duration;

use super::player::{Player, SLOTS, short};
use crate::error::CallError;
use crate::parent::calls::key::{CallKey, WaitKey};
use crate::parent::calls::table::Owner;
use crate::protocol::tag::{FAILURE, SKIPPED, VALUE};
use crate::transport::ring::Entry;

/// Makes a call concern more than its caller.
type Concern = fn(&Player, CallKey);

/// Returns another entry.
type Change = fn(Entry) -> Entry;

/// Asserts that no call is open, that all slots are free, and that no reply is unread.
#[track_caller]
fn assert_at_rest(player: &Player) {
    let state = player.object.lock();
    assert_eq!(state.calls.table.unsettled(), 0);
    assert!(!state.calls.table.has_reply());
    assert!(state.calls.slots.all_are_free());
    assert!(!state.has_effects());
}

#[test]
fn short_results_leave_the_object_at_rest() {
    let mut player = Player::ready();
    for number in 0..3 * SLOTS as u64 {
        let call = player.call(number);
        assert_eq!(player.take_short(call), None, "not answered yet");
        player.serve();
        assert_eq!(player.take_short(call), Some(2 * number));
        assert_at_rest(&player);
    }
    // The usual way goes on where the short way has stopped.
    let call = player.call(7);
    player.serve();
    player.object.poll();
    assert_eq!(player.take_short(call), None, "it was received the usual way");
    assert_eq!(player.outcome::<u64>(call).expect("a number"), 14);
    assert_at_rest(&player);
}

#[test]
fn only_the_next_reply_is_taken() {
    let mut player = Player::ready();
    let calls: Vec<CallKey> = (0..SLOTS as u64).map(|number| player.call(number)).collect();
    for _ in 0..SLOTS {
        player.serve();
    }
    assert_eq!(player.take_short(calls[1]), None, "an earlier reply is unread");
    assert_eq!(player.take_short(calls[0]), Some(0));
    assert_eq!(player.outcome::<u64>(calls[3]).expect("a number"), 6);
    assert_eq!(player.take_short(calls[1]), None, "it was received with the last one");
    assert_eq!(player.outcome::<u64>(calls[1]).expect("a number"), 2);
    assert_eq!(player.outcome::<u64>(calls[2]).expect("a number"), 4);
    assert_at_rest(&player);
}

#[test]
fn results_that_concern_others_are_received_the_usual_way() {
    let mut player = Player::ready();
    let cases: [(&str, Concern); 3] = [
        ("a task waits for the call", |player, key| {
            let context = Context::from_waker(Waker::noop());
            let mut polled = Default::default();
            let ready = |state: &mut _| player.object.take(state, key);
            assert!(player.object.poll_until(WaitKey::Call(key), &context, &mut polled, ready).is_pending());
        }),
        ("a task waits for the state", |player, _| {
            player.object.lock().calls.register_task(WaitKey::State, None, Waker::noop().clone());
        }),
        ("the call has a time limit", |player, key| {
            player.object.set_timeout(key, Duration::from_secs(60));
        }),
    ];
    for (what, concern) in cases {
        let call = player.call(5);
        concern(&player, call);
        player.serve();
        assert_eq!(player.take_short(call), None, "{what}");
        assert_eq!(player.outcome::<u64>(call).expect(what), 10, "{what}");
    }
    let pushed =
        player.object.submit(0, Owner::Pushed, |writer| writer.put("argument", &1_u64)).expect("a slot is free");
    player.serve();
    assert_eq!(player.take_short(pushed), None, "a pull takes it");
}

#[test]
fn refused_replies_break_the_protocol_as_before() {
    let refused: [(&str, Change, u32); 3] = [
        ("another call's number", |entry| Entry { call: entry.call + 1, ..entry }, VALUE),
        ("another slot", |entry| Entry { slot: entry.slot ^ 1, ..entry }, VALUE),
        ("an unknown kind", |entry| entry, SKIPPED),
    ];
    for (what, change, tag) in refused {
        let mut player = Player::ready();
        let call = player.call(1);
        let (running, _) = player.start_next();
        player.answer_unpublished(running, short(VALUE, &[0; 8]));
        player.prepare(short(tag, &[0; 8]));
        player.publish(change(running));
        assert_eq!(player.take_short(call), None, "{what}");
        let error = player.outcome::<u64>(call).expect_err(what);
        assert!(matches!(error, CallError::Protocol { .. }), "{what}: {error}");
    }
}

#[test]
fn failures_are_received_the_usual_way() {
    let mut player = Player::ready();
    let call = player.call(1);
    let (running, _) = player.start_next();
    player.answer(running, short(FAILURE, &[0xc1]));
    assert_eq!(player.take_short(call), None);
    assert!(matches!(player.outcome::<u64>(call), Err(CallError::Protocol { .. })));
}
