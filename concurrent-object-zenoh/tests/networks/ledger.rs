//! What the callers saw, to be compared with what the objects wrote down.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use concurrent_object::Started;

/// What a caller knows of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen {
    /// It has the right result.
    Done,
    /// It has an error, which says whether the method had started.
    Failed(Started),
    /// The caller dropped it.
    Dropped,
}

/// All calls of a run.
pub struct Ledger {
    log: PathBuf,
    next: AtomicU64,
    seen: Mutex<BTreeMap<u64, Seen>>,
    slowest: Mutex<Duration>,
}

impl Ledger {
    pub fn new(folder: &Path) -> Self {
        let log = folder.join("log");
        std::fs::write(&log, "").expect("room");
        Self { log, next: AtomicU64::new(1), seen: Mutex::default(), slowest: Mutex::default() }
    }

    pub fn log(&self) -> &Path {
        &self.log
    }

    /// A number that no other call has.
    pub fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Writes down what a caller saw of a call, the first and only time.
    pub fn enter(&self, number: u64, seen: Seen) {
        let before = self.seen.lock().expect("no panic").insert(number, seen);
        assert_eq!(before, None, "call {number} has two outcomes");
    }

    /// Writes down how long something took beyond what it had to do.
    pub fn took(&self, beyond: Duration) {
        let mut slowest = self.slowest.lock().expect("no panic");
        *slowest = beyond.max(*slowest);
    }

    /// Compares what the callers saw with the log.
    pub fn check(&self, seconds: u64) {
        let text = std::fs::read_to_string(&self.log).expect("readable");
        let mut logged = BTreeMap::<u64, u32>::new();
        for line in text.lines() {
            *logged.entry(u64::from_str_radix(line, 16).expect("a number")).or_default() += 1;
        }
        let seen = self.seen.lock().expect("no panic");
        assert_eq!(seen.len() as u64 + 1, self.next.load(Ordering::Relaxed), "each call has an outcome");
        let mut counts = BTreeMap::<String, u32>::new();
        let mut wrong = Vec::new();
        for (number, seen) in &*seen {
            *counts.entry(format!("{seen:?}")).or_default() += 1;
            let times = logged.remove(number).unwrap_or_default();
            let is_right = match seen {
                Seen::Done | Seen::Failed(Started::Yes) => times == 1,
                Seen::Failed(Started::No) => times == 0,
                Seen::Failed(_) | Seen::Dropped => times <= 1,
            };
            if !is_right {
                wrong.push(format!("call {number}: {seen:?}, and it ran {times} times"));
            }
        }
        println!("calls: {counts:?}; the slowest took {:?} beyond its work", self.slowest.lock().expect("no panic"));
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(logged.is_empty(), "calls that no caller made: {logged:?}");
        let done = counts.get("Done").copied().unwrap_or_default();
        assert!(u64::from(done) >= seconds, "too few calls had a result for this to be a test");
    }
}
