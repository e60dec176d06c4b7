//! Whether the other side sleeps: the handshake that lets a publisher skip the doorbell.
//!
//! Knows one word. Invariant: either the sleeper sees what was published when it looks again after `announce`, or the
//! publisher sees the announcement and rings.

use crate::sync::{AtomicU64, Ordering, fence};

const AWAKE: u64 = 0;
const ASLEEP: u64 = 1;

/// The word by which a side says that it is about to sleep.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SleepFlag<'m>(pub(crate) &'m AtomicU64);

impl SleepFlag<'_> {
    /// Publisher, after publishing: whether the doorbell must be rung. At most one publisher is told so for each sleep.
    #[inline]
    pub(crate) fn must_ring(self) -> bool {
        // Pairs with the fence in `announce`: of "published, then looked at the flag" and "flagged, then looked for
        // what was published", at least one look comes after the other side's write.
        fence(Ordering::SeqCst);
        self.0.load(Ordering::Relaxed) == ASLEEP && self.0.swap(AWAKE, Ordering::Relaxed) == ASLEEP
    }

    /// Sleeper: says that it is about to sleep. It must look for work once more before it does.
    pub(crate) fn announce(self) {
        // An exchange here and in `clear`, as the publisher makes one: so the three are in one order that the models follow.
        self.0.swap(ASLEEP, Ordering::Relaxed);
        // Pairs with the fence in `must_ring`.
        fence(Ordering::SeqCst);
    }

    /// Sleeper: is awake again.
    pub(crate) fn clear(self) {
        self.0.swap(AWAKE, Ordering::Relaxed);
    }
}
