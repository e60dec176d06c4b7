//! The object whose calls are measured.

use std::time::{Duration, Instant};

use concurrent_object::concurrent_object;

use crate::allocations;
use crate::outcome::Outcome;
use crate::work::{Frame, Profile, Worker, fill, sum};

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

    pub(crate) fn nothing(&self) {}

    pub(crate) fn add(&self, a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }

    pub(crate) fn sum(&self, values: &[f64]) -> f64 {
        sum(values)
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

    /// Sleeps, without using the processor.
    pub(crate) fn rest(&self, milliseconds: u64) {
        std::thread::sleep(Duration::from_millis(milliseconds));
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
    let mut took = Duration::ZERO;
    for _ in 0..repetitions {
        let began = Instant::now();
        let adder = AdderProxy::builder("adder").start()?;
        adder.wait_until_ready()?;
        took += began.elapsed();
        adder.terminate()?;
    }
    Ok(took)
}
