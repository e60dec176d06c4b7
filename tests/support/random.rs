//! Random numbers that a seed repeats.

use std::thread;

/// A generator. If the test fails while it lives, it tells its seed.
#[derive(Debug)]
pub struct Random {
    seed: u64,
    generator: fastrand::Rng,
}

impl Random {
    /// One that repeats what this seed gave before.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { seed, generator: fastrand::Rng::with_seed(seed) }
    }

    /// One with a seed of its own; the one in the environment variable `SEED`, if there is one.
    ///
    /// # Panics
    /// If `SEED` is no number.
    #[must_use]
    pub fn new() -> Self {
        let given = std::env::var("SEED").ok().map(|seed| seed.parse().expect("SEED is a number"));
        Self::seeded(given.unwrap_or_else(|| fastrand::u64(..)))
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.generator.u64(..)
    }

    /// A number below the limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.generator.usize(..limit)
    }
}

impl Default for Random {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Random {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("run again with SEED={}", self.seed);
        }
    }
}
