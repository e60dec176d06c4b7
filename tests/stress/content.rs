//! The values that calls carry: generated from a seed, and compared by a digest.

use concurrent_object::Shared;
use serde::{Deserialize, Serialize};

use crate::keepsake::KeepsakeHandle;

/// A value that one number distinguishes from all others.
pub trait Content {
    fn digest(&self) -> u64;
}

fn mix(sum: u64, word: u64) -> u64 {
    (sum ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
}

/// Returns the word at this position of the sequence that the seed generates.
pub fn word(seed: u64, at: u64) -> u64 {
    mix(mix(seed, at), !at)
}

pub fn words(seed: u64, len: usize) -> Vec<u64> {
    (0..len as u64).map(|at| word(seed, at)).collect()
}

pub fn bytes(seed: u64, len: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = words(seed, len.div_ceil(8)).into_iter().flat_map(u64::to_ne_bytes).collect();
    bytes.truncate(len);
    bytes
}

/// Returns `count` tables of one to nine numbers.
pub fn tables(seed: u64, count: u64) -> Vec<Vec<u64>> {
    (0..count).map(|number| words(word(seed, number), number as usize % 9 + 1)).collect()
}

impl Content for u64 {
    fn digest(&self) -> u64 {
        *self
    }
}

impl Content for (Vec<u64>, KeepsakeHandle) {
    fn digest(&self) -> u64 {
        self.0.digest()
    }
}

impl Content for [u64] {
    fn digest(&self) -> u64 {
        self.iter().fold(self.len() as u64, |sum, &word| mix(sum, word))
    }
}

impl Content for Vec<u64> {
    fn digest(&self) -> u64 {
        self[..].digest()
    }
}

impl Content for [u8] {
    fn digest(&self) -> u64 {
        let (words, rest) = self.as_chunks::<8>();
        let whole = words.iter().fold(self.len() as u64, |sum, &word| mix(sum, u64::from_ne_bytes(word)));
        rest.iter().fold(whole, |sum, &byte| mix(sum, u64::from(byte)))
    }
}

impl Content for Vec<u8> {
    fn digest(&self) -> u64 {
        self[..].digest()
    }
}

impl Content for Shared<[u64]> {
    fn digest(&self) -> u64 {
        self[..].digest()
    }
}

fn digest_of_all<'c, C: Content + 'c>(tables: impl ExactSizeIterator<Item = &'c C>) -> u64 {
    let len = tables.len() as u64;
    tables.fold(len, |sum, table| mix(sum, table.digest()))
}

impl Content for Vec<Vec<u64>> {
    fn digest(&self) -> u64 {
        digest_of_all(self.iter())
    }
}

impl Content for Vec<Shared<[u64]>> {
    fn digest(&self) -> u64 {
        digest_of_all(self.iter())
    }
}

/// A structured value: text, options, nested lists, and lists of plain numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    name: String,
    rows: Vec<Row>,
    numbers: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Row {
    Empty,
    Text(String),
    Pair { weight: Option<u32>, values: Vec<f64> },
}

impl Record {
    /// Returns a record of about `len` bytes.
    pub fn new(seed: u64, len: usize) -> Self {
        let row = |at: u64| match word(seed, at) % 3 {
            0 => Row::Empty,
            1 => Row::Text(format!("row {at} of {seed}: ü")),
            _ => Row::Pair {
                weight: at.is_multiple_of(2).then_some(at as u32),
                values: words(seed ^ at, 12).into_iter().map(|word| word as f64).collect(),
            },
        };
        Self {
            name: format!("record {seed}"),
            rows: (0..(len / 96) as u64).map(row).collect(),
            numbers: words(!seed, len / 16),
        }
    }
}

impl Content for Record {
    fn digest(&self) -> u64 {
        let rows = self.rows.iter().fold(self.name.as_bytes().digest(), |sum, row| match row {
            Row::Empty => mix(sum, 1),
            Row::Text(text) => mix(sum, text.as_bytes().digest()),
            Row::Pair { weight, values } => {
                values.iter().fold(mix(sum, u64::from(weight.unwrap_or(7))), |sum, value| mix(sum, value.to_bits()))
            }
        });
        mix(rows, self.numbers.digest())
    }
}
