//! Snapshots that failed, noticed by the parent while the object lives.
//!
//! The child counts them in a word of the control file, before it publishes the reply. The parent looks at the
//! word when it takes in replies, and only for objects that save: a call of another object costs nothing more.
//! Why a snapshot failed stands in the file that was to have it (`memory/draft.rs`).
//!
//! Invariant: the word is the child's to write, so the parent believes nothing of it but that a number has grown.

use std::sync::atomic::Ordering;

use super::events::Happened;
use super::incarnation::Recipe;
use super::{Core, Link};

/// What the parent knows of them.
#[derive(Debug, Default)]
pub(super) struct Unsaved {
    /// How many there were, in all processes.
    pub(super) count: u64,
    /// The word of the present process, as it was last seen.
    seen: u64,
}

impl Link {
    /// Counts the failures that are new. The first, and each that follows a success, is reported.
    #[inline]
    pub(super) fn take_in_unsaved(&self, core: &mut Core) {
        // Relaxed: the Acquire with which a reply was taken from the ring orders it.
        let word = self.channel.unsaved().load(Ordering::Relaxed);
        if word != core.unsaved.seen {
            self.note_unsaved(core, word);
        }
    }

    fn note_unsaved(&self, core: &mut Core, word: u64) {
        let halves = |word: u64| (word as u32, (word >> u32::BITS) as u32);
        let ((failures, firsts), (seen, firsts_seen)) = (halves(word), halves(core.unsaved.seen));
        core.unsaved.seen = word;
        core.unsaved.count = core.unsaved.count.saturating_add(u64::from(failures.saturating_sub(seen)));
        if firsts > firsts_seen {
            let reason = self.recipe.as_ref().and_then(Recipe::unsaved);
            self.queue(core, Happened::NotSaved(reason.unwrap_or_else(|| "the state was saved since".to_owned())));
        }
    }

    /// The process is gone; the next one counts from the beginning.
    pub(super) fn begin_count_of_unsaved(&self, core: &mut Core) {
        self.channel.unsaved().store(0, Ordering::Relaxed);
        core.unsaved.seen = 0;
    }
}
