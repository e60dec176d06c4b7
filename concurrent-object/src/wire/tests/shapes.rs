//! Every shape that serde can express, alone and with lists of plain numbers inside.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::IpAddr;
use std::num::NonZeroU16;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{assert_returns, assert_returns_everywhere};

/// Lists of either form: short ones travel inline, long ones raw.
fn lists() -> [Vec<f64>; 3] {
    [vec![], vec![1.5, -2.5], (0..100).map(f64::from).collect()]
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
enum External {
    Unit,
    Newtype(Vec<f64>),
    Optional(Option<u8>),
    Nothing(()),
    Tuple(u8, Vec<f64>),
    Struct { list: Vec<f64>, name: String },
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(tag = "type")]
enum Internal {
    Unit,
    Newtype(Inner),
    Struct { list: Vec<f64>, bytes: Vec<u8>, letter: char },
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(tag = "type", content = "content")]
enum Adjacent {
    Unit,
    Newtype(Vec<f64>),
    Tuple(u8, Vec<f64>),
    Struct { list: Vec<f64> },
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(untagged)]
enum Untagged {
    Number(u32),
    Negative(i64),
    Float(f64),
    Text(String),
    List(Vec<f64>),
    Pair(Vec<u8>, Vec<f64>),
    Inner(Inner),
    External { external: External },
    Unit,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Inner {
    list: Vec<f64>,
    bytes: Vec<u8>,
    fixed: [f32; 3],
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Flattened {
    first: u8,
    #[serde(flatten)]
    inner: Inner,
    #[serde(flatten)]
    rest: BTreeMap<String, Vec<u16>>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone, Default)]
struct Attributes {
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<Vec<f64>>,
    #[serde(default)]
    list: Vec<f64>,
    #[serde(skip)]
    skipped: u8,
    #[serde(with = "as_text")]
    text: u64,
    #[serde(rename = "ÄÖ", alias = "ao")]
    renamed: bool,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct FlattenedTag {
    #[serde(flatten)]
    tagged: Internal,
    #[serde(flatten)]
    inner: Option<Inner>,
    last: String,
}

mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Nothing;

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Newtype(Vec<f64>);

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Tuple(u8, Vec<f64>, String);

fn inner(list: &[f64]) -> Inner {
    Inner { list: list.to_vec(), bytes: vec![7; list.len()], fixed: [1.0, 2.0, 3.0] }
}

#[test]
fn plain_values_return() {
    assert_returns_everywhere(&());
    assert_returns_everywhere(&true);
    assert_returns_everywhere(&'ß');
    assert_returns_everywhere(&u8::MAX);
    assert_returns_everywhere(&i8::MIN);
    assert_returns_everywhere(&i16::MIN);
    assert_returns_everywhere(&u32::MAX);
    assert_returns_everywhere(&i64::MIN);
    assert_returns_everywhere(&u64::MAX);
    assert_returns_everywhere(&i128::MIN);
    assert_returns_everywhere(&u128::MAX);
    assert_returns_everywhere(&usize::MAX);
    assert_returns_everywhere(&1.5_f32);
    assert_returns_everywhere(&f64::MIN_POSITIVE);
    assert_returns_everywhere(&"text".repeat(1000));
    assert_returns_everywhere(&Nothing);
    assert_returns_everywhere(&std::marker::PhantomData::<u8>);
    assert_returns_everywhere(&[0_u8; 0]);
}

#[test]
fn types_of_std_return() {
    assert_returns_everywhere(&Duration::new(3, 5));
    assert_returns_everywhere(&"::1".parse::<IpAddr>().expect("an address"));
    assert_returns_everywhere(&NonZeroU16::MAX);
    assert_returns_everywhere(&BTreeSet::from([1_u8, 2, 200]));
    assert_returns_everywhere(&VecDeque::from([1_u64, 2, 3]));
    assert_returns_everywhere(&BTreeMap::from([((1, 'a'), vec![1_u8; 100]), ((2, 'b'), vec![])]));
    assert_returns_everywhere(&HashMap::from([(vec![1_u8; 100], -1), (vec![], i32::MAX)]));
    assert_returns_everywhere(&(0..5));
    assert_returns_everywhere(&(0..=9));
    assert_returns_everywhere(&std::path::PathBuf::from("a/b"));
    assert_returns_everywhere(&std::ops::Bound::Included(4_u8));
    assert_returns_everywhere(&[[1_u8; 32]; 3]);
}

#[test]
fn structs_return_with_lists_inside() {
    for list in lists() {
        assert_returns_everywhere(&Newtype(list.clone()));
        assert_returns_everywhere(&Tuple(1, list.clone(), "x".into()));
        assert_returns_everywhere(&inner(&list));
        let absent = if list.is_empty() { None } else { Some(list.clone()) };
        assert_returns_everywhere(&Attributes { absent, list, text: 12, renamed: true, skipped: 0 });
    }
}

#[test]
fn enums_of_every_representation_return() {
    for list in lists() {
        for value in [
            External::Unit,
            External::Newtype(list.clone()),
            External::Optional(None),
            External::Optional(Some(1)),
            External::Nothing(()),
            External::Tuple(1, list.clone()),
            External::Struct { list: list.clone(), name: "x".into() },
        ] {
            assert_returns_everywhere(&value);
            assert_returns_everywhere(&Untagged::External { external: value });
        }
        for value in [
            Internal::Unit,
            Internal::Newtype(inner(&list)),
            Internal::Struct { list: list.clone(), bytes: vec![1; 65], letter: 'x' },
        ] {
            assert_returns_everywhere(&value);
        }
        for value in [
            Adjacent::Unit,
            Adjacent::Newtype(list.clone()),
            Adjacent::Tuple(1, list.clone()),
            Adjacent::Struct { list: list.clone() },
        ] {
            assert_returns_everywhere(&value);
        }
    }
}

#[test]
fn untagged_enums_return() {
    for list in lists() {
        for value in [
            Untagged::Number(5),
            Untagged::Negative(-5),
            Untagged::Float(0.5),
            Untagged::Text("x".into()),
            Untagged::List(list.clone()),
            Untagged::Pair(vec![1; 3], list.clone()),
            Untagged::Pair(vec![1; 300], list.clone()),
            Untagged::Inner(inner(&list)),
        ] {
            assert_returns_everywhere(&value);
        }
    }
    assert_returns(&vec![Untagged::Unit, Untagged::Number(1)]);
    assert_returns(&Some(Untagged::Unit));
}

#[test]
fn flattened_structs_return() {
    for list in lists() {
        let rest = BTreeMap::from([("more".to_owned(), vec![9; 100]), ("less".to_owned(), vec![])]);
        assert_returns_everywhere(&Flattened { first: 1, inner: inner(&list), rest });
        let unit = FlattenedTag { tagged: Internal::Unit, inner: Some(inner(&list)), last: "x".into() };
        assert_returns_everywhere(&unit);
        let tagged = Internal::Struct { list, bytes: vec![1; 65], letter: 'x' };
        assert_returns_everywhere(&FlattenedTag { tagged, inner: None, last: "x".into() });
    }
}

#[test]
fn addresses_return_inside_flatten() {
    #[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
    struct Host {
        address: IpAddr,
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
    struct Server {
        #[serde(flatten)]
        host: Host,
    }
    assert_returns_everywhere(&Server { host: Host { address: "127.0.0.1".parse().expect("an address") } });
}

#[test]
fn json_values_return() {
    let value = serde_json::json!({
        "null": null, "list": [1, -2, 0.5, "x", [], {}], "map": {"": {"a": [true, false]}}
    });
    assert_returns_everywhere(&value);
    assert_returns(&Some(serde_json::Value::Null));
}

#[test]
fn long_list_is_a_sequence_to_a_json_value() {
    let message = super::Message::one(&inner(&[1.5; 20]));
    let value: serde_json::Value = super::only(message.foreign()).expect("a sequence");
    assert_eq!(value["list"], serde_json::json!([1.5; 20].to_vec()));
}

#[test]
fn boxed_and_shared_lists_return() {
    let list: Vec<u32> = (0..1000).collect();
    assert_returns_everywhere(&list.clone().into_boxed_slice());
    assert_returns_everywhere(&Box::new(list.clone()));
    let message = super::Message::one(&(Rc::<Vec<u32>>::new(list.clone()).as_ref(), std::borrow::Cow::Borrowed(&list[..])));
    assert_eq!(super::only(message.trusted()), Ok((list.clone(), list)));
}
