//! Where the objects of a test live.

use std::{env, process};

use concurrent_object::private::Starter;
use concurrent_object::{Builder, Handle, State};

use crate::deadline::wait_for;

/// Whether they live in threads of the test, because the environment says so, or
/// because the library was compiled without child processes.
#[must_use]
pub fn is_thread() -> bool {
    cfg!(concurrent_object_portable) || is_set("CONCURRENT_OBJECT_IN_THREAD")
}

/// Whether they live behind bridges, because the environment says so.
#[must_use]
pub fn is_elsewhere() -> bool {
    is_set("CONCURRENT_OBJECT_LOOPBACK") || is_over_zenoh()
}

/// Whether they live on hosts of Zenoh, because the environment says so.
#[must_use]
pub fn is_over_zenoh() -> bool {
    is_set("CONCURRENT_OBJECT_OVER_ZENOH")
}

/// Returns how often a long test repeats what it does: over a network, a call is slower by far.
#[must_use]
pub fn rounds(usually: u64) -> u64 {
    if is_over_zenoh() { usually / 8 } else { usually }
}

/// Returns the id of the object's process. One that lives elsewhere tells it soon after the start.
#[must_use]
pub fn process_of(handle: &Handle) -> u32 {
    if is_elsewhere() {
        wait_for("the process there", || handle.pid() != process::id() || handle.state() == State::Ended);
    }
    handle.pid()
}

/// Turns the backtraces of panics off, which tests do not read and which take long. The environment
/// of a process elsewhere is not its proxy's to set.
pub fn without_backtraces<S: Starter>(builder: Builder<S>) -> Builder<S> {
    if is_elsewhere() { builder } else { builder.env("RUST_BACKTRACE", "0") }
}

fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}
