//! Measures the compile time that the attribute adds to a crate of 82 methods, beside that of
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
//! This is without incremental compilation, as for a newly fetched crate. The first run needs the
//! network for tarpc; later ones do not, with `CARGO_NET_OFFLINE=true`.

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

/// The arguments of cargo.
type Command = &'static [&'static str];

const COMMANDS: [Command; 3] = [&["build"], &["build", "--release"], &["check"]];

/// The times of one variant, one list for each command.
type Times = [Vec<Duration>; COMMANDS.len()];

fn main() -> Result<(), Box<dyn Error>> {
    let Options { rounds } = Options::parse();
    let workspace = Workspace::create(&COMMANDS)?;
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
fn print(rounds: u16, times: &[[f64; COMMANDS.len()]]) {
    println!("a crate of {METHODS} methods, medians of {rounds} rounds: what it takes, and adds to the first");
    for (at, command) in COMMANDS.iter().enumerate() {
        let added = |of: usize| times[of][at] - times[0][at];
        println!("\ncargo {:<26}{:>10}{:>12}{:>20}", command.join(" "), "takes", "adds", "adds per method");
        for (of, (variant, times)) in VARIANTS.iter().zip(times).enumerate() {
            let per_method = added(of) / METHODS as f64 * 1e3;
            println!("{:<32}{:>8.2} s{:>10.2} s{per_method:>17.1} ms", variant.name, times[at], added(of));
        }
        for (of, variant) in VARIANTS.iter().enumerate().skip(2) {
            let name = format!("ours / {}", variant.name);
            println!("{name:<32}{:>8.2} x{:>10.2} x", times[1][at] / times[of][at], added(1) / added(of));
        }
    }
}

/// Returns the median in seconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}
