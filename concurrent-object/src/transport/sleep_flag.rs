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
//! A sleeper with much under way does not want each reply. It announces a position: the publisher
//! rings when it has published so many entries, or when it is about to sleep itself (*interrupt
//! coalescing*). So no entry waits for ever.
//!
//! Knows one word, and neither rings nor doorbells. Invariant: either the sleeper sees the entry
//! when it checks after `announce`, or the publisher sees the flag and must ring: at once, or at
//! the announced position, or when it has nothing more to publish.

use crate::sync::{AtomicU64, Ordering, fence};

const AWAKE: u64 = 0;
const ASLEEP: u64 = 1;
/// A position is stored with this added. The greatest word stands for no position.
const FIRST_POSITION: u64 = 2;

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

    /// Publisher, after it has published as many entries as `position`: does the same for a sleeper
    /// that may wait for a later position.
    #[inline]
    pub(crate) fn must_ring_at(self, position: u64) -> bool {
        // As in `must_ring`.
        fence(Ordering::SeqCst);
        let word = self.0.load(Ordering::Relaxed);
        word != AWAKE && self.is_due(word, position) && self.0.swap(AWAKE, Ordering::Relaxed) != AWAKE
    }

    fn is_due(self, word: u64, position: u64) -> bool {
        word == ASLEEP || position.saturating_add(FIRST_POSITION) >= word
    }

    /// Publisher, when it is about to sleep, after it has announced that: whether a sleeper waits
    /// for a position that will not come.
    pub(crate) fn must_ring_before_sleep(self) -> bool {
        // As in `must_ring`.
        fence(Ordering::SeqCst);
        // A sleeper without a position waits for the next entry alone.
        self.0.load(Ordering::Relaxed) > ASLEEP && self.0.swap(AWAKE, Ordering::Relaxed) != AWAKE
    }

    /// Sleeper: sets the flag as `announce` does, but to be woken when so many entries are
    /// published, or when the publisher is about to sleep.
    pub(crate) fn announce_until(self, position: u64) {
        self.0.swap(position.saturating_add(FIRST_POSITION), Ordering::Relaxed);
        // As in `announce`.
        fence(Ordering::SeqCst);
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
