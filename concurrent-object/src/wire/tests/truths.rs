//! Lists of `bool` lie in messages as in memory, and the reader checks each byte.

use super::{Decoder, Lines, Message, Raw, aligned, assert_returns_everywhere, only};
use crate::memory::Foreign;
use crate::wire::DecodeError;
use crate::wire::parameter::Slice;

fn list(len: usize) -> Vec<bool> {
    (0..len).map(|at| at % 3 == 1).collect()
}

#[test]
fn lists_of_bools_return_as_raw_memory() {
    for len in [0, 1, 64, 65, 1000] {
        assert_returns_everywhere(&list(len));
        let message = Message::one(&list(len)[..]);
        assert_eq!(message.raw().len(), len);
        let held = message.trusted().take_held::<[bool]>().expect("a list");
        assert!(matches!(&held, Slice::Borrowed(borrowed) if **borrowed == list(len)));
    }
    assert_eq!(only::<Vec<u8>>(Message::one(&list(2)).trusted()).map_err(drop), Err(()));
    let shown: serde_json::Value = only(Message::one(&Some(list(70))).foreign()).expect("anything");
    assert_eq!(shown, serde_json::to_value(list(70)).expect("JSON"));
}

#[test]
fn a_byte_that_is_neither_0_nor_1_is_malformed() {
    let message = Message::one(&list(100));
    for at in [0, 50, 99] {
        let mut raw = message.raw().to_vec();
        raw[at] = 2;
        let lines = aligned(&raw);
        let raw = &lines.as_flattened_bytes()[..100];
        let decoder = |raw| Decoder::new(&message.structured, raw);
        let malformed = |error: &DecodeError| matches!(error, DecodeError::Malformed { .. });
        assert!(malformed(&only::<Vec<bool>>(decoder(Raw::Trusted(raw))).expect_err("no bool")));
        assert!(malformed(&only::<Vec<bool>>(decoder(Raw::Foreign(Foreign::of(raw)))).expect_err("no bool")));
        assert!(malformed(&decoder(Raw::Trusted(raw)).take_held::<[bool]>().expect_err("no bool")));
        assert!(only::<serde_json::Value>(decoder(Raw::Trusted(raw))).is_err());
    }
}
