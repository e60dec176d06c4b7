//! What the parent holds: descriptors, threads, memory.

use std::time::{Duration, Instant};
use std::{fmt, fs, thread};

use concurrent_object_tests::census::{children_of, entries};

#[derive(Debug)]
pub struct Levels {
    pub descriptors: usize,
    pub threads: usize,
    pub resident_mib: u64,
}

impl Levels {
    /// Waits until only the object beside the hostile ones is left, and what ends in the background
    /// has ended.
    pub fn settled() -> Self {
        let begin = Instant::now();
        let mut equal = 0;
        let mut last = Self::now();
        while equal < 20 || children_of(std::process::id()).len() > 1 {
            assert!(begin.elapsed() < Duration::from_secs(60), "processes are left");
            thread::sleep(Duration::from_millis(10));
            let now = Self::now();
            equal = if (now.descriptors, now.threads) == (last.descriptors, last.threads) { equal + 1 } else { 0 };
            last = now;
        }
        last
    }

    fn now() -> Self {
        let statm = fs::read_to_string("/proc/self/statm").expect("/proc");
        let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("a number");
        Self {
            descriptors: descriptors().len(),
            threads: entries("/proc/self/task").len(),
            resident_mib: (pages * 4096) >> 20,
        }
    }
}

/// The targets of all descriptors.
pub fn descriptors() -> Vec<String> {
    let target = |number: String| fs::read_link(format!("/proc/self/fd/{number}")).ok();
    entries("/proc/self/fd")
        .into_iter()
        .filter_map(target)
        .map(|target| target.to_string_lossy().into_owned())
        .collect()
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} descriptors, {} threads, {} MiB", self.descriptors, self.threads, self.resident_mib)
    }
}
