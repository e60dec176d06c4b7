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
use crate::protocol::remote::Remote;

impl Options {
    /// Whether the object lives in another program.
    pub(crate) fn lives_elsewhere(&self) -> bool {
        self.remote.is_some()
    }

    /// Checks that an object in another program has no option that needs a process here.
    pub(super) fn check_elsewhere(&self) -> Result<(), StartError> {
        if !self.lives_elsewhere() {
            return Ok(());
        }
        let is_inherited = |stream: &ChildStdio| matches!(stream, ChildStdio::Inherit);
        let set_there = "the program that holds the object sets it for its process; leave out this option";
        let not_sent = "descriptors do not go to another program; leave out this option, and open the file there";
        let refusals = [
            ("in_thread", self.in_thread, "the object is to live in another program; leave out this option or `on`"),
            ("env", !self.env.is_empty(), set_there),
            ("stdout", !is_inherited(&self.streams.stdout), set_there),
            ("stderr", !is_inherited(&self.streams.stderr), set_there),
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
    /// With a [`RestartPolicy`](crate::RestartPolicy), the object is started anew after its death
    /// and after a lost connection, on another machine if the remote has one. It begins there with
    /// the newest saved state, if its type saves any ([`SnapshotPolicy`](crate::SnapshotPolicy)).
    /// Calls that were under way when the connection was lost fail with
    /// [`CallError::Lost`](crate::CallError::Lost); those of idempotent methods run again.
    #[cfg_attr(docsrs, doc(cfg(feature = "bridge")))]
    pub fn on(self, remote: impl Into<Arc<dyn Remote>>) -> Self {
        self.with(|options| options.on(remote.into()))
    }
}
