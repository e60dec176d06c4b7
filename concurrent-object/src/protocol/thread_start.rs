//! What the parent passes to an object's thread, in place of the first message and its descriptors.
//!
//! Knows the parts, which are mapped already. So nothing can fail in the thread before the
//! constructor runs.

use super::hello::Hello;
use crate::descriptor::OwnedFd;
use crate::memory::sealed::Sealed;
use crate::transport::mapped::{Channel, Lease};

/// The parts of an object in a thread.
#[derive(Debug)]
pub(crate) struct ThreadStart {
    pub(crate) hello: Hello,
    /// The object's files, mapped once more.
    pub(crate) channel: Channel,
    pub(crate) leases: Vec<Lease>,
    /// The constructor's arguments.
    pub(crate) arguments: Sealed,
    /// The thread's end of the control socket, which has the rest of the greeting.
    pub(crate) socket: OwnedFd,
}

/// Constructs an object on the calling thread, serves its calls and drops it. Returns the code with
/// which a process would exit.
pub(crate) type RunInThread = fn(ThreadStart) -> i32;
