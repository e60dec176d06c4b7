//! An object that takes, keeps, creates and returns shared memory; and the mappings of a process.

use std::borrow::Cow;
use std::path::Path;

use concurrent_object::{Shared, SharedError, concurrent_object};
use concurrent_object_tests::gate;
use concurrent_object_tests::mapped::{Mapped, mapped};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
pub struct Batch<'b> {
    pub name: String,
    pub parts: Vec<Shared<[u64]>>,
    pub slice: Cow<'b, [u64]>,
    pub small: Shared<[u64]>,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
pub enum Either {
    Text(String),
    Shared(Shared<[u64]>),
}

pub struct Holder {
    kept: Shared<[u64]>,
    sum: u64,
}

/// The sum, and the address of the numbers.
type Sum = (u64, usize);

fn sum(numbers: &[u64]) -> Sum {
    (numbers.iter().sum(), numbers.as_ptr() as usize)
}

/// Returns consecutive numbers from `first`, in a shared file.
pub fn counted(first: u64, len: usize) -> Shared<[u64]> {
    Shared::filled(len, |numbers| numbers.iter_mut().zip(first..).for_each(|(number, value)| *number = value))
        .expect("there is room")
}

#[concurrent_object]
impl Holder {
    pub fn new() -> Result<Self, SharedError> {
        Ok(Self { kept: Shared::new(&[])?, sum: 0 })
    }

    pub fn with(kept: Shared<[u64]>, slice: &[u64]) -> Self {
        Self { kept, sum: slice.iter().sum() }
    }

    pub fn kept(&self) -> (u64, u64) {
        (self.kept.iter().sum(), self.sum)
    }

    pub fn keep(&mut self, numbers: Shared<[u64]>) {
        self.kept = numbers;
    }

    pub fn sum(&self, numbers: &[u64]) -> Sum {
        sum(numbers)
    }

    pub fn sum_shared(&self, numbers: Shared<[u64]>) -> Sum {
        sum(&numbers)
    }

    pub fn sum_borrowed(&self, numbers: &Shared<[u64]>) -> Sum {
        sum(numbers)
    }

    pub fn sum_optional(&self, numbers: Option<&[u64]>) -> Option<Sum> {
        numbers.map(sum)
    }

    pub fn sum_at(&self, numbers: Shared<[u64]>, gate: &Path) -> u64 {
        gate::pass(gate);
        sum(&numbers).0
    }

    pub fn stand(&self, gate: &Path) {
        gate::pass(gate);
    }

    pub fn batch(&self, batch: &Batch<'_>, more: &[&[u64]]) -> (Vec<u64>, u64) {
        assert_eq!(batch.name, "b");
        let parts = batch.parts.iter().map(|part| &part[..]).chain([&*batch.slice, &batch.small]);
        (parts.map(|part| part.iter().sum()).collect(), more.iter().flat_map(|part| part.iter()).sum())
    }

    pub fn make(&self, first: u64, len: usize) -> Shared<[u64]> {
        counted(first, len)
    }

    pub fn part_of(&self, numbers: Shared<[u64]>, from: usize) -> Shared<[u64]> {
        numbers.part(from..)
    }

    pub fn twice(&self, numbers: Shared<[u64]>) -> [Option<Shared<[u64]>>; 2] {
        [Some(numbers.clone()), Some(numbers)]
    }

    pub fn untagged(&self, either: Either) -> u64 {
        match either {
            Either::Text(_) => 0,
            Either::Shared(numbers) => sum(&numbers).0,
        }
    }

    pub fn any(&self, numbers: Shared<[u64]>) -> serde_json::Value {
        serde_json::to_value(&numbers).expect("a list")
    }

    #[concurrent_object(error = "text")]
    pub fn ask_another(&self, numbers: Shared<[u64]>) -> Result<u64, concurrent_object::Error> {
        let inner = HolderProxy::builder("inner").start()?;
        let there = inner.part_of(numbers, 0).wait()?;
        Ok(inner.sum(&there).wait()?.0)
    }
}

/// Returns the shared memory that a process has mapped.
pub fn mappings(pid: u32) -> Vec<Mapped> {
    mapped(pid, "memfd:concurrent-object:shared")
}
