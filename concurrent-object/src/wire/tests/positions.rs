//! Structs that are read by position, and the types for which that would be wrong.

use std::fmt;

use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer, forward_to_deserialize_any};

use super::{Message, assert_returns, assert_returns_everywhere, only};
use crate::wire::raw::derived_visitor;
use crate::wire::{DecodeError, Decoder, Raw};

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone, Copy, Default)]
struct Pair {
    first: u8,
    second: u8,
}

const PAIR: Pair = Pair { first: 1, second: 2 };

/// Encodes three equal values in a list, and decodes the list as another type.
#[track_caller]
fn assert_read_as<W: Serialize, R>(written: &W, read: R)
where
    R: de::DeserializeOwned + PartialEq + fmt::Debug + Clone,
{
    let message = Message::one(&[written, written, written]);
    assert_eq!(only::<[R; 3]>(message.trusted()), Ok([read.clone(), read.clone(), read.clone()]));
    assert_eq!(only::<[R; 3]>(message.foreign()), Ok([read.clone(), read.clone(), read]));
}

/// Announces the fields in the order in which [`Pair`] writes them. As a sequence it expects the
/// second field first.
#[derive(PartialEq, Debug, Clone)]
struct Swapped(Pair);

impl<'de> Deserialize<'de> for Swapped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SwappedVisitor;
        impl<'de> Visitor<'de> for SwappedVisitor {
            type Value = Swapped;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a pair")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Swapped, A::Error> {
                let second = seq.next_element()?.unwrap_or_default();
                let first = seq.next_element()?.unwrap_or_default();
                Ok(Swapped(Pair { first, second }))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Swapped, A::Error> {
                let mut pair = Pair::default();
                while let Some((key, value)) = map.next_entry::<String, u8>()? {
                    *(if key == "first" { &mut pair.first } else { &mut pair.second }) = value;
                }
                Ok(Swapped(pair))
            }
        }
        deserializer.deserialize_struct("Pair", &["first", "second"], SwappedVisitor)
    }
}

#[test]
fn a_visitor_of_the_user_is_read_by_name_even_if_its_fields_are_the_written_ones() {
    assert_read_as(&PAIR, Swapped(PAIR));
}

#[test]
fn a_type_that_announces_other_fields_than_are_written_is_read_by_name() {
    #[derive(Deserialize, PartialEq, Debug, Clone)]
    struct OtherOrder {
        second: u8,
        first: u8,
    }
    #[derive(Deserialize, PartialEq, Debug, Clone)]
    struct Less {
        second: u8,
    }
    #[derive(Deserialize, PartialEq, Debug, Clone)]
    struct More {
        zeroth: Option<u8>,
        #[serde(default)]
        first: u16,
        second: i64,
    }
    #[derive(Deserialize, PartialEq, Debug, Clone)]
    struct Aliases {
        #[serde(alias = "second")]
        later: u8,
        #[serde(alias = "first")]
        earlier: u8,
    }
    #[derive(Deserialize, PartialEq, Debug, Clone)]
    struct Hidden {
        #[serde(skip_deserializing)]
        first: u8,
        #[serde(rename = "first")]
        second: u8,
    }
    assert_read_as(&PAIR, OtherOrder { second: 2, first: 1 });
    assert_read_as(&PAIR, Less { second: 2 });
    assert_read_as(&PAIR, More { zeroth: None, first: 1, second: 2 });
    assert_read_as(&PAIR, Aliases { later: 2, earlier: 1 });
    assert_read_as(&PAIR, Hidden { first: 0, second: 1 });
    assert_read_as(&PAIR, (IgnoredAny, PAIR).1);
}

/// Writes the fields of [`Pair`] in the other order.
struct Backwards(Pair);

impl Serialize for Backwards {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pair = serializer.serialize_struct("Pair", 2)?;
        pair.serialize_field("second", &self.0.second)?;
        pair.serialize_field("first", &self.0.first)?;
        pair.end()
    }
}

#[test]
fn fields_that_are_written_in_another_order_are_read_by_name() {
    assert_read_as(&Backwards(PAIR), PAIR);
    let message = Message::one(&vec![(PAIR, Backwards(PAIR)), (PAIR, Backwards(PAIR)), (PAIR, Backwards(PAIR))]);
    assert_eq!(only::<Vec<(Pair, Pair)>>(message.foreign()), Ok(vec![(PAIR, PAIR); 3]));
}

#[test]
fn an_alias_that_names_another_field_is_refused_as_by_name() {
    #[derive(Deserialize, PartialEq, Debug, Clone)]
    struct Ambiguous {
        #[serde(alias = "second")]
        first: u8,
        #[serde(skip_deserializing)]
        second: u8,
    }
    let message = Message::one(&[PAIR; 3]);
    let read = only::<Vec<Ambiguous>>(message.foreign());
    assert!(matches!(read, Err(DecodeError::Refused { .. })), "{read:?}");
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone, Default)]
#[serde(default, rename_all = "camelCase")]
struct Mixed {
    small_number: u8,
    text: String,
    signed: i8,
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<f32>,
    #[serde(skip)]
    hidden: u64,
    truth: bool,
    #[serde(serialize_with = "negated", deserialize_with = "unnegated")]
    inverted: bool,
    wide: f64,
    pair: Pair,
    below: Vec<Mixed>,
    narrow: f32,
}

fn negated<S: Serializer>(truth: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(!truth)
}

fn unnegated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    bool::deserialize(deserializer).map(|truth| !truth)
}

fn mixed(at: u8, below: Vec<Mixed>) -> Mixed {
    Mixed {
        small_number: at.wrapping_mul(100),
        text: "x".repeat(at.into()),
        signed: -7 * at.cast_signed(),
        maybe: at.is_multiple_of(3).then_some(0.5),
        hidden: 0,
        truth: at.is_multiple_of(2),
        inverted: at.is_multiple_of(2),
        wide: f64::from(at) / 7.0,
        pair: Pair { first: at, second: 255 - at },
        below,
        narrow: f32::from(at),
    }
}

#[test]
fn structs_with_native_and_other_fields_return() {
    let list = |step: usize| (0..16).step_by(step).map(|at| mixed(at, vec![])).collect::<Vec<_>>();
    for step in 1..4 {
        assert_returns_everywhere(&list(step));
        assert_returns(&(0..5).map(|at| mixed(at, list(step))).collect::<Vec<_>>());
    }
}

#[test]
fn a_type_parameter_decides_for_each_struct_which_fields_are_native() {
    #[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
    struct Both<T> {
        left: T,
        right: T,
    }
    let numbers = vec![Both { left: 1_u8, right: 200 }; 3];
    let texts = vec![Both { left: "a".to_owned(), right: "b".to_owned() }; 3];
    let floats = vec![Both { left: 0.5_f64, right: -0.5 }; 3];
    assert_returns(&(numbers.clone(), texts.clone(), floats.clone()));
    assert_returns(&(texts, floats, numbers));
}

#[test]
fn native_fields_are_read_as_other_types_that_accept_them() {
    #[derive(Serialize)]
    struct Scalars {
        small: u8,
        signed: i8,
        truth: bool,
        narrow: f32,
        wide: f64,
    }
    #[derive(Deserialize, PartialEq, Debug, Clone)]
    struct Wider {
        small: Option<u64>,
        signed: i128,
        truth: serde_json::Value,
        narrow: f64,
        wide: (),
    }
    let scalars = Scalars { small: 200, signed: -100, truth: true, narrow: 0.25, wide: 1.5 };
    let message = Message::one(&[&scalars; 3]);
    assert!(only::<Vec<Wider>>(message.foreign()).is_err(), "a number is no unit");
    let shown: serde_json::Value = only(message.foreign()).expect("anything");
    let expected = serde_json::json!({"small": 200, "signed": -100, "truth": true, "narrow": 0.25, "wide": 1.5});
    assert_eq!(shown, serde_json::json!([expected, expected, expected]));
    #[derive(Deserialize, PartialEq, Debug, Clone)]
    struct Loose {
        small: Option<u64>,
        signed: i128,
        truth: IgnoredAny,
        narrow: f64,
        wide: f32,
    }
    let loose = Loose { small: Some(200), signed: -100, truth: IgnoredAny, narrow: 0.25, wide: 1.5 };
    assert_read_as(&scalars, loose);
}

#[test]
fn the_visitor_of_a_derived_type_is_recognised_and_no_other() {
    /// Returns as its error whether the visitor of a struct is derived.
    struct Asks;
    impl<'de> Deserializer<'de> for Asks {
        type Error = de::value::Error;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
            Err(de::Error::custom((derived_visitor::<V>().is_derived)()))
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
        }
    }
    fn is_derived<T: for<'de> Deserialize<'de>>() -> bool {
        T::deserialize(Asks).err().is_some_and(|error| error.to_string() == "true")
    }
    #[derive(Deserialize)]
    struct Generic<T> {
        _value: T,
    }
    assert!(is_derived::<Pair>());
    assert!(is_derived::<Mixed>());
    assert!(is_derived::<Generic<Vec<Pair>>>());
    assert!(!is_derived::<Swapped>());
    assert!(!is_derived::<std::time::Duration>());
}

#[test]
fn invalid_definitions_of_native_fields_are_malformed() {
    let first = [&[0x94, 0xc1, 0x82, 0xa1, b'a', 1, 0xa1, b'b', 2][..], &[0; 0]].concat();
    let used = [0xc1, 0xe0, 2, 1, 1, 0xe0, 3, 4];
    let valid = [&first[..], &used, &[0xe0, 5, 6, 0xc0]].concat();
    let read: serde_json::Value = only(Decoder::new(&valid, Raw::Trusted(&[]))).expect("valid");
    assert_eq!(read[2], serde_json::json!({"a": 5, "b": 6}));
    let cases: [(&str, &[u8]); 8] = [
        ("defined twice", &[0xc1, 0xe0, 2, 1, 1, 0xc1, 0xe0, 2, 1, 1, 0xe0, 3, 4, 1, 1]),
        ("defined after a use", &[0xe0, 3, 4, 0xc1, 0xe0, 2, 1, 1, 0xe0, 3, 4, 1]),
        ("defined again", &[0xc1, 0xe0, 2, 1, 1, 0xe0, 3, 4, 0xc1, 0xe0, 2, 1, 1, 0xe0, 3, 4, 1]),
        ("an unknown shape", &[0xc1, 0xe1, 2, 1, 1, 0xe0, 3, 4, 1, 1]),
        ("too few codes", &[0xc1, 0xe0, 1, 1, 0xe0, 3, 4, 1, 1]),
        ("an unknown code", &[0xc1, 0xe0, 2, 1, 6, 0xe0, 3, 4, 1, 1]),
        ("no struct", &[0xc1, 0xe0, 2, 1, 1]),
        ("truncated", &[0xc1, 0xe0, 2, 5, 5, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ];
    for (case, bytes) in cases {
        let bytes = [&first[..], bytes].concat();
        let read = only::<serde_json::Value>(Decoder::new(&bytes, Raw::Trusted(&[])));
        assert!(matches!(read, Err(DecodeError::Malformed { .. })), "{case}: {read:?}");
    }
}
