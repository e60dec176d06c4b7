//! The end of a child whose reply cannot be published.
//!
//! Knows a slot's state word. Invariant: such a child starts no further call, so the parent can let
//! the next process serve the calls that wait.

use std::io::{self, Write as _};
use std::{process, thread};

use super::Home;
use crate::transport::Transport;
use crate::transport::call_state::CallPhase;
use crate::transport::mapped::Channel;
use crate::transport::ring::Entry;

/// Ends the child after the exchange from `Running` to `Answered` failed. It waits for SIGKILL if
/// the parent abandoned the call, and aborts if shared memory was overwritten.
///
/// An object in a thread stops serving instead, because its process is the program's. Then this
/// returns whether shared memory was overwritten.
pub(crate) fn end(channel: &Channel, entry: Entry, home: Home) -> bool {
    match (home, channel.state(entry.slot).phase_of(entry.call)) {
        (Home::Process, Some(CallPhase::Killed)) => wait_to_be_killed(),
        (Home::Process, _) => {
            print_overwritten();
            process::abort()
        }
        // The parent has left this thread behind.
        (Home::Thread, Some(CallPhase::Killed)) => false,
        (Home::Thread, _) => {
            print_overwritten();
            true
        }
    }
}

/// Waits for the SIGKILL that the parent sends with every abandoned call.
fn wait_to_be_killed() -> ! {
    loop {
        thread::park();
    }
}

/// Only code in this process can have overwritten the word: the parent changes the phase `Running`
/// only to `Killed`.
fn print_overwritten() {
    // Standard error may be closed.
    let _printed = writeln!(
        io::stderr(),
        "concurrent-object: code in this object's process has overwritten the memory that it shares with its parent"
    );
}
