//! What calls came to, and whether that fits what the members have logged.

use std::collections::HashMap;
use std::path::Path;

/// What a call came to, as its caller saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Served,
    /// It failed, and may have begun.
    Failed,
    /// It failed, and had not begun.
    NeverBegan,
    /// Its outcome was discarded.
    Dropped,
}

#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) pools: usize,
    pub(crate) served: usize,
    pub(crate) failed: usize,
    pub(crate) never_began: usize,
    pub(crate) dropped: usize,
    pub(crate) moved: u64,
    pub(crate) replaced: u64,
    pub(crate) recycled: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Self) {
        self.pools += other.pools;
        self.served += other.served;
        self.failed += other.failed;
        self.never_began += other.never_began;
        self.dropped += other.dropped;
        self.moved += other.moved;
        self.replaced += other.replaced;
        self.recycled += other.recycled;
    }
}

/// Compares what the callers saw with what the members have logged.
pub(crate) fn check(fates: &HashMap<u64, Fate>, log: &Path) {
    let bytes = std::fs::read(log).expect("the log is there");
    let mut runs: HashMap<u64, usize> = HashMap::new();
    bytes.as_chunks::<8>().0.iter().for_each(|number| *runs.entry(u64::from_ne_bytes(*number)).or_default() += 1);
    for (number, fate) in fates {
        let runs = runs.get(number).copied().unwrap_or(0);
        let is_right = match fate {
            Fate::Served => runs == 1,
            Fate::NeverBegan => runs == 0,
            Fate::Failed | Fate::Dropped => runs <= 1,
        };
        assert!(is_right, "call {number} is {fate:?} and has run {runs} times");
    }
}
