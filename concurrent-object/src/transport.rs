//! The channel between parent and child: shared memory files, rings, call states and doorbells.
//!
//! Knows memory files, words and descriptors. Knows no methods, no encoding and no processes.
//! Invariant: the parent never relies on a value that the child can write.
//!
//! Both processes map the same two files. The input file is writable by the parent only; the child
//! maps it read-only. The control file, which also holds the output regions, is writable by both,
//! and the parent distrusts all of it.
//!
//! [`Transport`] names the words that both processes share. The operations on them and their order
//! (`steps`) are generic over that trait. [`mapped::Channel`] keeps the words in the mapped files;
//! the loom models keep them in loom's atomics.

pub(crate) mod call_state;
pub(crate) mod cancel;
#[cfg(not(loom))]
pub(crate) mod cores;
pub(crate) mod crash_note;
#[cfg(not(loom))]
pub(crate) mod doorbell;
pub(crate) mod header;
pub(crate) mod item_lines;
#[cfg(not(loom))]
pub(crate) mod layout;
#[cfg(not(loom))]
pub(crate) mod mapped;
#[cfg(not(loom))]
pub(crate) mod pages;
pub(crate) mod progress_cell;
#[cfg(not(loom))]
pub(crate) mod request_bell;
pub(crate) mod ring;
pub(crate) mod sleep_flag;
#[cfg(not(loom))]
pub(crate) mod spin;
pub(crate) mod steps;
#[cfg(not(loom))]
pub(crate) mod streak;
#[cfg(not(loom))]
pub(crate) mod yields;

#[cfg(all(test, loom))]
mod models;

use self::call_state::StateWord;
use self::cancel::CancelWord;
use self::crash_note::CrashNote;
use self::sleep_flag::SleepFlag;
use crate::sync::AtomicU64;

/// The words of one object's channel that both processes share, and the doorbell of each.
///
/// The call path is compiled for each implementation, so it has no virtual call. For a child that
/// is not a process on this machine there are two ways. A new backend implements this trait, or one
/// of its threads serves a `mapped::Channel`.
pub(crate) trait Transport {
    /// The right to write the region of one slot. Each process has exactly one for each slot.
    type Lease: SlotLease;
    /// The bell that wakes a sleeping child.
    type RequestBell<'c>: Bell
    where
        Self: 'c;
    /// The doorbell that wakes a sleeping parent.
    type ReplyBell: Bell;

    /// The ring from parent to child.
    fn requests(&self) -> &[AtomicU64];
    /// The ring from child to parent.
    fn replies(&self) -> &[AtomicU64];
    /// The flag that the parent sets before it sleeps.
    fn parent_sleep(&self) -> SleepFlag<'_>;
    /// The flag that the child sets before it sleeps.
    fn child_sleep(&self) -> SleepFlag<'_>;
    /// The stop word. Not zero once the parent has asked the child to exit.
    fn stop(&self) -> &AtomicU64;
    /// The word that names the call whose cancellation the parent requests.
    fn cancel(&self) -> CancelWord<'_>;
    /// The position in the reply ring after the last `FULL` notice that the parent has taken. The
    /// child publishes this notice when the control socket has no room.
    fn acknowledged(&self) -> &AtomicU64;
    /// The record that the child writes before its end.
    fn crash_note(&self) -> CrashNote<'_>;
    /// The state of the call in this slot.
    fn state(&self, slot: u16) -> StateWord<'_>;
    /// The time at which the child started the call in this slot, in nanoseconds of the coarse
    /// monotonic clock.
    fn started_at(&self, slot: u16) -> &AtomicU64;
    /// The payload of the reply to the call in this slot. The parent reads it here if the child
    /// dies before it publishes the reply.
    ///
    /// The child writes the payload here first, then sets the state, and only then writes the
    /// ring's cell. The parent polls that cell. If the child wrote the payload there before it sets
    /// the state, the parent would fetch the cell's cache line in between. The child would then
    /// fetch it again to write the entry.
    fn answer(&self, slot: u16) -> &[AtomicU64];
    /// The doorbell that wakes the child.
    fn request_bell(&self) -> Self::RequestBell<'_>;
    /// The doorbell that wakes the parent.
    fn reply_bell(&self) -> &Self::ReplyBell;
}

/// The right to write one slot's region.
pub(crate) trait SlotLease {
    /// The number of the slot.
    fn slot(&self) -> u16;
}

/// A doorbell. If it rings while no thread waits, the next wait ends at once.
pub(crate) trait Bell {
    /// Wakes the thread that waits, or the next thread that will wait.
    fn ring(&self);
    /// Resets the doorbell, if a wait has already ended because it rang.
    fn clear(&self);
}
