//! The results of a run: comparisons, aims, and single facts.
//!
//! Knows nothing of how anything was measured. A section returns its `Findings`; all of them make
//! the `Report`.

mod aim;
pub(crate) mod curve;
pub(crate) mod machine;
mod plots;
mod summary;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::Serialize;

pub(crate) use self::aim::Aim;
use self::curve::Curve;
use self::machine::Machine;
use crate::comparison::Comparison;
use crate::outcome::Outcome;
use crate::table;

/// A number without a comparison.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Fact {
    pub(crate) what: String,
    pub(crate) value: f64,
}

/// The results of a section.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Findings {
    pub(crate) comparisons: Vec<Comparison>,
    pub(crate) aims: Vec<Aim>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) curves: Vec<Curve>,
}

impl Findings {
    pub(crate) fn of(comparison: Comparison, aims: impl IntoIterator<Item = Aim>) -> Self {
        Self { comparisons: vec![comparison], aims: aims.into_iter().collect(), ..Self::default() }
    }

    /// Adds a fact, and prints it.
    pub(crate) fn fact(&mut self, what: impl Into<String>, value: f64) {
        let what = what.into();
        println!("  {what:<58} {:>10}", table::short(value));
        self.facts.push(Fact { what, value });
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.comparisons.extend(other.comparisons);
        self.aims.extend(other.aims);
        self.facts.extend(other.facts);
        self.curves.extend(other.curves);
    }
}

/// A section, and its findings.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Measured {
    /// Its name on the command line.
    pub(crate) section: String,
    /// What it measures.
    pub(crate) title: String,
    #[serde(flatten)]
    pub(crate) findings: Findings,
}

/// What could not be measured, and the reason.
static NOTES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Records something that readers of the report must know, and prints it.
pub(crate) fn note(text: impl Into<String>) {
    let text = text.into();
    eprintln!("note: {text}");
    if let Ok(mut notes) = NOTES.lock()
        && !notes.contains(&text)
    {
        notes.push(text);
    }
}

/// The results of one run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    machine: Machine,
    quick: bool,
    rounds: usize,
    sections: Vec<Measured>,
    notes: Vec<String>,
}

impl Report {
    pub(crate) fn new(machine: Machine, rounds: usize, sections: Vec<Measured>) -> Self {
        let notes = NOTES.lock().map_or(Vec::new(), |notes| notes.clone());
        Self { machine, quick: rounds == 1, rounds, sections, notes }
    }

    /// Prints the aims, and writes the report, its summary and its plots into `target/bench`.
    pub(crate) fn publish(&self) -> Outcome {
        println!("\n{}", self.machine.describe());
        if self.quick {
            println!("quick: this shows that it runs; no figure in it means anything");
        } else {
            aim::print_aims(self.sections.iter().flat_map(|section| &section.findings.aims));
        }
        self.notes.iter().for_each(|note| println!("note: {note}"));
        let folder = folder()?;
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("report.json"), serde_json::to_string_pretty(self)?)?;
        fs::write(folder.join("summary.md"), summary::of(&self.sections))?;
        plots::draw(&folder, &self.machine, self.sections.iter().map(|section| &section.findings))?;
        println!("written: {}", folder.join("report.json").display());
        Ok(())
    }
}

/// Returns the folder beside that of this program's profile.
fn folder() -> Outcome<PathBuf> {
    let executable = std::env::current_exe()?;
    let target = executable.ancestors().nth(2).ok_or("the executable is in a target directory")?;
    Ok(Path::new(target).join("bench"))
}
