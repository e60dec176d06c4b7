//! Measures calls beside the limits of the machine and beside other libraries, in one run, as
//! ratios.
//!
//! `cargo run --release -p concurrent-object-benches` runs every section; `-- latency arrays` only
//! some of them. `-- --quick` only shows that it runs. Absolute times depend on the machine; the
//! ratios are medians over interleaved rounds. It prints the aims beside the results, and writes
//! `report.json` and plots into `target/bench`.

mod allocations;
mod comparison;
mod crowd;
mod limits;
mod measure;
mod object;
mod outcome;
mod partner;
#[cfg(feature = "peers")]
mod peers;
mod process;
mod remote;
mod report;
mod roles;
mod sections;
mod situation;
mod table;
mod titles;
#[cfg_attr(not(feature = "peers"), allow(dead_code, reason = "only peers are asked by values"))]
mod work;

use clap::{Parser, ValueEnum};

use crate::measure::Effort;
use crate::outcome::Outcome;
use crate::report::Report;
use crate::report::machine::Machine;
use crate::sections::Section;

/// What is measured, and how thoroughly.
#[derive(Debug, Parser)]
struct Options {
    /// The sections to run; all of them if none is named.
    sections: Vec<Section>,
    /// Few and short rounds: shows that it runs, measures nothing.
    #[arg(long)]
    quick: bool,
    /// How much memory the parent holds, in MiB, when objects are started from a large one.
    #[arg(long, default_value_t = 4096)]
    held_mib: usize,
    /// How many objects are alive at most in the section `growth`.
    #[arg(long, default_value_t = 2500)]
    objects: usize,
}

fn main() -> Outcome {
    concurrent_object::init();
    // This binary may have been executed as a partner of a contender, instead of as an object or as
    // the program.
    #[cfg(feature = "peers")]
    peers::init();
    roles::become_partner_if_named();
    allocations::keep_freed_memory();
    let options = Options::parse();
    let mut machine = Machine::here()?;
    process::allow_many_descriptors()?;
    let mut measured = Vec::new();
    let mut failed = Vec::new();
    for &section in Section::value_variants() {
        if options.sections.is_empty() || options.sections.contains(&section) {
            match section.measure(&options) {
                Ok(findings) => measured.push(section.with(findings)),
                // The other sections are still measured.
                Err(error) => failed.push(format!("{section:?}: {error}")),
            }
        }
    }
    machine.look_again()?;
    Report::new(machine, Effort::new(options.quick).rounds, measured).publish()?;
    if failed.is_empty() { Ok(()) } else { Err(failed.join("; ").into()) }
}
