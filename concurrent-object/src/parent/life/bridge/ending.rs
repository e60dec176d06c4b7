//! How an object in another program ends, as its bridge learns it.
//!
//! Knows reports of the other program. Invariant: an end has one reason.

use crate::error::{Exit, StartError};
use crate::protocol::remote::RemoteExit;

/// How the object has ended.
pub(super) enum Ending {
    /// Its process has ended.
    Exited(Exit),
    /// It was not started.
    Refused(StartError),
    /// The connection is lost.
    Lost(String),
}

pub(super) fn exit_of(exit: RemoteExit) -> Exit {
    match exit {
        RemoteExit::Code(code) => Exit::Code(code),
        RemoteExit::Signal(number) => Exit::signal(number, false),
        RemoteExit::Unknown => Exit::Unknown,
    }
}
