//! Snapshots that failed, noticed by the parent while the object lives.
//!
//! The child counts them in a word of the control file, before it publishes the reply. The parent looks at the
//! word when it takes in replies, and only for objects that save: a call of another object costs nothing more.
//! Why a snapshot failed stands in the file that was to have it (`memory/draft.rs`).
//!
//! Invariant: the word is the child's to write, so the parent believes nothing of it but that a number has grown.

use std::sync::atomic::Ordering;

use super::Object;
use super::state::ObjectState;
use crate::parent::life::events::EventKind;
use crate::parent::life::instance::SpawnSpec;

impl Object {
    /// Counts the failures that are new. The first, and each that follows a success, is reported.
    #[inline]
    pub(crate) fn count_unsaved(&self, state: &mut ObjectState) {
        // Relaxed: the Acquire with which a reply was taken from the ring orders it.
        let word = self.channel.unsaved().load(Ordering::Relaxed);
        if state.unsaved.has_changed(word) && state.unsaved.count(word) {
            let reason = self.spawn_spec.as_ref().and_then(SpawnSpec::unsaved);
            self.queue(state, EventKind::NotSaved(reason.unwrap_or_else(|| "the state was saved since".to_owned())));
        }
    }

    /// The process is gone; the next one counts from the beginning.
    pub(crate) fn reset_unsaved(&self, state: &mut ObjectState) {
        self.channel.unsaved().store(0, Ordering::Relaxed);
        state.unsaved.reset();
    }
}
