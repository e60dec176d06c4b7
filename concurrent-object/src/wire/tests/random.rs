//! Random values return, and random bytes are decoded without a panic.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Foreign, Lines, Message, aligned, only};
use crate::wire::{Decoder, Raw};

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
enum Tree {
    Leaf,
    Bytes(Vec<u8>),
    Numbers(Box<[i32]>),
    Text(String),
    Wide(u128, i64),
    Option(Option<Option<Box<Tree>>>),
    Many(Vec<Tree>),
    Struct { left: Box<Tree>, floats: Vec<f32>, names: BTreeMap<String, Vec<u16>> },
    Untagged(Untagged),
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
#[serde(untagged)]
enum Untagged {
    Named { name: String, list: Vec<u16>, maybe: Option<Option<bool>> },
    List(Vec<i16>),
}

fn floats() -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(-1e9_f32..1e9, 0..40)
}

fn untagged() -> impl Strategy<Value = Untagged> {
    prop_oneof![
        (any::<String>(), prop::collection::vec(any::<u16>(), 0..70), any::<Option<Option<bool>>>())
            .prop_map(|(name, list, maybe)| Untagged::Named { name, list, maybe }),
        prop::collection::vec(any::<i16>(), 0..70).prop_map(Untagged::List),
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        Just(Tree::Leaf),
        prop::collection::vec(any::<u8>(), 0..200).prop_map(Tree::Bytes),
        prop::collection::vec(any::<i32>(), 0..40).prop_map(|list| Tree::Numbers(list.into())),
        any::<String>().prop_map(Tree::Text),
        any::<(u128, i64)>().prop_map(|(wide, number)| Tree::Wide(wide, number)),
        untagged().prop_map(Tree::Untagged),
    ];
    leaf.prop_recursive(4, 60, 6, |inner| {
        let names = prop::collection::btree_map(any::<String>(), prop::collection::vec(any::<u16>(), 0..50), 0..3);
        prop_oneof![
            prop::option::of(prop::option::of(inner.clone().prop_map(Box::new))).prop_map(Tree::Option),
            prop::collection::vec(inner.clone(), 0..6).prop_map(Tree::Many),
            (inner, floats(), names).prop_map(|(left, floats, names)| Tree::Struct {
                left: left.into(),
                floats,
                names
            }),
        ]
    })
}

/// Random bytes with MessagePack markers more often than by chance.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let common = prop::sample::select(vec![
        0x81, 0x82, 0x91, 0x92, 0xa1, 0xc0, 0xc4, 0xc7, 0xd4, 0xdc, 0xdd, 0xde, 0xdf, 17, 0, 1, 100, 101, 102, 103,
    ]);
    prop::collection::vec(prop_oneof![2 => common, 1 => any::<u8>()], 0..80)
}

type Everything = (Vec<Tree>, Option<Option<Untagged>>, serde_json::Value, Vec<[f32; 3]>);

/// Decodes the bytes as many types. The test is that each call returns; the outcomes do not matter.
fn decode_as_everything(structured: &[u8], raw: &[u8]) {
    let raw = aligned(raw);
    let raw = raw.as_flattened_bytes();
    for raw in [Raw::Trusted(raw), Raw::Foreign(Foreign::of(raw))] {
        drop(Decoder::new(structured, raw).take::<Tree>());
        drop(Decoder::new(structured, raw).take::<Untagged>());
        drop(Decoder::new(structured, raw).take::<Vec<u32>>());
        drop(Decoder::new(structured, raw).take::<Everything>());
        drop(Decoder::new(structured, raw).take::<serde_json::Value>());
        drop(Decoder::new(structured, raw).take_held::<[f64]>());
        drop(Decoder::new(structured, raw).take_held::<std::path::Path>());
        drop(Decoder::new(structured, raw).take_held::<str>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_trees_return(trees in prop::collection::vec(tree(), 1..4)) {
        let message = Message::of(|encoder| trees.iter().try_for_each(|tree| encoder.put(tree)))
            .expect("a tree can be encoded");
        let (mut trusted, mut foreign) = (message.trusted(), message.foreign());
        for tree in &trees {
            prop_assert_eq!(&trusted.take::<Tree>().expect("a tree"), tree);
            prop_assert_eq!(&foreign.take::<Tree>().expect("a tree"), tree);
        }
        prop_assert_eq!(trusted.finish(), Ok(()));
        prop_assert_eq!(foreign.finish(), Ok(()));
    }

    #[test]
    fn random_bytes_are_decoded_without_a_panic(structured in bytes(), raw in prop::collection::vec(any::<u8>(), 0..300)) {
        decode_as_everything(&structured, &raw);
    }

    #[test]
    fn damaged_messages_are_decoded_without_a_panic(tree in tree(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let message = Message::one(&tree);
        let mut structured = message.structured.clone();
        let at = at.index(structured.len());
        structured[at] = byte;
        decode_as_everything(&structured, message.raw());
        drop(only::<Tree>(Decoder::new(&structured, Raw::Trusted(message.raw()))));
    }
}
