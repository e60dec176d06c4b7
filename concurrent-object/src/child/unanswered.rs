//! What becomes of a child whose answer does not count.

use std::io::{self, Write as _};
use std::{process, thread};

use crate::transport::Transport;
use crate::transport::call_state::CallPhase;
use crate::transport::mapped::Channel;
use crate::transport::ring::Entry;

/// The call was not in the state in which it is answered.
pub(crate) fn end(channel: &Channel, entry: Entry) -> ! {
    match channel.state(entry.slot).phase_of(entry.call) {
        Some(CallPhase::Killed) => wait_to_be_killed(),
        _ => end_overwritten(),
    }
}

/// The parent has given up what ran here. What waits behind it is served by the next process, if nothing of it is begun here.
fn wait_to_be_killed() -> ! {
    loop {
        thread::park();
    }
}

/// Nobody but this process could have done that.
fn end_overwritten() -> ! {
    // Standard error may be closed.
    let _unheard = writeln!(
        io::stderr(),
        "concurrent-object: code in this object's process has overwritten the memory that it shares with its parent"
    );
    process::abort()
}
