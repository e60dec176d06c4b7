//! The counts of a run, and how the run ends when a check fails.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// The identity of a run, and what must be removed if it is aborted.
#[derive(Debug)]
pub struct Run {
    pub seed: u64,
    pub begin: Instant,
    pub directory: PathBuf,
}

pub static RUN: OnceLock<Run> = OnceLock::new();

/// How many characters of a failure the last line repeats.
const MAX_SHORT: usize = 300;

/// Ends the program at the first failed check. Its objects end with it.
pub fn differs(what: &str) -> ! {
    if let Some(run) = RUN.get() {
        // Once more at the end, and short: tools show the last line, and the details may be long.
        let short: String = what.chars().take(MAX_SHORT).collect();
        eprintln!("stress: after {:?}: {what}", run.begin.elapsed());
        eprintln!("stress: run again with --seed {}: {}", run.seed, short.replace('\n', " "));
        // The directory is a temporary one, so a failure to remove it does no harm.
        drop(std::fs::remove_dir_all(&run.directory));
    }
    std::process::exit(1)
}

/// Ends the program unless the condition holds.
macro_rules! must {
    ($holds:expr, $($message:tt)+) => {
        if !$holds {
            $crate::report::differs(&format!($($message)+));
        }
    };
}
pub(crate) use must;

/// Counts and longest times, by name.
#[derive(Debug, Default)]
pub struct Tally {
    counts: Mutex<BTreeMap<String, u64>>,
    longest: Mutex<BTreeMap<&'static str, Duration>>,
}

impl Tally {
    pub fn count(&self, what: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get_mut(what) {
            Some(count) => *count += 1,
            None => drop(counts.insert(what.to_owned(), 1)),
        }
    }

    pub fn time(&self, what: &'static str, took: Duration) {
        let mut longest = self.longest.lock().unwrap_or_else(PoisonError::into_inner);
        let known = longest.entry(what).or_default();
        *known = took.max(*known);
    }

    /// Prints one line for each.
    pub fn print(&self) {
        for (what, count) in &*self.counts.lock().unwrap_or_else(PoisonError::into_inner) {
            println!("{count:>10}  {what}");
        }
        for (what, took) in &*self.longest.lock().unwrap_or_else(PoisonError::into_inner) {
            println!("{took:>10.1?}  {what}");
        }
    }
}
