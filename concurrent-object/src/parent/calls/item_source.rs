//! Where the items of one call are, for the reader of the items and for the object.
//!
//! Problem: one thread reads the ring without the object's lock, since an item should cost little.
//! Another thread may need the slot meanwhile. Way here: a lock of its own around the position. The
//! object only tries it: if the reader is at work, the object leaves the slot alone, and the reader
//! learns that the slot is wanted.
//!
//! Knows positions and bytes, not what an item means. Invariant: the ring in a slot is read only
//! under the lock, and while `slot` names the slot.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering, fence};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use super::item_chunk::ItemChunk;

const NO_SLOT: u32 = u32::MAX;

/// Where the items of a call are.
#[derive(Debug)]
pub(crate) struct ItemSource {
    slot: AtomicU32,
    /// The position of the next item in the ring.
    read: AtomicU64,
    has_kept: AtomicBool,
    is_wanted: AtomicBool,
    reading: Mutex<ItemReading>,
}

/// What only the reader changes, or the object while the reader is not at work.
#[derive(Debug, Default)]
pub(crate) struct ItemReading {
    /// The items that were copied out of the ring, because the slot was needed.
    pub(crate) kept: VecDeque<ItemChunk>,
    /// The bytes that were freed since the child's sleep flag was last checked.
    pub(crate) freed: usize,
}

impl Default for ItemSource {
    fn default() -> Self {
        Self {
            slot: AtomicU32::new(NO_SLOT),
            read: AtomicU64::new(0),
            has_kept: AtomicBool::new(false),
            is_wanted: AtomicBool::new(false),
            reading: Mutex::default(),
        }
    }
}

impl ItemSource {
    /// Returns the slot whose ring holds the items. `None` before the call is sent, and when no
    /// more items come from a slot.
    #[inline]
    pub(crate) fn slot(&self) -> Option<u16> {
        u16::try_from(self.slot.load(Ordering::Acquire)).ok()
    }

    /// Sets the slot. Called under the object's lock.
    pub(crate) fn set_slot(&self, slot: Option<u16>) {
        self.slot.store(slot.map_or(NO_SLOT, u32::from), Ordering::Release);
    }

    /// The position of the next item in the ring.
    #[inline]
    pub(crate) fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Moves on in the ring. Called under the lock of this source.
    #[inline]
    pub(crate) fn set_read(&self, read: u64) {
        self.read.store(read, Ordering::Relaxed);
    }

    /// Whether items were copied out of the ring and are not taken yet.
    #[inline]
    pub(crate) fn has_kept(&self) -> bool {
        self.has_kept.load(Ordering::Relaxed)
    }

    /// Locks the source for its reader.
    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, ItemReading> {
        // A panic under the lock comes from a user's `Deserialize`, which cannot reach the fields.
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the oldest items that were copied out.
    pub(crate) fn take_kept(&self, reading: &mut ItemReading) -> Option<ItemChunk> {
        let chunk = reading.kept.pop_front();
        self.has_kept.store(!reading.kept.is_empty(), Ordering::Relaxed);
        chunk
    }

    /// Has `copy` copy the unread items, so that the slot becomes free. Returns false if the reader
    /// is at work. The reader then frees the slot when it is done (`was_wanted`).
    pub(crate) fn keep(&self, copy: impl FnOnce() -> VecDeque<ItemChunk>) -> bool {
        let Some(mut reading) = self.try_lock().or_else(|| {
            self.is_wanted.store(true, Ordering::Relaxed);
            // Pairs with the fence in `was_wanted`: either this finds the lock free, or the reader
            // sees that the slot is wanted.
            fence(Ordering::SeqCst);
            self.try_lock()
        }) else {
            return false;
        };
        reading.kept.extend(copy());
        self.has_kept.store(!reading.kept.is_empty(), Ordering::Relaxed);
        self.set_slot(None);
        true
    }

    /// Whether the object wanted the slot while the reader was at work. Called by the reader after
    /// it has released the lock.
    pub(crate) fn was_wanted(&self) -> bool {
        // Pairs with the fence in `keep`.
        fence(Ordering::SeqCst);
        self.is_wanted.load(Ordering::Relaxed) && self.is_wanted.swap(false, Ordering::Relaxed)
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, ItemReading>> {
        match self.reading.try_lock() {
            Ok(reading) => Some(reading),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}
