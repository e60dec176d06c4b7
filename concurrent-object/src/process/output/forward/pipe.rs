//! The child's non-blocking descriptor of the pipe of its standard error.
//!
//! Standard error itself blocks when the pipe is full, and its flags are shared with other
//! processes. So the child opens the pipe a second time, non-blocking. Invariants: nothing here
//! waits. Nothing is written to another file than that pipe, even if the program closes descriptors
//! that it does not own.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::OFlags;

use super::frames::framed;
use super::record::Record;
use crate::memory::once::Once;
use crate::process::output::bracket;

static PIPE: Once<Option<File>> = Once::new();

/// Number of events that found no room, since the last event that was sent.
static LOST: AtomicU32 = AtomicU32::new(0);

/// Whether a parent takes events from this process.
pub(crate) fn is_open() -> bool {
    pipe().is_some()
}

/// Sends the record, or counts it as lost.
pub(crate) fn send(record: &mut Record) {
    let Some(pipe) = pipe() else { return };
    // Relaxed: only the sum matters.
    record.lost = LOST.swap(0, Ordering::Relaxed);
    let frame = framed(&record.encode());
    let is_sent = bracket::is_the_pipe(pipe) && rustix::io::write(pipe, &frame).is_ok_and(|len| len == frame.len());
    if !is_sent {
        LOST.fetch_add(record.lost.saturating_add(1), Ordering::Relaxed);
    }
}

/// Returns the pipe. `None` if no parent reads this process's standard error, or if the pipe cannot
/// be opened (no `/proc`, another user).
fn pipe() -> Option<&'static File> {
    if !bracket::has_begun_with_reader() {
        return None;
    }
    PIPE.get_or_make(|| open().filter(bracket::is_the_pipe)).as_ref()
}

fn open() -> Option<File> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    OpenOptions::new().write(true).custom_flags(flags).open("/proc/self/fd/2").ok()
}
