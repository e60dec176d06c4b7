//! Every kind of type in serde's data model, alone and with plain lists inside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{assert_returns, assert_returns_everywhere};

/// Lists of each form: short ones are inline, long ones are raw regions.
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
fn structs_return_with_lists_inside() {
    assert_returns_everywhere(&Nothing);
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
fn a_long_list_is_decoded_as_a_json_array() {
    let message = super::Message::one(&inner(&[1.5; 20]));
    let value: serde_json::Value = super::only(message.foreign()).expect("a sequence");
    assert_eq!(value["list"], serde_json::json!([1.5; 20].to_vec()));
}
