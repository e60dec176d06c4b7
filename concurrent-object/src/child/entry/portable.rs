//! The functions of a program without child processes.
//!
//! Invariant: `init` is not needed, and changes nothing that a program notices.

use std::io;

use crate::child::ConcurrentObject;
use crate::error::StartError;
use crate::protocol::methods::Methods;

/// Enables this program to start objects in child processes, on Linux.
///
/// Call it first in `main`, so that the program does the same on Linux, where it runs the object in
/// a process that was started as a child. On this target each object lives in a thread, so it does
/// nothing.
///
/// ```
/// fn main() {
///     concurrent_object::init();
///     // The program.
/// }
/// # struct Something;
/// ```
pub fn init() {}

/// The place of an entry point. A type without values.
#[derive(Clone, Copy, Debug)]
pub(crate) enum EntryPlace {}

impl EntryPlace {
    pub(crate) fn offset(self) -> usize {
        match self {}
    }

    pub(crate) fn type_name(self) -> &'static str {
        match self {}
    }
}

/// Fails: no child process looks for the object.
#[allow(clippy::extra_unused_type_parameters, reason = "on Linux each object has a place of its own")]
pub(crate) fn place_of<T: ConcurrentObject, O: Methods>() -> Result<EntryPlace, StartError> {
    Err(StartError::system("finding the object in the program")(io::ErrorKind::Unsupported.into()))
}
