//! One object makes matrices of random shape, and another sums them. This program keeps both busy:
//! it waits for whichever has something. Then it does the same once more, one call after the other.
//!
//! Run it: `cargo run --release --example overlap -- --pause-ms 50`

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Parser;
use concurrent_object::{concurrent_object, wait_any};
use serde::{Deserialize, Serialize};

/// How many rounds are under way at most: enough to keep both objects busy, and fewer than the
/// calls that an object takes.
const UNDER_WAY: usize = 4;

#[derive(Serialize, Deserialize)]
struct Matrix {
    rows: usize,
    columns: usize,
    /// The rows, one after the other. They are sent as raw bytes, however large they are.
    numbers: Vec<f64>,
}

struct Maker {
    pause: Duration,
}

#[concurrent_object]
impl Maker {
    pub fn new(pause: Duration) -> Self {
        Self { pause }
    }

    /// Returns a matrix of 1–100 × 1–100 random numbers, after a pause.
    pub fn make(&self) -> Matrix {
        thread::sleep(self.pause);
        let (rows, columns) = (fastrand::usize(1..=100), fastrand::usize(1..=100));
        let numbers = (0..rows * columns).map(|_| fastrand::f64()).collect();
        Matrix { rows, columns, numbers }
    }
}

struct Summer {
    pause: Duration,
}

#[concurrent_object]
impl Summer {
    pub fn new(pause: Duration) -> Self {
        Self { pause }
    }

    /// Returns the sum of its numbers, after a pause.
    pub fn sum(&self, matrix: &Matrix) -> f64 {
        thread::sleep(self.pause);
        matrix.numbers.iter().sum()
    }
}

/// Makes and sums matrices in two processes, beside each other and one after the other.
#[derive(Parser)]
struct Arguments {
    /// How long making a matrix takes, and summing one, in milliseconds
    #[arg(long, default_value_t = 50)]
    pause_ms: u64,
    /// How many matrices, each time
    #[arg(long, default_value_t = 10)]
    rounds: usize,
}

fn main() -> Result<()> {
    concurrent_object::init();
    let Arguments { pause_ms, rounds } = Arguments::parse();
    let pause = Duration::from_millis(pause_ms);
    let maker = MakerProxy::builder("maker").start(pause)?;
    let summer = SummerProxy::builder("summer").start(pause)?;
    maker.wait_until_ready()?;
    summer.wait_until_ready()?;

    let begin = Instant::now();
    run_beside(&maker, &summer, rounds)?;
    let beside = begin.elapsed();

    let begin = Instant::now();
    run_in_turn(&maker, &summer, rounds)?;
    let in_turn = begin.elapsed();

    println!("{rounds} rounds beside each other:    {beside:.1?}");
    println!("{rounds} rounds one after the other:  {in_turn:.1?}");
    Ok(())
}

/// Submits, and takes what comes, until every sum is there: while one matrix is summed, the next is
/// made.
fn run_beside(maker: &MakerProxy, summer: &SummerProxy, rounds: usize) -> Result<()> {
    let (mut asked, mut summed) = (0, 0);
    while summed < rounds {
        while asked < rounds.min(summed + UNDER_WAY) {
            maker.push_make()?;
            asked += 1;
        }
        // Blocks until one of them has an outcome. With a time limit, a real program could do its
        // own work in between.
        let first = wait_any(&[maker, summer], None);
        if first == Some(0) {
            if let Some(MakerOutput::Make(matrix)) = maker.pull()? {
                println!("made {} × {}", matrix.rows, matrix.columns);
                summer.push_sum(&matrix)?;
            }
        } else if let Some(SummerOutput::Sum(sum)) = summer.pull()? {
            println!("    summed: {sum:.1}");
            summed += 1;
        }
    }
    Ok(())
}

/// Waits for each matrix and for each sum.
fn run_in_turn(maker: &MakerProxy, summer: &SummerProxy, rounds: usize) -> Result<()> {
    for _ in 0..rounds {
        let matrix = maker.make().wait()?;
        let sum = summer.sum(&matrix).wait()?;
        println!("made {} × {}, summed: {sum:.1}", matrix.rows, matrix.columns);
    }
    Ok(())
}
