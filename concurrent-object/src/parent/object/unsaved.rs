//! Notices failed snapshots while the object serves calls.
//!
//! The child counts them in a word of the control file, before it publishes the reply. The parent
//! reads the word when it receives replies, and only for objects that save. So a call of another
//! object costs nothing more. The reason of a failure is in the file that the snapshot was to fill
//! (`memory/draft.rs`).
//!
//! Knows the word and the last count. Invariant: the child may write anything into the word, so the
//! parent concludes only that a number has grown.

use std::sync::atomic::Ordering;

use super::Object;
use super::state::ObjectState;
use crate::parent::life::events::EventKind;
use crate::parent::life::spawn_spec::SpawnSpec;

impl Object {
    /// Counts the new failures. Reports the first, and each one that follows a success.
    #[inline]
    pub(crate) fn count_unsaved(&self, state: &mut ObjectState) {
        // Relaxed: the Acquire with which a reply was taken from the ring orders it.
        let word = self.channel.unsaved().load(Ordering::Relaxed);
        if state.unsaved.has_changed(word) && state.unsaved.count(word) {
            let reason = self.spawn_spec.as_ref().and_then(SpawnSpec::unsaved);
            self.queue(state, EventKind::NotSaved(reason.unwrap_or_else(|| "the state was saved since".to_owned())));
        }
    }

    /// Resets the count after the end of a process: the next process counts from zero.
    pub(crate) fn reset_unsaved(&self, state: &mut ObjectState) {
        self.channel.unsaved().store(0, Ordering::Relaxed);
        state.unsaved.reset();
    }
}
