//! The object: its methods are sound, and a thread beside them is not.

use std::time::Duration;

use concurrent_object::{Progress, Shared, concurrent_object};
use fastrand::Rng;
use serde::{Deserialize, Serialize};

use crate::scribbler;

/// Whether the object's process scribbles, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manners {
    pub scribbles: bool,
    pub seed: u64,
    /// When it begins.
    pub after: Duration,
    /// The pause between two bursts.
    pub pause: Duration,
    /// The most that is done in a burst.
    pub burst: usize,
    /// Whether its state is saved. Then a call may wait a minute until the process has come to it.
    pub saves: bool,
    /// What it scribbles; `None` for everything.
    pub garbage: Option<Garbage>,
    /// What the process must know to find the parts of the control file.
    pub slots: usize,
    pub output_limit: usize,
}

impl Manners {
    pub fn any(scribbles: bool, rng: &mut Rng) -> Self {
        Self {
            scribbles,
            seed: rng.u64(..),
            after: Duration::from_micros(rng.u64(..20_000)),
            pause: Duration::from_micros(rng.choice([0, 10, 100, 1_000, 5_000]).expect("one")),
            burst: rng.choice([1, 2, 10, 100]).expect("one"),
            saves: rng.bool(),
            garbage: GARBAGE.get(rng.usize(..2 * GARBAGE.len())).copied(),
            slots: rng.usize(1..9),
            output_limit: rng.choice([2_000, 20_000, 200_000]).expect("one"),
        }
    }
}

/// What a process scribbles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Garbage {
    /// Cells of the reply ring.
    Entries,
    /// State words of calls.
    States,
    /// The times at which calls began.
    Starts,
    /// Replies that are not published.
    Replies,
    Progress,
    /// Sleep flags and the words beside them.
    Flags,
    CrashNotes,
    /// The lines and the ring of a stream.
    Items,
    /// The bytes of results.
    Results,
    /// Any word of the first pages.
    Words,
    /// Zeros over the first pages.
    Zeros,
    /// The socket, the doorbells, the snapshots, the output.
    Descriptors,
}

pub const GARBAGE: [Garbage; 12] = [
    Garbage::Entries,
    Garbage::States,
    Garbage::Starts,
    Garbage::Replies,
    Garbage::Progress,
    Garbage::Flags,
    Garbage::CrashNotes,
    Garbage::Items,
    Garbage::Results,
    Garbage::Words,
    Garbage::Zeros,
    Garbage::Descriptors,
];

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Frame {
    number: u32,
    pixels: Vec<u8>,
    name: String,
    more: Option<Box<Frame>>,
}

fn frame(number: u32, size: usize) -> Frame {
    let more = (number > 0).then(|| frame(number - 1, size / 2).into());
    Frame { number, pixels: vec![number as u8; size], name: "frame".repeat(number as usize), more }
}

#[derive(Debug)]
pub struct Victim {
    calls: u64,
}

/// Stays in the object's process.
#[derive(Debug)]
pub struct Part(u64);

#[concurrent_object(handle)]
impl Part {
    pub fn number(&self) -> u64 {
        self.0
    }
}

#[concurrent_object(handles(Part))]
impl Victim {
    pub fn new(manners: Manners) -> Self {
        scribbler::begin(&manners);
        Self { calls: 0 }
    }

    #[concurrent_object(restore)]
    fn load(calls: u64, manners: Manners) -> Self {
        scribbler::begin(&manners);
        Self { calls }
    }

    #[concurrent_object(snapshot)]
    fn save(&self) -> u64 {
        self.calls
    }

    pub fn echo(&self, value: u64) -> u64 {
        value
    }

    pub fn count(&mut self) -> u64 {
        self.calls += 1;
        self.calls
    }

    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }

    pub fn nested(&self, lists: Vec<Vec<u16>>) -> Vec<Vec<u16>> {
        lists
    }

    pub fn frames(&self, depth: u32, size: usize) -> Vec<Frame> {
        (0..depth).map(|number| frame(number, size)).collect()
    }

    pub fn sort(&self, list: &mut [u32]) -> usize {
        list.sort_unstable();
        list.len()
    }

    pub fn shared(&self, count: usize) -> Vec<Shared<[u8]>> {
        (0..count).map(|number| Shared::new(&[number as u8; 100]).expect("room")).collect()
    }

    pub fn sum(&self, numbers: &[u64]) -> u64 {
        numbers.iter().fold(0, |sum, number| sum.wrapping_add(*number))
    }

    pub fn work(&self, steps: u64, progress: &Progress<(u64, u64)>) -> u64 {
        for step in 0..steps {
            progress.set((step, step));
            std::thread::sleep(Duration::from_micros(50));
        }
        steps
    }

    #[concurrent_object(stream)]
    pub fn stream(&self, count: u64, size: usize) -> impl Iterator<Item = (u64, Vec<u8>)> {
        (0..count).map(move |number| (number, vec![number as u8; size]))
    }

    pub fn part(&self, number: u64) -> Part {
        Part(number)
    }

    pub fn parts(&self, count: u64) -> Vec<Part> {
        (0..count).map(Part).collect()
    }

    pub fn pause(&self, micros: u64) {
        std::thread::sleep(Duration::from_micros(micros));
    }

    pub fn panic(&self) {
        panic!("a panic among the rest");
    }
}
