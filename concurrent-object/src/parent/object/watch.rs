//! A death that is noticed though nobody touches the object: for objects that are restarted, or have a hook for it.
//!
//! Knows the supervising thread and who drives. Invariants: from its making to its end a process is watched, unless nothing follows from
//! its death; while somebody drives, the death is theirs to deal with, and whenever they leave they do.

use std::io;

use super::state::ObjectState;
use super::{Identity, Object};
use crate::clock;
use crate::parent::life::backend::Backend;
use crate::parent::threads::supervisor::{self, ProcessWatch};

impl Identity {
    /// Whether anything follows from a death that nobody waits for.
    pub(crate) fn is_watched(&self) -> bool {
        !self.restart.is_never() || self.report.on_death.is_some()
    }
}

impl Object {
    /// The object was just started.
    pub(crate) fn watch_first(&self) -> io::Result<()> {
        let mut state = self.lock();
        let Some(running) = state.phase.running_mut() else { return Ok(()) };
        let backend = running.process.backend.clone();
        running.process.watch = self.watch(&backend)?;
        self.expect_end(&mut state, &backend);
        Ok(())
    }

    /// Has this process watched, if its death has consequences.
    pub(crate) fn watch(&self, backend: &Backend) -> io::Result<Option<ProcessWatch>> {
        if self.identity.is_watched() { supervisor::watch(backend.watched(), self.me.clone()) } else { Ok(None) }
    }

    /// Somebody else has reaped the process before it could be watched: it is known to be dead.
    pub(crate) fn expect_end(&self, state: &mut ObjectState, backend: &Backend) {
        if self.identity.is_watched() && backend.ended().is_none() {
            state.look_at(clock::now());
        }
    }

    /// The process that is watched by this number has ended. Called by the supervising thread.
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

    /// The process has ended: finishes it, or leaves that to the driver. Whether a thread drives.
    pub(crate) fn finish_unless_driven(&self, state: &mut ObjectState) -> bool {
        let is_driven = state.calls.waiters.is_driven();
        match state.phase.running_mut() {
            Some(running) if is_driven => running.end_is_known = true,
            _ => self.finish(state),
        }
        is_driven
    }
}
