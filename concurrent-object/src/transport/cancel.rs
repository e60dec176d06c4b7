//! The word that tells the running method to end.
//!
//! Knows call numbers. Invariant: a number is given to one call only and never comes again, so what was written for one call
//! tells no other anything, however late it is written or read.

use crate::sync::{AtomicU64, Ordering};

/// The call that the parent wants to end early; zero if there was none yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CancelWord<'m>(pub(crate) &'m AtomicU64);

impl CancelWord<'_> {
    /// Parent: the method that runs for this call shall end.
    pub(crate) fn tell(self, call: u64) {
        // Release pairs with the Acquire in `tells`, though who looks needs nothing but the number.
        self.0.store(call, Ordering::Release);
    }

    /// Child: whether the call that runs was told to end; its number, or zero, is in the word `running`.
    #[inline]
    pub(crate) fn tells(self, running: &AtomicU64) -> bool {
        let running = running.load(Ordering::Relaxed);
        // Acquire pairs with the Release in `tell`.
        running != 0 && self.0.load(Ordering::Acquire) == running
    }
}
