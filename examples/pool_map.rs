//! Maps numbers over a pool: several processes share the work, and the results come in order. A
//! number that crashes its process costs itself, and is reported. All others get their result.
//!
//! Run it: `cargo run --release --example pool_map -- --items 20000`

use std::process;
use std::time::Instant;

use anyhow::Result;
use clap::Parser;
use concurrent_object::{Pool, concurrent_object};
use indicatif::{ProgressBar, ProgressStyle};

/// The first of the numbers. It is large, so that each takes up to a millisecond.
const FIRST: u64 = 100_000_000_000;

/// Stands for a library that crashes on some of its inputs.
struct Factorizer {
    crash_every: u64,
}

#[concurrent_object]
impl Factorizer {
    pub fn new(crash_every: u64) -> Self {
        Self { crash_every }
    }

    /// Returns the prime factors of a number, the smallest first.
    pub fn factorize(&self, mut number: u64) -> Vec<u64> {
        if number % self.crash_every == 7 {
            process::abort();
        }
        let (mut factors, mut divisor) = (Vec::new(), 2);
        while divisor * divisor <= number {
            if number.is_multiple_of(divisor) {
                factors.push(divisor);
                number /= divisor;
            } else {
                divisor += 1;
            }
        }
        factors.push(number);
        factors
    }
}

/// Factorizes numbers in a pool of processes, some of which crash.
#[derive(Parser)]
struct Arguments {
    /// How many numbers
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u64).range(..=1_000_000_000))]
    items: u64,
    /// How many processes there are at a time; 0: as many as there are cores
    #[arg(long, default_value_t = 0)]
    members: usize,
    /// One in how many numbers crashes its process
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(8..))]
    crash_every: u64,
}

fn main() -> Result<()> {
    concurrent_object::init();
    let Arguments { items, members, crash_every } = Arguments::parse();
    let numbers = FIRST..FIRST + items;
    let pool =
        Pool::new(members, move |index| FactorizerProxy::builder(format!("factorizer {index}")).start(crash_every))?;
    let progress = ProgressBar::new(items)
        .with_style(ProgressStyle::with_template("{bar:40} {pos}/{len}, {per_sec}, {eta} left")?);

    let begin = Instant::now();
    let (mut primes, mut failures) = (0, Vec::new());
    // Numbers are taken from the range only as they are needed: it could be endless.
    let outcomes = pool.map(numbers.clone(), |factorizer, number| factorizer.factorize(number));
    for (number, outcome) in numbers.zip(progress.wrap_iter(outcomes)) {
        match outcome {
            Ok(factors) => primes += u64::from(factors == [number]),
            Err(error) => failures.push((number, error)),
        }
    }
    progress.finish_and_clear();

    for (number, error) in &failures {
        println!("{number}: {error}");
    }
    let done = items - failures.len() as u64;
    println!("done: {done} (primes: {primes}), failed: {}, time: {:.1?}", failures.len(), begin.elapsed());
    pool.close()?;
    Ok(())
}
