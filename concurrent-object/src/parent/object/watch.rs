//! Notices a death while no thread uses the object, for objects that are restarted or have a death
//! hook.
//!
//! Knows the supervisor thread and the driver. Invariants: a process is watched from its spawn to
//! its end, unless its death has no consequences. While a thread drives, the driver handles the
//! death, at the latest when it stops driving.

use std::io;

use super::state::ObjectState;
use super::{Identity, Object};
use crate::clock;
use crate::parent::life::backend::Backend;
use crate::parent::threads::supervisor::{self, ProcessWatch};

impl Identity {
    /// Whether a death has consequences even if no thread waits on the object.
    pub(crate) fn is_watched(&self) -> bool {
        !self.restart.is_never() || self.report.on_death.is_some()
    }
}

impl Object {
    /// Watches the first process of the object, which was just started.
    pub(crate) fn watch_first(&self) -> io::Result<()> {
        let mut state = self.lock();
        let Some(running) = state.phase.running_mut() else { return Ok(()) };
        let backend = running.process.backend.clone();
        running.process.watch = self.watch(&backend)?;
        self.expect_end(&mut state, &backend);
        Ok(())
    }

    /// Has the supervisor thread watch this process, if its death has consequences.
    pub(crate) fn watch(&self, backend: &Backend) -> io::Result<Option<ProcessWatch>> {
        if self.identity.is_watched() { supervisor::watch(backend.watched(), self.me.clone()) } else { Ok(None) }
    }

    /// Schedules a poll if other code of this program has reaped the process before it could be
    /// watched. The process is known to be dead then.
    pub(crate) fn expect_end(&self, state: &mut ObjectState, backend: &Backend) {
        if self.identity.is_watched() && backend.ended().is_none() {
            state.poll_at(clock::now());
        }
    }

    /// Handles the end of the process with this watch number. Called by the supervisor thread.
    pub(crate) fn notice_end_of(&self, number: u64) {
        if !self.is_ours() {
            return;
        }
        let mut state = self.lock();
        let watch = state.phase.process().and_then(|peer| peer.watch.as_ref());
        if watch.is_some_and(|watch| watch.number() == number) {
            self.finish_unless_driven(&mut state);
        }
    }

    /// Finishes the ended process, or leaves that to the driver. Returns whether a thread drives.
    pub(crate) fn finish_unless_driven(&self, state: &mut ObjectState) -> bool {
        let is_driven = state.calls.waiters.is_driven();
        match state.phase.running_mut() {
            Some(running) if is_driven => running.end_is_known = true,
            _ => self.finish(state),
        }
        is_driven
    }
}
