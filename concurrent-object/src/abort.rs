//! The end of a child whose own code has closed what is not its own.

use std::io::{self, Write as _};
use std::process;

/// Ends this process, an object's: one of the descriptors is gone with which it hears its parent and tells it. Going on would mean to
/// answer nobody, or to write into somebody's file that has the number now.
#[cold]
pub(crate) fn end_without_descriptors() -> ! {
    let text = "concurrent-object: code in this object's process has closed a descriptor that is not its own, as a loop over all of \
                them does; without it the process hears nothing from its parent, and ends";
    // Standard error may be closed as well.
    let _unheard = writeln!(io::stderr(), "{text}");
    process::abort()
}
