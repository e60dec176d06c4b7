//! Where an object lives that is in another program.
//!
//! Knows what the bridge has noted. Invariant: an object that is ready has the process id that its
//! machine has told.

use std::sync::atomic::Ordering;

use super::Object;
use super::state::ObjectState;
use crate::parent::life::backend::Backend;
use crate::parent::life::bridge::BridgeFacts;

impl Object {
    /// Whether the object lives in another program.
    pub(crate) fn is_bridged(&self) -> bool {
        self.is_bridged
    }

    /// Notes the id of the object's process, if that is on another machine, where it is ready now.
    pub(crate) fn note_place(&self, state: &ObjectState) {
        let facts = state.backend().and_then(Backend::facts);
        if let Some(pid) = facts.and_then(BridgeFacts::pid) {
            self.pid.store(pid, Ordering::Relaxed);
        }
    }

    /// Returns the name of the object's machine, if it is another one and the object is ready.
    #[cfg(feature = "bridge")]
    pub(crate) fn host(&self) -> Option<String> {
        let state = self.lock();
        state.backend()?.facts()?.host().map(str::to_owned)
    }
}
