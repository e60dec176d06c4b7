//! Plain lists: where they lie in a message, which types borrow them, and which read them element
//! by element.

use std::borrow::Cow;
use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Lines, Message, assert_returns, assert_returns_everywhere, only};
use crate::wire::parameter::Slice;

macro_rules! every_kind {
    ($($number:ty)*) => {$({
        for len in [0, 1, 2, 4, 5, 64, 65, 1000] {
            let list: Vec<$number> = (0..len).map(|index| index as $number).collect();
            assert_returns_everywhere(&list);
            assert_returns_everywhere(&list.clone().into_boxed_slice());

            let message = Message::one(&list[..]);
            let mut decoder = message.trusted();
            let held = decoder.take_held::<[$number]>().expect("a list");
            let Slice::Borrowed(borrowed) = held else { panic!("trusted memory is borrowed") };
            assert_eq!(borrowed, list);
            assert!(len == 0 || message.raw().as_ptr_range().contains(&borrowed.as_ptr().cast()));

            let mut decoder = message.foreign();
            let held = decoder.take_held::<[$number]>().expect("a list");
            assert!(matches!(&held, Slice::Owned(owned) if *owned == list));
        }
    })*};
}

#[test]
fn lists_of_every_kind_return() {
    every_kind! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 }
}

#[test]
fn bits_of_floats_return() {
    let list = vec![f64::NAN, -0.0, f64::from_bits(0x7ff0_0000_0000_0001), f64::INFINITY];
    let there: Vec<u64> = list.iter().map(|number| number.to_bits()).collect();
    for list in [list.clone(), list.repeat(10)] {
        let back: (Vec<f64>, u8) = only(Message::one(&(&list, 1_u8)).foreign()).expect("a pair");
        let back: Vec<u64> = back.0.iter().map(|number| number.to_bits()).collect();
        assert_eq!(back, there.repeat(list.len() / there.len()));
    }
}

#[test]
fn misaligned_trusted_memory_is_copied() {
    let list = [1.5_f64; 20];
    let message = Message::one(&list[..]);
    let mut shifted = vec![0; 1];
    shifted.extend_from_slice(message.raw());
    let shifted = super::aligned(&shifted);
    let raw = &shifted.as_flattened_bytes()[1..=message.raw().len()];
    let mut decoder = super::Decoder::new(&message.structured, super::Raw::Trusted(raw));
    let held = decoder.take_held::<[f64]>().expect("a list");
    assert!(matches!(&held, Slice::Owned(owned) if owned[..] == list));
}

#[test]
fn borrowing_types_borrow_from_the_message() {
    let (short, long) = (vec![1_u8; 10], vec![2_u8; 100]);
    let message = Message::one(&(&short[..], Some(&long[..]), "text", 7_u32));
    let mut decoder = message.trusted();
    let (a, b, text, number) = decoder.take::<(&[u8], Option<&[u8]>, &str, u32)>().expect("all can be borrowed");
    assert_eq!((a, b, text, number), (&short[..], Some(&long[..]), "text", 7));
    assert!(message.structured.as_ptr_range().contains(&a.as_ptr()));
    assert!(message.structured.as_ptr_range().contains(&text.as_ptr()));
    assert!(b.is_some_and(|b| message.raw().as_ptr_range().contains(&b.as_ptr())));
}

#[derive(Deserialize, Serialize)]
struct Borrowing<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
    #[serde(borrow, with = "bytes")]
    bytes: Cow<'a, [u8]>,
    words: Vec<&'a str>,
}

/// Encodes and decodes bytes as the crate `serde_bytes` does.
mod bytes {
    use super::*;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, [u8]>, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Cow<'de, [u8]>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }
            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(bytes))
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Cow::Owned(bytes.to_vec()))
            }
        }
        deserializer.deserialize_byte_buf(Bytes)
    }
}

#[test]
fn borrowing_structs_borrow_from_the_message() {
    let long = vec![3; 100];
    let value = Borrowing { text: "text".into(), bytes: Cow::Borrowed(&long), words: vec!["a", "b"] };
    let message = Message::one(&value);
    let back = message.trusted().take::<Borrowing<'_>>().expect("a struct");
    assert!(matches!(back.text, Cow::Borrowed("text")));
    assert!(matches!(back.bytes, Cow::Borrowed(bytes) if *bytes == long));
    assert_eq!(back.words, ["a", "b"]);
    let copied = message.foreign().take::<Borrowing<'_>>().expect("a struct");
    assert!(matches!(copied.bytes, Cow::Owned(bytes) if *bytes == long));
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(untagged)]
enum Untagged {
    Bytes { bytes: OwnedBytes },
}

/// Bytes that are always encoded and decoded with serde's methods for bytes, also inside other
/// types.
#[derive(PartialEq, Debug, Clone)]
struct OwnedBytes(Vec<u8>);

impl Serialize for OwnedBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        bytes::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for OwnedBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        bytes::deserialize(deserializer).map(|bytes| Self(bytes.into_owned()))
    }
}

#[test]
fn byte_strings_return() {
    for len in [0, 16, 64, 65, 100_000] {
        let bytes = OwnedBytes(vec![5; len]);
        assert_returns_everywhere(&bytes);
        assert_returns_everywhere(&Untagged::Bytes { bytes: bytes.clone() });
        let message = Message::one(&(&bytes, 1_u8));
        assert_eq!(only::<(Vec<u8>, u8)>(message.foreign()), Ok((bytes.0.clone(), 1)));
        let message = Message::one(&(&bytes.0, 1_u8));
        assert_eq!(only::<(OwnedBytes, u8)>(message.foreign()), Ok((bytes, 1)));
    }
}

/// Numbers whose kind the reader learns from the message.
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(untagged)]
enum Signed {
    Small { small: Vec<i8> },
    Large { large: Vec<i64> },
}

#[test]
fn signed_numbers_return_where_the_type_does_not_say_their_kind() {
    assert_returns_everywhere(&Signed::Small { small: (-50..50).collect() });
    assert_returns_everywhere(&Signed::Large { large: (0..100).map(|at| i64::MIN + at).collect() });
}

/// A list whose own visitor adds the sum of the elements at the end.
#[derive(PartialEq, Debug, Clone)]
struct Summed(Vec<u8>);

impl Serialize for Summed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl<'de> Deserialize<'de> for Summed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Sum;
        impl<'de> Visitor<'de> for Sum {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<u8>, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = items.next_element::<u8>()? {
                    all.push(item);
                }
                all.push(all.iter().copied().fold(0, u8::wrapping_add));
                Ok(all)
            }
        }
        deserializer.deserialize_seq(Sum).map(Self)
    }
}

#[test]
fn visitors_of_the_user_are_not_bypassed() {
    for len in [3_u8, 100] {
        let there = Summed(vec![2; len.into()]);
        let mut here = there.0.clone();
        here.push(len.wrapping_mul(2));
        assert_eq!(only(Message::one(&there).trusted()), Ok(Summed(here.clone())));
        assert_eq!(only(Message::one(&Some(there)).foreign()), Ok(Some(Summed(here))));
    }
}

#[test]
fn lists_are_read_as_other_sequences() {
    let numbers = vec![1.5_f32; 3];
    let long: Vec<u16> = (0..100).collect();
    let message = Message::one(&(&numbers, &long));
    type Others = ([f32; 3], std::collections::BTreeSet<u16>);
    assert_eq!(only::<Others>(message.trusted()), Ok(([1.5; 3], long.iter().copied().collect())));
    type Wider = (Vec<Option<f64>>, std::collections::VecDeque<u64>);
    let wider = (vec![Some(1.5); 3], long.iter().map(|number| u64::from(*number)).collect());
    assert_eq!(only::<Wider>(message.foreign()), Ok(wider));
    assert!(only::<([f32; 2], Vec<u16>)>(message.trusted()).is_err(), "one element too many");
}

#[test]
fn lists_that_are_ignored_are_skipped() {
    #[derive(Serialize)]
    struct Much {
        a: Vec<u64>,
        b: Vec<Option<Option<u8>>>,
        c: Vec<u64>,
    }
    #[derive(Deserialize, PartialEq, Debug)]
    struct Little {
        c: Vec<u64>,
    }
    let much = Much { a: vec![1; 100], b: vec![Some(None), None, Some(Some(1))], c: vec![2; 100] };
    assert_eq!(only(Message::one(&much).foreign()), Ok(Little { c: vec![2; 100] }));
}

#[test]
fn in_place_reading_works() {
    let message = Message::one(&(vec![1_u32; 100], vec![2_u32; 3]));
    let mut place = (vec![9_u32; 50], Vec::new());
    let raw = super::Raw::Foreign(super::Foreign::of(message.raw()));
    let mut reader = crate::wire::reader::Reader::new(&message.structured, raw, Default::default());
    let deserializer = crate::wire::value::ValueDeserializer::new(&mut reader);
    Deserialize::deserialize_in_place(deserializer, &mut place).expect("a pair of lists");
    assert_eq!(place, (vec![1; 100], vec![2; 3]));
}

#[test]
fn lists_in_keys_return() {
    assert_returns(&std::collections::BTreeMap::from([(vec![1_i64; 100], 'a'), (vec![], 'b')]));
}
