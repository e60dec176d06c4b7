//! A death that is noticed though nobody touches the object: for objects that are restarted, or have a hook for it.
//!
//! Knows the supervising thread and who drives. Invariants: from its making to its end a process is watched, unless nothing follows from
//! its death; while somebody drives, the death is theirs to deal with, and whenever they leave they do.

use std::io;
use std::sync::Arc;

use super::state::ObjectState;
use super::{Identity, Object};
use crate::clock;
use crate::parent::life::instance::Instance;
use crate::parent::threads::supervisor::{self, Watch};

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
        let instance = state.instance.clone();
        instance.map_or(Ok(()), |instance| {
            state.watch = self.watch(&instance)?;
            self.expect_end(&mut state, &instance);
            Ok(())
        })
    }

    /// Has this process watched, if its death has consequences.
    pub(crate) fn watch(&self, instance: &Arc<Instance>) -> io::Result<Option<Watch>> {
        if self.identity.is_watched() { supervisor::watch(instance.clone(), self.me.clone()) } else { Ok(None) }
    }

    /// Somebody else has reaped the process before it could be watched: it is known to be dead.
    pub(crate) fn expect_end(&self, state: &mut ObjectState, instance: &Instance) {
        if self.identity.is_watched() && instance.child.pidfd().is_none() {
            state.look_at(clock::now());
        }
    }

    /// The process that is watched by this number has ended. Called by the supervising thread.
    pub(crate) fn notice_end_of(&self, number: u64) {
        if !self.is_ours() {
            return;
        }
        let mut state = self.lock();
        if state.watch.as_ref().is_none_or(|watch| watch.number() != number) {
            return;
        }
        if !state.calls.waiters.is_driven() {
            self.finish(&mut state);
        } else {
            state.end_is_known = true;
        }
    }
}
