//! Measures calls beside the limits of the machine, in one run, and prints ratios.
//!
//! `cargo run --release -p concurrent-object-benches` runs every section; `-- latency` or `-- arrays` some of them;
//! `-- --quick` only shows that it runs. Absolute times promise nothing; the ratios are medians over interleaved rounds.

mod arrays;
mod limits;
mod measure;
mod object;
mod pipelined;
mod roundtrip;

use std::error::Error;

use clap::Parser;

/// What is measured, and how thoroughly.
#[derive(Parser)]
struct Options {
    /// The sections to run: latency, pipelined, arrays. All of them if none is named.
    sections: Vec<String>,
    /// Few and short rounds: shows that it runs, measures nothing.
    #[arg(long)]
    quick: bool,
}

type Section = fn(measure::Effort) -> Result<(), Box<dyn Error>>;

const SECTIONS: [(&str, Section); 3] =
    [("latency", roundtrip::measure), ("pipelined", pipelined::measure), ("arrays", arrays::measure)];

fn main() -> Result<(), Box<dyn Error>> {
    // The limits' own second process comes first: it is no object.
    limits::become_partner_if_told();
    concurrent_object::init();
    let options = Options::parse();
    if let Some(unknown) = options.sections.iter().find(|name| !SECTIONS.iter().any(|(known, _)| known == name)) {
        return Err(format!("there is no section {unknown:?}; there are latency, pipelined and arrays").into());
    }
    let effort = measure::Effort::new(options.quick);
    for (name, section) in SECTIONS {
        if options.sections.is_empty() || options.sections.iter().any(|wanted| wanted == name) {
            section(effort)?;
        }
    }
    Ok(())
}
