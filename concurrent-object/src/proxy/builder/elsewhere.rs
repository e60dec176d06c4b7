//! Which options an object in another program cannot have.
//!
//! Problem: an option for the process, its streams or its files means this machine, and the process
//! is on another one. Way here: `start` refuses it, with words.
//!
//! Knows options. Invariant: an object with a refused option is not started.

#[cfg(feature = "bridge")]
use std::sync::Arc;

use super::Options;
#[cfg(feature = "bridge")]
use super::setters::{Builder, Starter};
use crate::error::StartError;
use crate::process::output::ChildStdio;
#[cfg(feature = "bridge")]
use crate::process::output::OutputTaker;
#[cfg(feature = "bridge")]
use crate::protocol::remote::Remote;

/// Whether this program can report what an object prints in another one.
const READS_LINES: bool = cfg!(all(target_os = "linux", not(concurrent_object_portable)));

impl Options {
    /// Whether the object lives in another program.
    pub(crate) fn lives_elsewhere(&self) -> bool {
        self.remote.is_some()
    }

    /// Sends what the process prints to `takes`, for a proxy of another program that asks for it.
    #[cfg(feature = "bridge")]
    pub(crate) fn send_output(mut self, stdout: bool, stderr: bool, takes: OutputTaker) -> Self {
        for (stream, is_sent) in [(&mut self.streams.stdout, stdout), (&mut self.streams.stderr, stderr)] {
            if is_sent {
                *stream = ChildStdio::Lines;
            }
        }
        self.streams.takes = (stdout || stderr).then_some(takes);
        self
    }

    /// Checks that an object in another program has no option that needs a process here.
    pub(super) fn check_elsewhere(&self) -> Result<(), StartError> {
        if !self.lives_elsewhere() {
            return Ok(());
        }
        let goes_there = |stream: &ChildStdio| match stream {
            ChildStdio::Inherit => true,
            ChildStdio::Lines => READS_LINES,
            ChildStdio::Null | ChildStdio::File(_) => false,
        };
        let set_there = "the program that holds the object sets it for its process; leave out this option";
        let not_sent = "descriptors do not go to another program; leave out this option, and open the file there";
        let refusals = [
            ("in_thread", self.in_thread, "the object is to live in another program; leave out this option or `on`"),
            ("env", !self.env.is_empty(), set_there),
            ("stdout", !goes_there(&self.streams.stdout), set_there),
            ("stderr", !goes_there(&self.streams.stderr), set_there),
            ("backing_dir", self.backing_dir.is_some(), set_there),
            ("prefault", self.prefault, set_there),
            ("inherit_fd", !self.inherited.names().is_empty(), not_sent),
            ("env_clear", self.surroundings.clears_environment, set_there),
            ("kill_tree", self.surroundings.has_group, set_there),
        ];
        let limits = self.process_limits.names().map(|option| (option, true, set_there));
        match refusals.into_iter().chain(limits).find(|&(_, is_set, _)| is_set) {
            Some((option, _, reason)) => Err(StartError::NeedsProcess { option, reason: reason.to_owned() }),
            None => Ok(()),
        }
    }
}

#[cfg(feature = "bridge")]
impl<S: Starter> Builder<S> {
    /// Starts the object through this [`Remote`](crate::bridge::Remote), in another program.
    ///
    /// Arguments and results that are [`Shared`](crate::Shared) are copied. What needs memory or
    /// descriptors of this machine is refused with an error: loans, handles, items, inherited
    /// descriptors, and options for the process.
    ///
    /// With a [`RestartPolicy`](crate::RestartPolicy), the library starts the object again
    /// after its death and after a lost connection, on another machine if the remote has one. It
    /// begins there with the newest saved state, if its type saves any
    /// ([`SnapshotPolicy`](crate::SnapshotPolicy)).
    /// Calls that were under way when the connection was lost fail with
    /// [`CallError::Lost`](crate::CallError::Lost); those of idempotent methods run again.
    #[cfg_attr(docsrs, doc(cfg(feature = "bridge")))]
    pub fn on(self, remote: impl Into<Arc<dyn Remote>>) -> Self {
        self.with(|options| options.on(remote.into()))
    }
}
