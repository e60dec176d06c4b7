//! What came of the calls, by kind.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use concurrent_object::{CallError, StartError};

use crate::victim::Garbage;

/// All calls so far, of all threads.
static CALLS: AtomicU64 = AtomicU64::new(0);

pub fn calls() -> u64 {
    CALLS.load(Ordering::Relaxed)
}

#[derive(Debug, Default)]
pub struct Counts {
    pub objects: u64,
    pub incarnations: u64,
    kinds: BTreeMap<String, u64>,
    /// Those of them whose call had no outcome after all limits.
    pub hung: u64,
    /// The threads that gave up a call.
    given_up: u64,
    /// The same, by what their objects scribbled.
    given_up_by: BTreeMap<Option<Garbage>, u64>,
}

impl Counts {
    /// Notes what came of one call of this form.
    pub fn note<T>(&mut self, outcome: Result<T, CallError>) -> Option<T> {
        CALLS.fetch_add(1, Ordering::Relaxed);
        self.count(outcome.as_ref().map_or_else(|error| name_of(error), |_| "a result"));
        outcome.ok()
    }

    pub fn count(&mut self, kind: &str) {
        *self.kinds.entry(kind.to_owned()).or_default() += 1;
    }

    pub fn note_start(&mut self, error: &StartError) {
        self.count(&format!("not started: {error}"));
    }

    /// Notes that a call was given up, since it had no outcome in time.
    pub fn give_up(&mut self) {
        CALLS.fetch_add(1, Ordering::Relaxed);
        self.given_up = 1;
    }

    pub fn has_given_up(&self) -> bool {
        self.given_up > 0
    }

    /// Adds the counts of a thread that called an object which scribbled this. `may_wait`: a call
    /// may wait for longer than the thread did.
    pub fn add(&mut self, other: &Self, garbage: Option<Garbage>, may_wait: bool) {
        if !may_wait {
            self.hung += other.given_up;
        }
        for (kind, count) in &other.kinds {
            *self.kinds.entry(kind.clone()).or_default() += count;
        }
        if other.given_up > 0 {
            self.given_up += other.given_up;
            *self.given_up_by.entry(garbage).or_default() += other.given_up;
        }
    }
}

fn name_of(error: &CallError) -> &'static str {
    match error {
        CallError::Protocol { .. } => "the child broke the protocol",
        CallError::Died { .. } => "the child died",
        CallError::TimedOut { .. } => "timed out",
        CallError::Cancelled { .. } => "cancelled",
        CallError::Panicked { .. } => "panicked",
        CallError::Decode { .. } => "could not be decoded",
        CallError::Handle { .. } => "a handle that names nothing",
        CallError::Ended { .. } => "the object had ended",
        CallError::NotConstructed { .. } => "not constructed",
        CallError::TooLarge { .. } => "too large",
        _ => "another error",
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} calls of {} objects in {} processes:", calls(), self.objects, self.incarnations)?;
        self.kinds.iter().try_for_each(|(kind, count)| writeln!(f, "  {count:>9} {kind}"))?;
        let (given_up, hung) = (self.given_up, self.hung);
        write!(f, "  {given_up:>9} given up, of which {hung} had no outcome after all limits: {:?}", self.given_up_by)
    }
}
