//! Tests replies whose ring entry is sound, but whose bytes cannot be decoded.

use std::sync::atomic::Ordering;

use serde::de::DeserializeOwned;

use super::player::{Player, long, short};
use crate::error::{CallError, PushErrorKind};
use crate::parent::calls::table::Owner;
use crate::parent::life::phase::Summary;
use crate::protocol::tag::{FAILURE, VALUE};

/// Returns a placeholder for a list of bytes at this place of the region.
fn placeholder(offset: u64, len: u64) -> Vec<u8> {
    const U8: u8 = 1;
    [&[0xc7, 17, 100, U8][..], &offset.to_be_bytes(), &len.to_be_bytes()].concat()
}

fn pair(first: (u64, u64), second: (u64, u64)) -> Vec<u8> {
    [vec![0x92], placeholder(first.0, first.1), placeholder(second.0, second.1)].concat()
}

/// Returns the outcome of a call with this result, which lies after `raw_size` bytes of raw
/// regions.
fn result_of<T: DeserializeOwned>(
    player: &mut Player,
    tag: u32,
    raw_size: usize,
    structured: &[u8],
) -> Result<T, CallError> {
    let call = player.call(1);
    let (running, _) = player.start_next();
    player.write_output(running.slot, &[vec![5; raw_size], structured.to_vec()].concat());
    player.answer(running, long(tag, raw_size, structured.len()));
    player.outcome(call)
}

/// Asserts that the call has a protocol error, that its child is killed, and that a later call is
/// refused with the same error.
#[track_caller]
fn assert_breaks_off<T: DeserializeOwned>(tag: u32, raw_size: usize, structured: &[u8]) {
    let mut player = Player::ready();
    let error = result_of::<T>(&mut player, tag, raw_size, structured).err().expect("no result is invented");
    assert!(matches!(error, CallError::Protocol { .. }), "another error: {error}");
    match player.object.submit(0, Owner::Call, |writer| writer.put("argument", &1_u64)) {
        Err(PushErrorKind::Gone(error)) => assert!(matches!(error, CallError::Protocol { .. }), "{error}"),
        other => panic!("a later call is not refused as it should be: {other:?}"),
    }
    player.wait_for_state("the end", |phase| matches!(phase, Summary::Ended(_)));
    assert!(player.child.has_ended());
}

type Lists = (Vec<u8>, Vec<u8>);

#[test]
fn sound_results_are_read() {
    let mut player = Player::ready();
    let lists = result_of::<Lists>(&mut player, VALUE, 256, &pair((0, 65), (128, 128)));
    assert_eq!(lists.expect("sound"), (vec![5; 65], vec![5; 128]));
    let nested = [vec![0x91; 100], vec![0xc0]].concat();
    assert!(result_of::<serde_json::Value>(&mut player, VALUE, 0, &nested).is_ok());
    assert_eq!(result_of::<String>(&mut player, VALUE, 0, b"\xa5hello").expect("sound"), "hello");
    assert!(!player.child.has_ended());
}

#[test]
fn overlapping_regions_break_off() {
    for (first, second) in [((0, 65), (64, 64)), ((0, 128), (0, 128)), ((64, 64), (0, 64)), ((0, 256), (64, 1))] {
        assert_breaks_off::<Lists>(VALUE, 256, &pair(first, second));
        assert_breaks_off::<Vec<Vec<u8>>>(VALUE, 256, &pair(first, second));
        assert_breaks_off::<serde_json::Value>(VALUE, 256, &pair(first, second));
    }
}

#[test]
fn regions_outside_the_message_break_off() {
    for (offset, len) in [(0, 257), (256, 1), (1 << 40, 1), (u64::MAX - 63, 64), (0, u64::MAX)] {
        assert_breaks_off::<Vec<u8>>(VALUE, 256, &placeholder(offset, len));
    }
}

#[test]
fn nesting_ten_thousand_deep_breaks_off() {
    for open in [&[0x91][..], &[0x81, 0xa0], &[0x81, 0x91]] {
        let nested = [open.repeat(10_000), vec![0xc0]].concat();
        assert_breaks_off::<serde_json::Value>(VALUE, 0, &nested);
        assert_breaks_off::<Option<String>>(VALUE, 0, &nested);
    }
}

#[test]
fn truncated_message_breaks_off() {
    let whole = b"\x92\xa5hello\xa5world";
    for len in 0..whole.len() {
        assert_breaks_off::<(String, String)>(VALUE, 0, &whole[..len]);
    }
}

#[test]
fn bytes_after_the_message_break_off() {
    assert_breaks_off::<String>(VALUE, 0, b"\xa5hello!");
}

#[test]
fn claims_of_gigabytes_break_off() {
    for claim in [[0xdd, 255, 255, 255, 255], [0xdb, 255, 255, 255, 255], [0xdf, 255, 255, 255, 255]] {
        assert_breaks_off::<Vec<String>>(VALUE, 0, &claim);
        assert_breaks_off::<serde_json::Value>(VALUE, 0, &claim);
    }
}

#[test]
fn number_with_too_few_bytes_breaks_off() {
    let mut player = Player::ready();
    let call = player.call(1);
    let (running, _) = player.start_next();
    player.answer(running, short(VALUE, &[1, 2, 3]));
    let error = player.outcome::<u64>(call).expect_err("three bytes are no u64");
    assert!(matches!(error, CallError::Protocol { .. }), "{error}");
}

#[test]
fn process_is_not_killed_for_an_answer_of_an_earlier_one() {
    let mut player = Player::ready();
    let call = player.call(1);
    let (running, _) = player.start_next();
    player.answer(running, short(VALUE, &[1, 2, 3]));
    player.wait_for_state("answered", |_| true);
    // As after a restart: the object has another process.
    let first = player.object.pid.swap(u32::MAX, Ordering::Relaxed);
    let error = player.outcome::<u64>(call).expect_err("three bytes are no u64");
    assert!(matches!(error, CallError::Protocol { .. }) && error.info().pid == first, "{error}");
    assert!(player.object.lock().phase.broken().is_none(), "the present process is sound");
}

#[test]
fn undecodable_failure_breaks_off() {
    for noise in [&b""[..], b"\xc1", b"\xa5hello", &[0x91; 10_000]] {
        assert_breaks_off::<u64>(FAILURE, 0, noise);
    }
}
