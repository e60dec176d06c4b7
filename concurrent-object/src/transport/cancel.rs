//! The cancel word: the call whose running method the parent asks to return early.
//!
//! Knows call numbers. Does not know what a method is. Invariant: a call number is used for one
//! call only. So a request for one call never reaches another call, however late it is written or
//! read.

use crate::sync::{AtomicU64, Ordering};

/// The number of the call whose cancellation was last requested. Zero before the first request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CancelWord<'m>(pub(crate) &'m AtomicU64);

impl CancelWord<'_> {
    /// Parent: requests cancellation of this call.
    pub(crate) fn request(self, call: u64) {
        // Release pairs with the Acquire in `is_requested_for`. The child reads only the number,
        // and no other memory that the parent wrote before it.
        self.0.store(call, Ordering::Release);
    }

    /// Child: whether cancellation of this call is requested.
    #[inline]
    pub(crate) fn is_requested(self, call: u64) -> bool {
        // Acquire pairs with the Release in `request`.
        self.0.load(Ordering::Acquire) == call
    }

    /// Child: whether cancellation of the running call is requested. `running` holds the number of
    /// that call, or zero while none runs.
    #[inline]
    pub(crate) fn is_requested_for(self, running: &AtomicU64) -> bool {
        let running = running.load(Ordering::Relaxed);
        running != 0 && self.is_requested(running)
    }
}
