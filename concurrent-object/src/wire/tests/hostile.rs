//! Bytes that no encoder writes, from a hostile sender.

use serde::{Deserialize, Serialize};

use super::{Foreign, Lines, Message, aligned, only};
use crate::wire::{DecodeError, Decoder, EncodeError, MAX_DEPTH, MAX_LEVELS, Raw};

/// A placeholder as the encoder writes it.
fn placeholder(kind: u8, offset: u64, len: u64) -> Vec<u8> {
    [&[0xc7, 17, 100, kind][..], &offset.to_be_bytes(), &len.to_be_bytes()].concat()
}

const U8: u8 = 1;
const U32: u8 = 3;

/// Decodes `structured` over 256 raw bytes, from foreign and from trusted memory, and compares the
/// outcomes.
fn decode<T: serde::de::DeserializeOwned>(structured: &[u8]) -> Result<T, DecodeError> {
    let raw = aligned(&[7; 256]);
    let raw = raw.as_flattened_bytes();
    let trusted = only::<T>(Decoder::new(structured, Raw::Trusted(raw))).map(drop);
    let foreign = only(Decoder::new(structured, Raw::Foreign(Foreign::of(raw))));
    assert_eq!(foreign.as_ref().map(drop), trusted.as_ref().map(drop));
    foreign
}

#[track_caller]
fn assert_malformed<T: serde::de::DeserializeOwned>(structured: &[u8]) {
    assert!(matches!(decode::<T>(structured), Err(DecodeError::Malformed { .. })));
}

#[test]
fn valid_placeholders_are_accepted() {
    assert_eq!(decode::<Vec<u8>>(&placeholder(U8, 0, 256)), Ok(vec![7; 256]));
    assert_eq!(decode::<Vec<u32>>(&placeholder(U32, 192, 64)), Ok(vec![0x0707_0707; 16]));
    assert_eq!(decode::<Vec<u8>>(&placeholder(U8, 256, 0)), Ok(vec![]));
    let pair = [vec![0x92], placeholder(U8, 0, 65), placeholder(U8, 128, 128)].concat();
    assert_eq!(decode(&pair), Ok((vec![7_u8; 65], vec![7_u8; 128])));
}

#[test]
fn regions_outside_the_message_are_malformed() {
    for (offset, len) in [(0, 257), (64, 256), (256, 4), (320, 0), (u64::MAX - 63, 64), (0, u64::MAX), (1 << 40, 4)] {
        assert_malformed::<Vec<u8>>(&placeholder(U8, offset, len));
    }
}

#[test]
fn misaligned_and_odd_regions_are_malformed() {
    assert_malformed::<Vec<u8>>(&placeholder(U8, 1, 4));
    assert_malformed::<Vec<u32>>(&placeholder(U32, 32, 4));
    assert_malformed::<Vec<u32>>(&placeholder(U32, 0, 6));
    assert_malformed::<Option<Vec<u32>>>(&[0xc7, 4, 101, U32, 0, 0, 0]);
}

#[test]
fn unknown_kinds_and_odd_placeholders_are_malformed() {
    assert_malformed::<Vec<u8>>(&placeholder(13, 0, 4));
    assert_malformed::<Vec<u8>>(&placeholder(255, 0, 4));
    assert_malformed::<Vec<u8>>(&[0xc7, 3, 100, U8, 0, 0]);
    assert_malformed::<Vec<u8>>(&[0xc7, 18, 100, U8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_malformed::<Vec<u8>>(&[0xc7, 0, 101]);
}

#[test]
fn regions_that_overlap_or_go_back_are_malformed() {
    for (first, second) in [((0, 65), (64, 4)), ((64, 64), (0, 64)), ((0, 64), (0, 64)), ((0, 256), (64, 1))] {
        let pair = [vec![0x92], placeholder(U8, first.0, first.1), placeholder(U8, second.0, second.1)].concat();
        assert_malformed::<(Vec<u8>, Vec<u8>)>(&pair);
        assert_malformed::<Vec<Vec<u8>>>(&pair);
    }
}

#[test]
fn regions_of_different_values_may_not_overlap() {
    let structured = [placeholder(U8, 0, 100), placeholder(U8, 64, 4)].concat();
    let raw = [0; 256];
    let mut decoder = Decoder::new(&structured, Raw::Foreign(Foreign::of(&raw)));
    assert_eq!(decoder.take(), Ok(vec![0_u8; 100]));
    assert!(matches!(decoder.take::<Vec<u8>>().map_err(|error| *error), Err(DecodeError::Malformed { .. })));
}

#[test]
fn a_slice_of_another_kind_is_malformed() {
    let raw = [0; 256];
    for structured in [placeholder(U32, 0, 8), vec![0x92, 1, 2], vec![0xc0], vec![]] {
        let mut decoder = Decoder::new(&structured, Raw::Foreign(Foreign::of(&raw)));
        assert!(matches!(decoder.take_held::<[u8]>().map_err(|error| *error), Err(DecodeError::Malformed { .. })));
    }
}

#[test]
fn the_mark_of_an_option_is_malformed_anywhere_else() {
    assert_malformed::<Vec<u8>>(&[0xd4, 103, 0]);
    assert_malformed::<Vec<Option<u8>>>(&[0x92, 0xd4, 103, 0, 1]);
    assert_malformed::<Option<Option<u8>>>(&[0x81, 0xd4, 103, 1, 1]);
    assert_malformed::<Option<Option<u8>>>(&[0x82, 0xd4, 103, 0, 1, 2, 3]);
}

#[test]
fn scalars_out_of_range_are_malformed() {
    assert_malformed::<bool>(&[2]);
    assert_malformed::<char>(&0xd800_u32.to_ne_bytes());
    assert_malformed::<u64>(&[0; 7]);
    assert_malformed::<std::ffi::CString>(&[0xc4, 3, b'a', 0, 0]);
    assert_malformed::<std::ffi::CString>(&[0xc4, 1, b'a']);
    assert_malformed::<std::path::PathBuf>(&[0xa1, b'a']);
    assert_malformed::<String>(&[0xa1, 0xff]);
    assert_malformed::<String>(&[0xc1]);
}

#[test]
fn a_message_of_another_type_is_refused_but_not_malformed() {
    assert!(matches!(decode::<String>(&[0x93, 1, 2, 3]), Err(DecodeError::Refused { .. })));
    assert!(matches!(decode::<Vec<String>>(&[0x91, 1]), Err(DecodeError::Refused { .. })));
    assert!(matches!(decode::<(u8, u8)>(&[0x93, 1, 2, 3]), Err(DecodeError::Refused { .. })));
    assert!(matches!(decode::<Result<u8, u8>>(&[0xa2, b'O', b'k']), Err(DecodeError::Refused { .. })));
    assert!(matches!(decode::<Result<u8, u8>>(&[0x82, 1, 2, 3, 4]), Err(DecodeError::Refused { .. })));
}

#[derive(Deserialize, Serialize, PartialEq, Debug)]
enum Chain {
    Link(Box<Chain>),
    End,
}

#[derive(Deserialize, Serialize, PartialEq, Debug)]
struct Options(Option<Box<Options>>);

/// Returns `open`, repeated `levels` times, and then `end`.
fn nested(levels: usize, open: &[u8], end: &[u8]) -> Vec<u8> {
    [open.repeat(levels), end.to_vec()].concat()
}

#[test]
fn deep_nesting_is_malformed() {
    let link = [&[0x81, 0xa4][..], b"Link"].concat();
    for levels in [MAX_LEVELS + 1, 10_000, 1_000_000] {
        assert_malformed::<serde_json::Value>(&nested(levels, &[0x91], &[0xc0]));
        assert_malformed::<serde_json::Value>(&nested(levels, &[0x81, 0xa0], &[0xc0]));
        assert_malformed::<serde::de::IgnoredAny>(&nested(levels, &[0x81, 0xa0], &[0xc0]));
        assert_malformed::<Chain>(&nested(levels, &link, b"\xa3End"));
        assert_malformed::<Options>(&nested(levels, &[0x81, 0xd4, 103, 0], &[0xc0]));
    }
    assert!(decode::<serde_json::Value>(&nested(MAX_DEPTH, &[0x91], &[0xc0])).is_ok());
    assert!(decode::<Options>(&nested(MAX_DEPTH, &[0x81, 0xd4, 103, 0], &[0xc0])).is_ok());
}

#[test]
fn options_that_take_no_bytes_are_limited_in_number() {
    assert_malformed::<Options>(&[5]);
    assert_malformed::<Vec<Options>>(&[0x91, 5]);
    assert_malformed::<Vec<Options>>(&[0xc7, 2, 101, U8, 5]);
    assert_eq!(decode::<Option<Option<u8>>>(&[5]), Ok(Some(Some(5))));
}

#[test]
fn encoder_and_decoder_have_the_same_limit_of_depth() {
    let chain = |levels| (0..levels).fold(Chain::End, |inner, _| Chain::Link(Box::new(inner)));
    let options = |levels| (0..levels).fold(Options(None), |inner, _| Options(Some(Box::new(inner))));
    let too_deep = Some(EncodeError::TooDeep { limit: MAX_DEPTH });
    super::assert_returns(&chain(MAX_DEPTH));
    assert_eq!(Message::of(|encoder| encoder.put(&chain(MAX_DEPTH + 1))).err(), too_deep);
    super::assert_returns(&options(MAX_DEPTH));
    assert_eq!(Message::of(|encoder| encoder.put(&options(MAX_DEPTH + 1))).err(), too_deep);
}

#[test]
fn huge_lengths_are_malformed() {
    for header in
        [&[0xdd, 255, 255, 255, 255][..], &[0xdf, 255, 255, 255, 255], &[0xdb, 255, 255, 255, 255], &[0xdc, 1, 0]]
    {
        assert_malformed::<serde_json::Value>(header);
        assert_malformed::<Vec<()>>(header);
        assert_malformed::<Vec<Vec<u64>>>(&[&[0x91], header].concat());
    }
}

#[test]
fn truncation_is_malformed_at_every_byte() {
    let value = (1_u16, "text", Some(Some(vec![1.5_f64; 3])), vec![(vec![1_u8; 100], Some(()))], -70_000_i64, 0.5_f32);
    let message = Message::one(&value);
    type Value = (u16, String, Option<Option<Vec<f64>>>, Vec<(Vec<u8>, Option<()>)>, i64, f32);
    for len in 0..message.structured.len() {
        assert_malformed::<Value>(&message.structured[..len]);
    }
    let raw = &message.raw()[..99];
    let short = only::<Value>(Decoder::new(&message.structured, Raw::Foreign(Foreign::of(raw))));
    assert!(matches!(short, Err(DecodeError::Malformed { .. })));
}

/// An extension, in the form that `rmp-serde` defines for users.
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(rename = "_ExtStruct")]
struct Extension((i8, Content));

#[derive(PartialEq, Debug, Clone)]
struct Content(Vec<u8>);

impl Serialize for Content {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&[u8]>::deserialize(deserializer).map(|bytes| Self(bytes.to_vec()))
    }
}

#[test]
fn extensions_of_the_user_return_unless_their_tag_is_reserved() {
    for tag in [i8::MIN, -1, 0, 42, 99, 106, i8::MAX] {
        for len in [1, 3, 16, 300] {
            let value = Extension((tag, Content(vec![7; len])));
            super::assert_returns_everywhere(&value);
        }
    }
    for tag in 100..=105 {
        for len in [1, 18] {
            let value = Extension((tag, Content(vec![0; len])));
            assert!(Message::of(|encoder| encoder.put(&vec![value])).is_err());
        }
    }
}

#[test]
fn reserved_extensions_are_not_decoded_as_the_users() {
    assert!(decode::<Extension>(&placeholder(U8, 0, 4)).is_err());
    assert!(decode::<Extension>(&[0xd4, 102, 0]).is_err());
}
