//! Tests what the slots' state words tell the parent when a child has died.

use std::sync::atomic::Ordering;
use std::thread;

use super::player::{Player, SLOTS, SOON, long, short};
use crate::error::{CallError, CallId, Started};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::parent::calls::table::Owner;
use crate::parent::calls::timing::{CancelReason, CancelRequest};
use crate::parent::life::phase::Summary;
use crate::parent::threads::supervisor;
use crate::protocol::tag::VALUE;
use crate::transport::Transport;
use crate::transport::call_state::CallPhase;
use crate::transport::ring::Entry;

const ANSWER: [u8; 8] = 7_u64.to_ne_bytes();

#[test]
fn errors_of_a_death_say_whether_calls_had_started() {
    let mut player = Player::ready();
    let running = player.call(0);
    let queued: Vec<_> = (1..SLOTS as u64 + 3).map(|n| player.call(n)).collect();
    player.start_next();
    player.die();
    let error = player.outcome::<u64>(running).expect_err("died");
    assert_eq!((error.started(), error.call().map(CallId::get)), (Started::Yes, Some(running.call)));
    let CallError::Died { death, .. } = error else { panic!("{error}") };
    assert_eq!(death.running.map(|(method, call)| (method, call.get())), Some(("first", running.call)));
    assert_eq!(death.exit.signal_name(), Some("SIGKILL"));
    for call in queued {
        let error = player.outcome::<u64>(call).expect_err("died");
        assert_eq!((error.started(), error.call().map(CallId::get)), (Started::No, Some(call.call)));
        assert!(matches!(error, CallError::Died { .. }), "{error}");
    }
}

#[test]
fn accepting_the_last_call_requests_the_end() {
    let player = Player::ready();
    let object = &player.object;
    let submit = |owner| object.submit(0, owner, |writer| writer.put("argument", &1));
    assert!(!object.is_consumed());
    submit(Owner::Last).expect("accepted");
    assert!(object.is_consumed(), "the end of the child is now expected");
    assert!(submit(Owner::Call).is_err(), "no further call is accepted");
}

#[test]
fn short_answer_without_an_entry_counts() {
    let mut player = Player::ready();
    let (answered, queued) = (player.call(1), player.call(2));
    answer_unpublished(&mut player, short(VALUE, &ANSWER));
    player.die();
    assert_eq!(player.outcome::<u64>(answered).expect("it was answered"), 7);
    assert_eq!(player.outcome::<u64>(queued).expect_err("died").started(), Started::No);
}

#[test]
fn long_answer_without_an_entry_counts() {
    let mut player = Player::ready();
    let answered = player.call(1);
    let entry = answer_unpublished(&mut player, long(VALUE, 0, ANSWER.len()));
    player.write_output(entry.slot, &ANSWER);
    player.die();
    assert_eq!(player.outcome::<u64>(answered).expect("it was answered"), 7);
}

#[test]
fn malformed_unpublished_answer_is_a_started_call_that_died() {
    let mut player = Player::ready();
    let answered = player.call(1);
    answer_unpublished(&mut player, long(VALUE, usize::MAX, 1));
    player.die();
    let error = player.outcome::<u64>(answered).expect_err("the answer is malformed");
    assert_eq!(error.started(), Started::Yes);
    assert!(matches!(error, CallError::Died { .. }), "{error}");
}

#[test]
fn impossible_call_state_leaves_the_start_unknown() {
    let mut player = Player::ready();
    let call = player.call(1);
    let (running, _) = player.start_next();
    player.channel.state(running.slot).0.store(u64::MAX, Ordering::Relaxed);
    player.die();
    assert_eq!(player.outcome::<u64>(call).expect_err("died").started(), Started::Unknown);
}

#[test]
fn replies_that_were_published_before_the_death_are_results() {
    let mut player = Player::ready();
    let calls: Vec<_> = (0..SLOTS as u64).map(|n| player.call(n)).collect();
    for _ in &calls {
        player.serve();
    }
    player.die();
    player.wait_for_state("the end", |phase| matches!(phase, Summary::Ended(_)));
    for (n, call) in (0..).zip(calls) {
        assert_eq!(player.outcome::<u64>(call).expect("served"), 2 * n);
    }
}

#[test]
fn cancelled_call_never_runs() {
    let mut player = Player::ready();
    let (running, queued) = (player.call(1), player.call(2));
    player.start_next();
    let object = player.object.clone();
    let shutdown = thread::spawn(move || object.terminate());
    let error = player.outcome::<u64>(queued).expect_err("cancelled");
    assert_eq!(error.started(), Started::No);
    assert!(matches!(error, CallError::Ended { .. }), "{error}");
    let (entry, _) = player.take_request();
    let state = player.channel.state(entry.slot);
    assert!(!state.start(entry.call), "the child finds it cancelled");
    assert_eq!(state.phase_of(entry.call), Some(CallPhase::Cancelled));
    // This child does not stop when asked. It is killed after the grace period.
    shutdown.join().expect("no panic").expect("ended");
    assert_eq!(player.outcome::<u64>(running).expect_err("killed").started(), Started::Yes);
}

#[test]
fn reply_for_a_cancelled_call_breaks_off() {
    let mut player = Player::ready();
    let (running, queued) = (player.call(1), player.call(2));
    player.start_next();
    let object = player.object.clone();
    let shutdown = thread::spawn(move || object.terminate());
    assert_eq!(player.outcome::<u64>(queued).expect_err("cancelled").started(), Started::No);
    let (entry, _) = player.take_request();
    player.prepare(short(VALUE, &ANSWER));
    player.publish(entry);
    shutdown.join().expect("no panic").expect("ended");
    let error = player.outcome::<u64>(running).expect_err("broken off, or killed after the grace period");
    assert!(matches!(error, CallError::Protocol { .. } | CallError::Ended { .. }), "{error}");
}

/// The child writes its answer, and dies before it publishes the entry.
fn answer_unpublished(player: &mut Player, words: [u64; 7]) -> Entry {
    let (entry, _) = player.start_next();
    player.answer_unpublished(entry, words);
    entry
}

#[test]
fn dropped_object_is_forgotten_by_the_supervisor_thread() {
    let player = Player::ready();
    let object = std::sync::Arc::downgrade(&player.object);
    supervisor::remind(u64::MAX, object.clone());
    assert!(supervisor::knows(&object));
    drop(player);
    assert!(!supervisor::knows(&object));
}

#[test]
fn region_that_a_killed_child_may_read_is_held_until_its_end() {
    let player = Player::ready();
    let lent = player.object.loan(100).expect("a slot is free").freeze();
    let put = |writer: &mut ArgumentWriter<'_>| writer.put("argument", lent.bytes());
    let key = player.object.submit(0, Owner::Call, put).expect("accepted");
    let mut state = player.object.lock();
    let slot = state.calls.slots.slot_of(key.index()).expect("it was sent");
    assert!(player.channel.state(slot).start(key.call), "not cancelled");
    let cancel_request = CancelRequest { at: 0, ran_for: SOON, reason: CancelReason::Cancelled };
    player.object.abandon(&mut state, Entry { slot, call: key.call }, key.index(), cancel_request, false);
    drop(state);
    assert_eq!(std::sync::Arc::strong_count(&lent), 2, "it is held");
    assert!(matches!(player.outcome::<u64>(key), Err(CallError::Cancelled { killed: true, .. })));
    player.wait_for_state("the end", |phase| matches!(phase, Summary::Ended(_)));
    assert_eq!(std::sync::Arc::strong_count(&lent), 1, "it was released");
}
