//! Random numbers that a seed reproduces.

use std::thread;

/// A random number generator. It prints its seed if the test panics while it exists.
#[derive(Debug)]
pub struct Random {
    seed: u64,
    generator: fastrand::Rng,
}

impl Random {
    /// Creates a generator that reproduces the numbers of this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { seed, generator: fastrand::Rng::with_seed(seed) }
    }

    /// Creates a generator with the seed in the environment variable `SEED`, or else with a random
    /// one.
    ///
    /// # Panics
    /// If `SEED` is not a number.
    #[must_use]
    pub fn new() -> Self {
        let given = std::env::var("SEED").ok().map(|seed| seed.parse().expect("SEED is a number"));
        Self::seeded(given.unwrap_or_else(|| fastrand::u64(..)))
    }

    /// Returns any number.
    pub fn any(&mut self) -> u64 {
        self.generator.u64(..)
    }

    /// Returns a number below the limit.
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
