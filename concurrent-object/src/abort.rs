//! Ends a child whose own code closed a descriptor of this library.

use std::io::{self, Write as _};
use std::process;

/// Aborts this child process: a descriptor is closed through which it communicates with its parent.
/// If it went on, it would answer no call, or write into another file that got the same number.
#[cold]
pub(crate) fn end_without_descriptors() -> ! {
    let text = "concurrent-object: code in this object's process closed a descriptor of this library, for instance in a \
                loop over all descriptors; without it the process cannot communicate with its parent, and aborts";
    // Standard error may be closed as well.
    let _unwritten = writeln!(io::stderr(), "{text}");
    process::abort()
}
