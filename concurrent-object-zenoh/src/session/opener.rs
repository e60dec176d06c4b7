//! Which process has opened the sessions of this program.
//!
//! Problem: a forked copy of a process has its memory, and of its threads only the one that forked. The threads
//! of Zenoh are made once, so what asks them for anything in a copy waits for ever.
//!
//! Knows process ids. Invariant: no session is opened or used in a copy of the process that opened the first one.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::SiteError;

/// No process has this id.
const NONE: u32 = 0;

static OPENER: AtomicU32 = AtomicU32::new(NONE);

/// Notes that this process opens a session.
pub(super) fn claim() -> Result<(), SiteError> {
    // Nothing else is published by it.
    let _earlier = OPENER.compare_exchange(NONE, process::id(), Ordering::Relaxed, Ordering::Relaxed);
    if is_forked_copy() { Err(SiteError::ForkedCopy) } else { Ok(()) }
}

/// Whether this process is a forked copy of the one that opened the first session.
pub fn is_forked_copy() -> bool {
    let opener = OPENER.load(Ordering::Relaxed);
    opener != NONE && opener != process::id()
}
