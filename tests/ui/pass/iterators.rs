//! Iterators, as they are usually returned.
#![deny(warnings)]

use std::collections::HashMap;

use concurrent_object::{Call, concurrent_object};

pub struct Index(HashMap<String, u32>);

#[concurrent_object]
impl Index {
    pub fn new() -> Self {
        Self(HashMap::new())
    }

    pub fn counted(&self) -> (impl Iterator<Item = u32>, u32) {
        (0..3, 3)
    }

    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    pub fn pairs<'i>(&'i self) -> Box<dyn Iterator<Item = (&'i str, u32)> + 'i> {
        Box::new(self.0.iter().map(|(name, count)| (&**name, *count)))
    }

    pub fn counts(&self) -> impl ExactSizeIterator<Item = u32> + Clone + '_ {
        self.0.values().copied()
    }

    pub fn named(&self, name: &str) -> Result<impl IntoIterator<Item = u8>, String> {
        Ok(name.bytes().collect::<Vec<_>>())
    }
}

pub fn types(index: &IndexProxy) {
    let _: Call<Vec<String>> = index.names();
    let _: Call<Vec<(String, u32)>> = index.pairs();
    let _: Call<Vec<u32>> = index.counts();
    let _: Call<Result<Vec<u8>, String>> = index.named("");
}

fn main() {
    assert!(IndexProxy::builder("index").start().is_err());
}
