//! Type and const parameters, with bounds wherever they may stand.
#![deny(warnings)]

use std::fmt::Debug;
use std::hash::Hash;

use concurrent_object::{Call, ConcurrentObject, Methods, Proxy, concurrent_object};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub struct Table<K, V, const N: usize = 4>
where
    K: Hash + Eq,
{
    rows: std::collections::HashMap<K, [V; N]>,
}

#[concurrent_object(output_derive(Debug, Clone, PartialEq))]
impl<K: Clone, V, const N: usize> Table<K, V, N>
where
    K: Hash + Eq,
    V: Copy + Default,
    Self: Sized,
{
    pub fn new(keys: Vec<K>) -> Self {
        Self { rows: keys.into_iter().map(|key| (key, [V::default(); N])).collect() }
    }

    pub fn get(&self, key: &K, at: usize) -> Option<V> {
        self.rows.get(key).and_then(|row| row.get(at)).copied()
    }

    pub fn keys(&self) -> Vec<K> {
        self.rows.keys().cloned().collect()
    }

    pub fn width(&self) -> usize {
        N
    }

    pub fn into_values(self) -> Vec<V> {
        self.rows.into_values().flatten().collect()
    }
}

/// The output names `K` and `V`, not `N`.
pub fn is_generic_over<K, V>(output: TableOutput<K, V>) -> bool
where
    K: Clone + Hash + Eq + Debug,
    V: Copy + Default + Debug,
{
    match output {
        TableOutput::Get(_) | TableOutput::Keys(_) => true,
        TableOutput::Width(_) => false,
    }
}

pub fn calls<K, V>(table: &TableProxy<K, V, 3>, key: &K) -> Call<Option<V>>
where
    K: Clone + Hash + Eq + Serialize + DeserializeOwned,
    V: Copy + Default + Serialize + DeserializeOwned,
{
    let _: &Proxy<TableOutput<K, V>> = table;
    table.get(key, 1)
}

pub fn starts<K, V, const N: usize>() -> bool
where
    K: Clone + Hash + Eq + Serialize + DeserializeOwned + 'static,
    V: Copy + Default + 'static,
    Table<K, V, N>: ConcurrentObject,
    TableOutput<K, V>: Methods,
{
    TableProxy::<K, V, N>::builder("table").slots(2).clone().start(Vec::new()).is_ok()
}

fn main() {
    assert!(!starts::<String, u8, 2>());
    assert!(!starts::<u64, f64, 7>());
    assert!(!is_generic_over::<u8, u8>(TableOutput::Width(1)));
}
