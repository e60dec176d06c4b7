//! A death that is noticed though nobody touches the object: for objects that are restarted, or have a hook for it.
//!
//! Knows the supervising thread and who drives. Invariants: from its making to its end a process is watched, unless nothing follows from
//! its death; while somebody drives, the death is theirs to deal with, and whenever they leave they do.

use std::io;
use std::sync::Arc;

use super::incarnation::Incarnation;
use super::supervisor::{self, Watch};
use super::{Core, Identity, Link};
use crate::clock;

impl Identity {
    /// Whether anything follows from a death that nobody waits for.
    pub(crate) fn is_watched(&self) -> bool {
        !self.restart.is_never() || self.report.on_death.is_some()
    }
}

impl Link {
    /// The object was just started.
    pub(crate) fn watch_first(&self) -> io::Result<()> {
        let mut core = self.lock();
        let body = core.body.clone();
        body.map_or(Ok(()), |body| {
            core.watch = self.watch(&body)?;
            self.expect_end(&mut core, &body);
            Ok(())
        })
    }

    /// Has this process watched, if its death has consequences.
    pub(super) fn watch(&self, body: &Arc<Incarnation>) -> io::Result<Option<Watch>> {
        if self.identity.is_watched() { supervisor::watch(body, self.me.clone()) } else { Ok(None) }
    }

    /// Somebody else has reaped the process before it could be watched: it is known to be dead.
    pub(super) fn expect_end(&self, core: &mut Core, body: &Incarnation) {
        if self.identity.is_watched() && body.child.pidfd().is_none() {
            core.look_at(clock::now());
        }
    }

    /// The process that is watched by this number has ended. Called by the supervising thread.
    pub(super) fn notice_end(&self, number: u64) {
        if !self.is_ours() {
            return;
        }
        let mut core = self.lock();
        if core.watch.as_ref().is_none_or(|watch| watch.number() != number) {
            return;
        }
        if core.nobody_watches() {
            self.finish(&mut core);
        } else {
            core.end_is_known = true;
        }
    }
}
