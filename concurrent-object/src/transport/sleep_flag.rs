//! The sleep flag: how a publisher learns whether it must ring the doorbell of the other process.
//!
//! Ringing costs a system call, so the publisher rings only if the other process sleeps. The naive
//! way: the sleeper finds no entry, sets the flag and sleeps; the publisher stores an entry and
//! then loads the flag. That loses wake-ups. The publisher may run between the sleeper's check and
//! its store. Checking again after the store does not suffice either: a processor may delay a store
//! past a later load, so both loads may return old values. Then the entry waits, and the sleeper
//! sleeps.
//!
//! Here the sleeper sets the flag, and then checks once more. Each process has a sequentially
//! consistent fence between its store and its load, so at least one load sees the other's store.
//! This is the handshake of Dekker's algorithm, known from the *store-buffering* litmus test.
//!
//! Knows one word, and neither rings nor doorbells. Invariant: either the sleeper sees the entry
//! when it checks after `announce`, or the publisher sees the flag and must ring.

use crate::sync::{AtomicU64, Ordering, fence};

const AWAKE: u64 = 0;
const ASLEEP: u64 = 1;

/// The word that a process sets when it is about to sleep.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SleepFlag<'m>(pub(crate) &'m AtomicU64);

impl SleepFlag<'_> {
    /// Publisher, after publishing: whether it must ring the doorbell. During one sleep, at most
    /// one publisher gets true.
    #[inline]
    pub(crate) fn must_ring(self) -> bool {
        // Pairs with the fence in `announce`. The publisher stores an entry, then loads the flag;
        // the sleeper stores the flag, then loads the entry. At least one load sees the other's
        // store.
        fence(Ordering::SeqCst);
        self.0.load(Ordering::Relaxed) == ASLEEP && self.0.swap(AWAKE, Ordering::Relaxed) == ASLEEP
    }

    /// Sleeper: sets the flag. The sleeper must check for work once more before it sleeps.
    pub(crate) fn announce(self) {
        // This is a swap and not a plain store. `clear` and the publisher swap too. So loom models
        // the modification order of the three writes exactly.
        self.0.swap(ASLEEP, Ordering::Relaxed);
        // Pairs with the fence in `must_ring`.
        fence(Ordering::SeqCst);
    }

    /// Sleeper: clears the flag after it woke up, or when it does not sleep after all.
    pub(crate) fn clear(self) {
        self.0.swap(AWAKE, Ordering::Relaxed);
    }
}
