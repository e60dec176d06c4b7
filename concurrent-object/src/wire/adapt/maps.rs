//! Maps.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use serde::{Deserialize, Deserializer, Serializer};

use super::{Adapted, Composite, ReadAs, Reads, Writes};

impl<K, V, A: Writes<K>, B: Writes<V>, H> Writes<HashMap<K, V, H>> for Composite<(A, B)> {
    fn write<S: Serializer>(value: &HashMap<K, V, H>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(value.iter().map(adapted::<K, V, A, B>))
    }
}

impl<'de, K, V, A, B, H> Reads<'de, HashMap<K, V, H>> for Composite<(A, B)>
where
    K: Eq + Hash,
    A: Reads<'de, K>,
    B: Reads<'de, V>,
    H: BuildHasher + Default,
{
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<HashMap<K, V, H>, D::Error> {
        HashMap::<ReadAs<K, A>, ReadAs<V, B>, H>::deserialize(deserializer).map(entries)
    }
}

impl<K, V, A: Writes<K>, B: Writes<V>> Writes<BTreeMap<K, V>> for Composite<(A, B)> {
    fn write<S: Serializer>(value: &BTreeMap<K, V>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(value.iter().map(adapted::<K, V, A, B>))
    }
}

impl<'de, K: Ord, V, A: Reads<'de, K>, B: Reads<'de, V>> Reads<'de, BTreeMap<K, V>> for Composite<(A, B)> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error> {
        BTreeMap::<ReadAs<K, A>, ReadAs<V, B>>::deserialize(deserializer).map(entries)
    }
}

fn adapted<'v, K, V, A, B>((key, value): (&'v K, &'v V)) -> (Adapted<'v, K, A>, Adapted<'v, V, B>) {
    (Adapted::new(key), Adapted::new(value))
}

/// Takes the entries out of a map.
fn entries<K, V, A, B, C: FromIterator<(K, V)>>(read: impl IntoIterator<Item = (ReadAs<K, A>, ReadAs<V, B>)>) -> C {
    read.into_iter().map(|(key, value)| (key.into_inner(), value.into_inner())).collect()
}
