//! Lists of references, and other values that borrow from the message.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use concurrent_object::concurrent_object;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Key {
    name: String,
    weight: f32,
}

/// Borrows from the input when it is deserialized.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Query<'q> {
    #[serde(borrow)]
    text: Cow<'q, str>,
    raw: &'q str,
}

pub struct Mixer {
    keys: Vec<Key>,
}

#[concurrent_object]
impl Mixer {
    pub fn new(keys: &[&Key]) -> Self {
        Self { keys: keys.iter().map(|&key| key.clone()).collect() }
    }

    pub fn mix(&self, channels: &[&[f32]], gains: Vec<&f32>) -> Vec<f32> {
        let mixed = channels.iter().zip(gains).map(|(channel, gain)| channel.iter().sum::<f32>() * gain);
        mixed.collect()
    }

    pub fn join(&self, rows: Vec<&[Key]>, keys: &[&Key], paths: &[&Path], bytes: Vec<&[u8]>) -> String {
        let borrowed = bytes.iter().map(|bytes| bytes.len()).collect::<Vec<_>>();
        format!("{rows:?} {keys:?} {paths:?} {bytes:?} {borrowed:?} {:?}", self.keys)
    }

    pub fn query<'q>(&self, query: Query<'q>, more: &[Query<'q>], one: Option<&Query<'_>>) -> Vec<&'q str> {
        let found = more.iter().filter(|other| Some(*other) != one).map(|other| other.raw);
        found.chain([query.raw]).filter(|raw| *raw != query.text).collect()
    }

    pub fn map<'m>(&self, names: BTreeMap<&'m str, (Option<&'m str>, u8)>) -> Vec<(&'m str, u8)> {
        names.into_iter().filter_map(|(name, (other, count))| other.map(|other| (name.max(other), count))).collect()
    }
}

fn key() -> impl Strategy<Value = Key> {
    (".{0,3}", -9.0..9.0_f32).prop_map(|(name, weight)| Key { name, weight })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn references_have_the_same_targets_as_in_this_process(
        keys in prop::collection::vec(key(), 0..4),
        channels in prop::collection::vec(prop::collection::vec(-1.0..1.0_f32, 0..40), 0..3),
        texts in prop::collection::vec(".{0,3}", 1..5),
    ) {
        let all: Vec<&Key> = keys.iter().collect();
        let (local, remote) = (Mixer::new(&all), MixerProxy::builder("mixer").start(&all).expect("a child starts"));
        let slices: Vec<&[f32]> = channels.iter().map(|channel| &channel[..]).collect();
        let gains = vec![0.5; channels.len()];
        prop_assert_eq!(remote.mix(&slices, gains.iter().collect()).wait().expect("a result"), local.mix(&slices, gains.iter().collect()));

        let paths: Vec<&Path> = texts.iter().map(Path::new).collect();
        let bytes: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        let rows = || vec![&keys[..], &keys[..keys.len().min(1)]];
        let joined = local.join(rows(), &all, &paths, bytes.clone());
        prop_assert_eq!(remote.join(rows(), &all, &paths, bytes).wait().expect("a result"), joined);

        let query = |text: &'_ String| Query { text: Cow::Owned(text.clone()), raw: "raw" };
        let more: Vec<Query<'_>> = texts.iter().map(query).collect();
        let found = local.query(more[0].clone(), &more, more.last());
        prop_assert_eq!(remote.query(more[0].clone(), &more, more.last()).wait().expect("a result"), found);

        let names = || texts.iter().map(|text| (&text[..], (Some("m"), text.len() as u8))).collect::<BTreeMap<_, _>>();
        let found: Vec<(String, u8)> = local.map(names()).into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        prop_assert_eq!(remote.map(names()).wait().expect("a result"), found);
    }
}
