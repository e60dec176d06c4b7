//! Checks a restored state against the notes of the methods.

use std::env;
use std::path::Path;
use std::time::Duration;

use concurrent_object::SnapshotPolicy;
use fastrand::Rng;

use crate::object::{BORN, ENDED};

/// The variable that tells the child after how many calls its state is saved, if calls are counted.
pub const SAVED: &str = "STRESS_SAVED";

/// When an object's state is saved.
#[derive(Clone, Copy, Debug)]
pub enum Saving {
    AfterCalls(u32),
    Every(Duration),
    Never,
}

impl Saving {
    pub fn choose(rng: &mut Rng) -> Self {
        match rng.u32(..10) {
            0 => Self::Never,
            1..4 => Self::Every(Duration::from_micros(rng.u64(1..20_000))),
            _ => Self::AfterCalls(rng.u32(1..4)),
        }
    }

    pub fn policy(self) -> SnapshotPolicy {
        match self {
            Self::AfterCalls(calls) => SnapshotPolicy::after_calls(calls),
            Self::Every(pause) => SnapshotPolicy::every(pause),
            Self::Never => SnapshotPolicy::never(),
        }
    }

    pub fn variable(self) -> String {
        match self {
            Self::AfterCalls(calls) => calls.to_string(),
            Self::Every(_) => "in time".to_owned(),
            Self::Never => NEVER.to_owned(),
        }
    }
}

const NEVER: &str = "never";

/// Checks the calls in a restored state. They must have ended, in this order. Of each earlier
/// instance only the last few may be missing.
///
/// # Panics
/// If the state is wrong.
pub fn check(done: &[u64], notes: &Path) {
    let bytes = std::fs::read(notes).expect("the side file is there");
    let words: Vec<_> = bytes.as_chunks().0.iter().map(|&word| u64::from_ne_bytes(word)).collect();
    let noted = |kind| words.as_chunks().0.iter().filter(move |[_, what]| *what == kind).map(|&[id, _]| id);
    let mut ended = noted(ENDED);
    let is_in_order = done.iter().all(|id| ended.any(|other| other == *id));
    assert!(is_in_order, "saved: {done:?}, ended: {:?}", noted(ENDED).collect::<Vec<_>>());
    let saved = env::var(SAVED).expect("how it is saved");
    assert!(saved != NEVER, "what is never saved was restored: {done:?}");
    let Ok(after) = saved.parse::<usize>() else { return };
    // Of each instance, these may be missing: the call that was just to be answered, and those
    // before it that the policy did not save.
    let (missing, lives) = (noted(ENDED).count() - done.len(), noted(BORN).count());
    assert!(missing <= after * lives, "{missing} calls are missing of {lives} instances, saved after {after} calls");
}
