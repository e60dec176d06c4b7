//! The state that an object begins a further life with, held against what its methods have noted.

use std::env;
use std::path::Path;

use crate::object::{BORN, ENDED};

/// After how many calls the state is saved; whoever is to know.
pub const SAVED_AFTER: &str = "STORM_SAVED_AFTER";

/// These calls had ended when the state was saved: in their order, and in each life before this one all but the last few.
///
/// # Panics
/// If that is not so.
pub fn check(done: &[u64], notes: &Path) {
    let bytes = std::fs::read(notes).expect("the side file is there");
    let words: Vec<_> = bytes.as_chunks().0.iter().map(|&word| u64::from_ne_bytes(word)).collect();
    let noted = |kind| words.as_chunks().0.iter().filter(move |[_, what]| *what == kind).map(|&[id, _]| id);
    let mut ended = noted(ENDED);
    let is_in_order = done.iter().all(|id| ended.any(|other| other == *id));
    assert!(is_in_order, "saved: {done:?}, ended: {:?}", noted(ENDED).collect::<Vec<_>>());
    let after: usize = env::var(SAVED_AFTER).ok().and_then(|after| after.parse().ok()).unwrap_or(1);
    // In each life the one that was just to be answered, and those before it after which nothing was to be saved.
    let (missing, lives) = (noted(ENDED).count() - done.len(), noted(BORN).count());
    assert!(missing <= after * lives, "{missing} calls are missing of {lives} lives, saved after {after} calls");
}
