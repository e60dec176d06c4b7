//! The object whose calls are measured.

use std::time::{Duration, Instant};

use concurrent_object::concurrent_object;

use crate::allocations;
use crate::outcome::Outcome;
use crate::work::{Color, Frame, Profile, Reds, Undeclared, Worker, ends, fill, spin, sum};

/// Does next to nothing, so that the call itself is measured.
#[derive(Debug)]
pub(crate) struct Adder {
    worker: Worker,
}

#[concurrent_object]
impl Adder {
    pub(crate) fn new() -> Self {
        Self { worker: Worker::default() }
    }

    /// Constructs it after a rest.
    pub(crate) fn late(milliseconds: u64) -> Self {
        std::thread::sleep(Duration::from_millis(milliseconds));
        Self::new()
    }

    pub(crate) fn nothing(&self) {}

    pub(crate) fn add(&self, a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }

    pub(crate) fn sum(&self, values: &[f64]) -> f64 {
        sum(values)
    }

    pub(crate) fn take(&self, bytes: &[u8]) -> u64 {
        ends(bytes)
    }

    pub(crate) fn fill(&self, count: usize) -> Vec<f64> {
        fill(count)
    }

    pub(crate) fn look(&self, frame: &Frame) -> u64 {
        frame.look()
    }

    pub(crate) fn show(&self) -> &Frame {
        self.worker.frame()
    }

    pub(crate) fn describe(&self, profile: &Profile) -> u64 {
        profile.look()
    }

    pub(crate) fn colors(&self, colors: &[Color]) -> u64 {
        colors.reds()
    }

    pub(crate) fn undeclared(&self, colors: &[Undeclared]) -> u64 {
        colors.reds()
    }

    pub(crate) fn bytes(&self, bytes: &[u8]) -> u64 {
        bytes.iter().step_by(3).map(|&byte| u64::from(byte)).sum()
    }

    pub(crate) fn paint(&self, count: usize) -> Vec<Color> {
        vec![Color::default(); count]
    }

    pub(crate) fn paint_undeclared(&self, count: usize) -> Vec<Undeclared> {
        vec![Undeclared::default(); count]
    }

    pub(crate) fn paint_bytes(&self, count: usize) -> Vec<u8> {
        vec![0; count]
    }

    #[concurrent_object(stream)]
    pub(crate) fn count(&self, to: u32) -> impl Iterator<Item = u64> {
        (0..to).map(u64::from)
    }

    #[concurrent_object(stream)]
    pub(crate) fn blocks(&self, count: u32, size: usize) -> impl Iterator<Item = Vec<u8>> {
        (0..count).map(move |_| vec![0; size])
    }

    /// Sleeps, without using the processor.
    pub(crate) fn rest(&self, milliseconds: u64) {
        std::thread::sleep(Duration::from_millis(milliseconds));
    }

    /// Sleeps for microseconds.
    pub(crate) fn rest_briefly(&self, microseconds: u64) {
        std::thread::sleep(Duration::from_micros(microseconds));
    }

    /// Uses the processor for so many rounds of a fixed loop.
    pub(crate) fn spin(&self, rounds: u64) -> u64 {
        spin(rounds)
    }

    /// Returns the number of allocations in the child.
    pub(crate) fn allocations(&self) -> u64 {
        allocations::so_far()
    }
}

/// Starts an object, and waits until it is ready.
pub(crate) fn ready() -> Outcome<AdderProxy> {
    let adder = AdderProxy::builder("adder").start()?;
    adder.wait_until_ready()?;
    Ok(adder)
}

/// Starts objects one after the other. The time to end them is not counted.
pub(crate) fn start_objects(repetitions: u32) -> Outcome<Duration> {
    start_objects_of(&AdderProxy::builder("adder"), repetitions)
}

/// As `start_objects`, with a builder.
pub(crate) fn start_objects_of(builder: &AdderProxyBuilder, repetitions: u32) -> Outcome<Duration> {
    let mut took = Duration::ZERO;
    for _ in 0..repetitions {
        let began = Instant::now();
        let adder = builder.start()?;
        adder.wait_until_ready()?;
        took += began.elapsed();
        adder.terminate()?;
    }
    Ok(took)
}
