//! The object. Nothing in it says that it lives on another machine.

use std::collections::BTreeMap;
use std::time::Duration;
use std::{process, thread};

use concurrent_object::concurrent_object;

pub(crate) struct Words {
    counts: BTreeMap<String, u64>,
}

#[concurrent_object]
impl Words {
    pub fn new() -> Self {
        Self { counts: BTreeMap::new() }
    }

    /// Counts the words of a text. Returns how many there were so far.
    pub fn add(&mut self, text: &str) -> u64 {
        for word in text.split_whitespace() {
            *self.counts.entry(word.to_owned()).or_default() += 1;
        }
        self.counts.values().sum()
    }

    /// Returns the word that came most often.
    pub fn most_frequent(&self) -> String {
        let most = self.counts.iter().max_by_key(|(_, count)| **count);
        most.map_or(String::new(), |(word, _)| word.clone())
    }

    /// Stands for a library that crashes.
    pub fn crash(&self) {
        process::abort();
    }

    /// Takes longer than its host lives.
    pub fn read_slowly(&self) -> u64 {
        thread::sleep(Duration::from_secs(60));
        0
    }
}
