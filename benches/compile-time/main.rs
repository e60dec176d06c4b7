//! Measures the compile time that the attribute adds to a crate of 50 methods, beside that of
//! tarpc.
//!
//! `cargo run --release -p concurrent-object-benches --bin compile-time`; `-- --rounds 11` for more
//! than five rounds.
//!
//! The same types and methods become four libraries. One has `serde`'s derives only, and one has
//! this library's attribute. Two are a tarpc service: its ends communicate over a socket, as this
//! library does, or within one process, which is the least it can do. Each library uses the
//! generated code: it creates both ends and calls every method.
//!
//! The dependencies are built first. Then, round by round, each library alone is built and checked.
//! This uses the dev profile without incremental compilation, as for a newly fetched crate. The
//! first run needs the network for tarpc; later ones do not, with `CARGO_NET_OFFLINE=true`.

mod methods;
mod workspace;

use std::error::Error;
use std::time::Duration;

use clap::Parser;
use methods::{METHODS, VARIANTS};
use workspace::Workspace;

/// How thoroughly to measure.
#[derive(Parser)]
struct Options {
    /// How often each library is built and checked.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
}

const COMMANDS: [&str; 2] = ["build", "check"];

/// The times of one variant, one list for each command.
type Times = [Vec<Duration>; 2];

fn main() -> Result<(), Box<dyn Error>> {
    let Options { rounds } = Options::parse();
    let workspace = Workspace::create()?;
    let mut times: [Times; VARIANTS.len()] = Default::default();
    for _ in 0..rounds {
        for (variant, times) in VARIANTS.iter().zip(&mut times) {
            for (command, times) in COMMANDS.iter().zip(times) {
                times.push(workspace.time(command, variant)?);
            }
        }
    }
    print(rounds, &times.map(|times| times.map(median)));
    Ok(())
}

/// Prints the time of each variant, and the difference to the first.
fn print(rounds: u16, times: &[[f64; 2]]) {
    println!("a crate of {METHODS} methods, medians of {rounds} rounds: what it takes, and adds to the first\n");
    println!("{:<24}{:>12}{:>10}{:>14}{:>10}", "", "cargo build", "added", "cargo check", "added");
    let added = |of: usize, command: usize| times[of][command] - times[0][command];
    for (of, (variant, [build, check])) in VARIANTS.iter().zip(times).enumerate() {
        let (more_build, more_check) = (added(of, 0), added(of, 1));
        println!("{:<24}{build:>10.2} s{more_build:>8.2} s{check:>12.2} s{more_check:>8.2} s", variant.name);
    }
    println!();
    for (of, variant) in VARIANTS.iter().enumerate().skip(2) {
        let ratio = |command: usize| (times[1][command] / times[of][command], added(1, command) / added(of, command));
        let ((build, more_build), (check, more_check)) = (ratio(0), ratio(1));
        let name = format!("ours / {}", variant.name);
        println!("{name:<27}{build:>7.2} x{more_build:>8.2} x{check:>12.2} x{more_check:>8.2} x");
    }
}

/// Returns the median in seconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}
