//! Tests entries that no sound child writes: the child is killed, and every call gets a protocol
//! error.

use std::sync::atomic::Ordering;

use super::player::{OUTPUT_LIMIT, Player, SLOTS, long, short};
use crate::error::{CallError, Exit, PushErrorKind};
use crate::parent::calls::key::WaitKey;
use crate::parent::calls::table::Owner;
use crate::parent::life::phase::Summary;
use crate::parent::pauses::Pauses;
use crate::protocol::notice::READY;
use crate::protocol::tag::VALUE;
use crate::transport::Transport;
use crate::transport::ring::Entry;

const ANSWER: [u8; 8] = 7_u64.to_ne_bytes();

/// Sets up three sent calls, the first of them running, and more calls than slots in the backlog.
/// Then the child breaks the protocol with `violation`. It must be killed, and each of these calls
/// and every later call must have a protocol error with this reason.
#[track_caller]
fn assert_breaks_off(reason: &str, violation: impl FnOnce(&mut Player, Entry)) {
    let mut player = Player::ready();
    let calls: Vec<_> = (0..SLOTS as u64 + 2).map(|n| player.call(n)).collect();
    let (running, _) = player.start_next();
    violation(&mut player, running);
    for call in calls {
        assert_protocol_error(&player.outcome::<u64>(call).expect_err("no result is invented"), reason);
    }
    assert_gone(&player, reason);
}

#[test]
fn replies_after_a_protocol_violation_are_not_received() {
    let mut player = Player::ready();
    let call = player.call(1);
    let (running, _) = player.start_next();
    player.notice(99);
    player.answer(running, short(VALUE, &ANSWER));
    assert_protocol_error(&player.outcome::<u64>(call).expect_err("not the answer"), "an unexpected notice");
}

#[track_caller]
fn assert_protocol_error(error: &CallError, expected: &str) {
    let CallError::Protocol { reason, .. } = error else { panic!("another error: {error}") };
    assert_eq!(reason, expected);
}

#[track_caller]
fn assert_gone(player: &Player, reason: &str) {
    player.wait_for_state("the end", |phase| matches!(phase, Summary::Ended(_)));
    assert!(player.child.has_ended());
    assert_eq!(
        *player.deaths.lock().expect("sound"),
        [Exit::signal(libc::SIGKILL, false)],
        "no user asked for its end"
    );
    let refused = player.object.submit(0, Owner::Pushed, |writer| writer.put("argument", &1_u64));
    let Err(PushErrorKind::Gone(error)) = refused else { panic!("accepted, or refused for another reason") };
    assert_protocol_error(&error, reason);
}

#[test]
fn sound_child_serves_every_call() {
    let mut player = Player::ready();
    for round in 0..100 {
        let calls: Vec<_> = (0..SLOTS as u64).map(|n| player.call(round + n)).collect();
        for _ in &calls {
            player.serve();
        }
        for (n, call) in (0..).zip(calls) {
            assert_eq!(player.outcome::<u64>(call).expect("served"), 2 * (round + n));
        }
    }
    assert!(!player.child.has_ended());
}

#[test]
fn answers_out_of_order_are_received() {
    let mut player = Player::ready();
    let (first, second) = (player.call(1), player.call(2));
    let (one, two) = (player.start_next().0, player.start_next().0);
    player.answer(two, short(VALUE, &ANSWER));
    assert_eq!(player.outcome::<u64>(second).expect("served"), 7);
    player.answer(one, short(VALUE, &ANSWER));
    assert_eq!(player.outcome::<u64>(first).expect("served"), 7);
}

#[test]
fn slot_that_does_not_exist_breaks_off() {
    for slot in [SLOTS as u16, 1000] {
        assert_breaks_off("a reply for a slot without a call", |player, running| {
            player.publish(Entry { slot, ..running });
        });
    }
}

#[test]
fn slot_without_a_call_breaks_off() {
    let mut player = Player::ready();
    let call = player.call(1);
    let (running, _) = player.start_next();
    let other = Entry { slot: (running.slot + 1) % SLOTS as u16, ..running };
    player.publish(other);
    let reason = "a reply for a slot without a call";
    assert_protocol_error(&player.outcome::<u64>(call).expect_err("broken"), reason);
    assert_gone(&player, reason);
}

#[test]
fn slot_of_another_call_breaks_off() {
    assert_breaks_off("a reply for another call than the one in its slot", |player, running| {
        let (other, _) = player.start_next();
        player.prepare(short(VALUE, &ANSWER));
        player.publish(Entry { slot: other.slot, call: running.call });
    });
}

#[test]
fn stale_call_number_breaks_off() {
    let mut player = Player::ready();
    let first = player.call(1);
    let stale = player.serve();
    assert_eq!(player.outcome::<u64>(first).expect("served"), 2);
    let second = player.call(2);
    let (running, _) = player.start_next();
    assert_eq!(running.slot, stale.slot, "the slot last freed is the first taken");
    player.prepare(short(VALUE, &ANSWER));
    player.publish(stale);
    let reason = "a reply for another call than the one in its slot";
    assert_protocol_error(&player.outcome::<u64>(second).expect_err("broken"), reason);
    assert_gone(&player, reason);
}

#[test]
fn unknown_call_number_breaks_off() {
    for call in [0, 1 << 40, u64::MAX >> 13] {
        assert_breaks_off("a reply for another call than the one in its slot", |player, running| {
            player.publish(Entry { call, ..running });
        });
    }
}

#[test]
fn repeated_short_reply_breaks_off_and_the_result_stays() {
    let mut player = Player::ready();
    let (first, second) = (player.call(1), player.call(2));
    let (running, _) = player.start_next();
    player.answer(running, short(VALUE, &ANSWER));
    player.prepare(short(VALUE, &ANSWER));
    player.publish(running);
    let reason = "a reply for a slot without a call";
    assert_protocol_error(&player.outcome::<u64>(second).expect_err("broken"), reason);
    assert_eq!(player.outcome::<u64>(first).expect("its one reply was sound"), 7);
    assert_gone(&player, reason);
}

#[test]
fn repeated_long_reply_breaks_off() {
    let mut player = Player::ready();
    let (first, second) = (player.call(1), player.call(2));
    let (running, _) = player.start_next();
    player.write_output(running.slot, &ANSWER);
    player.answer(running, long(VALUE, 0, ANSWER.len()));
    player.prepare(long(VALUE, 0, ANSWER.len()));
    player.publish(running);
    let reason = "a second reply for a call";
    assert_protocol_error(&player.outcome::<u64>(second).expect_err("broken"), reason);
    assert_eq!(player.outcome::<u64>(first).expect("its one reply was sound"), 7);
    assert_gone(&player, reason);
}

#[test]
fn unexpected_notice_breaks_off() {
    for notice in [0, 3, READY, u64::MAX >> 13] {
        assert_breaks_off("an unexpected notice", |player, _| player.notice(notice));
    }
}

#[test]
fn unexpected_first_notice_breaks_off() {
    let mut player = Player::starting();
    let call = player.call(1);
    player.notice(3);
    let reason = "an unexpected notice";
    assert_protocol_error(&player.outcome::<u64>(call).expect_err("broken"), reason);
    assert_gone(&player, reason);
    let ready = player.object.wait_until(WaitKey::State, None, |state| match state.summary() {
        Summary::Ended(end) => Some(end.start_error().to_string()),
        Summary::Starting | Summary::Ready => None,
    });
    assert!(ready.is_some_and(|error| error.contains(reason)));
}

#[test]
fn reply_for_a_call_that_is_not_answered_breaks_off() {
    assert_breaks_off("a reply for a call that is not answered", |player, running| {
        player.prepare(long(VALUE, 0, 8));
        player.publish(running);
    });
}

#[test]
fn reply_for_a_call_that_was_not_started_breaks_off() {
    assert_breaks_off("a reply for a call that is not answered", |player, _| {
        let (queued, _) = player.take_request();
        player.prepare(long(VALUE, 0, 8));
        player.publish(queued);
    });
}

#[test]
fn reply_of_unknown_kind_breaks_off() {
    for tag in [0, 3, u32::MAX] {
        assert_breaks_off("a reply of unknown kind", |player, running| {
            player.answer(running, short(tag, &ANSWER));
        });
    }
}

#[test]
fn length_outside_the_region_breaks_off() {
    for (offset, len) in [(0, 4 * OUTPUT_LIMIT), (4 * OUTPUT_LIMIT, 1), (1, usize::MAX - 1)] {
        assert_breaks_off("a message that lies outside its region", |player, running| {
            player.answer(running, long(VALUE, offset, len));
        });
    }
}

#[test]
fn length_that_overflows_breaks_off() {
    for (offset, len) in [(usize::MAX, 1), (1, usize::MAX), (usize::MAX, usize::MAX)] {
        assert_breaks_off("a message whose length overflows", |player, running| {
            player.answer(running, long(VALUE, offset, len));
        });
    }
}

#[test]
fn short_message_that_is_too_long_breaks_off() {
    for claimed in [50_u64, 256, 257, u64::from(u32::MAX)] {
        assert_breaks_off("a short message that is too long", |player, running| {
            player.answer(running, [u64::from(VALUE) | claimed << 32, 0, 0, 0, 0, 0, 0]);
        });
    }
}

#[test]
fn ring_of_random_entries_breaks_off() {
    let mut player = Player::ready();
    let call = player.call(1);
    for n in 1..=8_u64 {
        let noise = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        player.prepare([noise; 7]);
        player.publish(Entry { slot: noise as u16 & 0xfff, call: noise >> 13 });
    }
    let error = player.outcome::<u64>(call).expect_err("broken");
    assert!(matches!(error, CallError::Protocol { .. }), "{error}");
}

#[test]
fn impossible_call_state_breaks_off_when_limits_are_enforced() {
    let reason = "a call in a state that it cannot be in";
    assert_breaks_off(reason, |player, running| {
        player.channel.state(running.slot).0.store(u64::MAX, Ordering::SeqCst);
        player.object.poll_limits(&Pauses::default());
    });
    let mut player = Player::ready();
    let call = player.call(1);
    let (running, _) = player.start_next();
    player.channel.state(running.slot).0.store(u64::MAX, Ordering::SeqCst);
    player.object.cancel(call);
    assert_protocol_error(&player.outcome::<u64>(call).expect_err("no result is invented"), reason);
    assert_gone(&player, reason);
}
