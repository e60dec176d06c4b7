//! Limits: of a message while it is encoded, of one text, and of the memory of a decoded message.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Message;
use crate::wire::{DecodeError, Decoder, Encoder, Raw, RawSink, encode};

/// A sink that accepts 1000 bytes, and keeps none.
struct Capped;

const LIMIT: usize = 1000;

impl RawSink for Capped {
    fn write(&mut self, _: usize, _: &[u8]) {}

    fn limit(&self) -> usize {
        LIMIT
    }
}

#[derive(Serialize, Clone)]
struct Row {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<u8>,
}

/// Returns how many bytes of the value are counted, and the most bytes that were kept for it.
fn counted<T: Serialize + ?Sized>(value: &T) -> (usize, usize) {
    let mut structured = b"before".to_vec();
    let mut sink = Capped;
    let mut encoder = Encoder::new(&mut structured, &mut sink);
    encoder.put(value).expect("it can be encoded");
    let counted = encoder.finish().counted;
    assert!(structured.starts_with(b"before"));
    (counted, structured.capacity())
}

#[test]
fn a_message_beyond_its_limit_is_counted_and_not_kept() {
    let text = "t".repeat(10 << 20);
    let rows: Vec<_> =
        (0..100_000).map(|at| Row { name: "n".repeat(at % 40), maybe: (at % 2 == 0).then_some(1) }).collect();
    let pairs = vec![(1_u8, true); 1_000_000];
    for (what, (counted, kept), whole) in [
        ("a text", counted(&text), Message::one(&text).structured.len()),
        ("texts", counted(&[text.clone(), text.clone()]), Message::one(&[text.clone(), text.clone()]).structured.len()),
        ("rows", counted(&rows), Message::one(&rows).structured.len()),
        ("pairs", counted(&pairs), Message::one(&pairs).structured.len()),
    ] {
        assert!(counted > LIMIT, "{what}: {counted}");
        // Wrong headers, and structs that had to be rewritten with their keys, are not counted
        // exactly.
        assert!(counted.abs_diff(whole) <= whole / 10, "{what}: {counted} of {whole}");
        assert!(kept < 8 * LIMIT, "{what}: {kept}");
    }
}

#[test]
fn a_message_of_exactly_the_limit_is_kept_whole() {
    let text = "t".repeat(LIMIT - 3);
    assert_eq!(counted(&text).0, LIMIT);
    assert!(counted(&text).1 >= LIMIT);
    // Raw regions leave placeholders, which do not count.
    assert_eq!(counted(&vec![vec![1.0_f64; 100]; 2]).0, 2 * 800 + 1);
}

#[test]
fn the_error_for_a_text_that_is_too_long_names_the_limit() {
    assert!(encode::check_length(u32::MAX as usize).is_ok());
    let error = encode::check_length(u32::MAX as usize + 1).expect_err("too long").to_string();
    assert!(error.contains("4294967296") && error.contains("4294967295"), "{error}");
}

#[derive(Deserialize, Debug)]
struct Wide {
    #[serde(default)]
    _room: [u64; 32],
}

fn read<T: serde::de::DeserializeOwned>(structured: &[u8], limit: usize) -> Result<T, Box<DecodeError>> {
    Decoder::limited(structured, Raw::Trusted(&[]), limit).take()
}

#[test]
fn elements_that_take_more_memory_than_is_allowed_are_refused() {
    let small = Message::one(&vec![BTreeMap::<String, u8>::new(); 1000]).structured;
    let size = 1000 * size_of::<Wide>();
    assert_eq!(read::<Vec<Wide>>(&small, size).expect("just enough").len(), 1000);
    let error = read::<Vec<Wide>>(&small, size - 1).expect_err("one byte too many").to_string();
    assert!(error.contains("`max_decoded_size`") && error.contains(&(size - 1).to_string()), "{error}");
    // Fields of a struct are part of it: only the list counts.
    assert!(
        read::<(Vec<u8>, Wide)>(&Message::one(&(vec![1_u8; 10], BTreeMap::<u8, u8>::new())).structured, 10).is_ok()
    );
    let map = Message::one(&(0..1000_u32).map(|key| (key, ())).collect::<BTreeMap<_, _>>()).structured;
    assert!(read::<BTreeMap<u32, Option<[u64; 32]>>>(&map, 1000 * (4 + size_of::<Option<[u64; 32]>>())).is_ok());
    assert!(read::<BTreeMap<u32, Option<[u64; 32]>>>(&map, 100_000).is_err());
}

#[test]
fn lists_of_numbers_read_as_wider_elements_count_too() {
    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(from = "u8")]
    struct FromByte([u64; 32]);
    impl From<u8> for FromByte {
        fn from(byte: u8) -> Self {
            Self([byte.into(); 32])
        }
    }
    let bytes = Message::one(&Some(vec![1_u8; 60])).structured;
    assert!(read::<Option<Vec<FromByte>>>(&bytes, 60 * 256).is_ok());
    assert!(read::<Option<Vec<FromByte>>>(&bytes, 60 * 256 - 1).is_err());
}
