//! How bytes and small words move between the two processes.
//!
//! Knows memory files, rings, call states and doorbells; knows no methods, no encoding and no processes.
//! Both ends map the same two files. The parent maps the input file for writing and the child for reading only;
//! the control and output file is writable by both, and the parent distrusts all of it.
//!
//! [`Transport`] names the words that both ends share. What is done to them, and in what order (`steps`), is generic over
//! it: [`mapped::Channel`] has them in mapped files, and the loom models have them in loom's memory.

pub(crate) mod call_state;
pub(crate) mod cancel;
pub(crate) mod crash_note;
#[cfg(not(loom))]
pub(crate) mod doorbell;
pub(crate) mod header;
#[cfg(not(loom))]
pub(crate) mod layout;
#[cfg(not(loom))]
pub(crate) mod mapped;
#[cfg(not(loom))]
pub(crate) mod pages;
pub(crate) mod ring;
pub(crate) mod sleep_flag;
#[cfg(not(loom))]
pub(crate) mod spin;
pub(crate) mod steps;

#[cfg(all(test, loom))]
mod models;

use self::call_state::StateWord;
use self::cancel::CancelWord;
use self::crash_note::CrashNote;
use self::sleep_flag::SleepFlag;
use crate::sync::AtomicU64;

/// The words of one object's channel that both ends share, and the doorbell of each end.
///
/// The call path is compiled for each implementation: there is no virtual call. A backend whose other end is not a process
/// on this machine implements this, or serves a `mapped::Channel` from a thread of its own.
pub(crate) trait Transport {
    /// The right to write the area of one slot. Each end has exactly one for each slot.
    type Lease: SlotLease;
    /// What wakes a sleeping end.
    type Bell: Bell;

    /// The ring from parent to child.
    fn requests(&self) -> &[AtomicU64];
    /// The ring from child to parent.
    fn replies(&self) -> &[AtomicU64];
    /// Whether the parent sleeps.
    fn parent_sleep(&self) -> SleepFlag<'_>;
    /// Whether the child sleeps.
    fn child_sleep(&self) -> SleepFlag<'_>;
    /// Not zero when the parent has asked the child to end.
    fn stop(&self) -> &AtomicU64;
    /// The call that is requested to cancel.
    fn cancel(&self) -> CancelWord<'_>;
    /// The position after the last notice of a full socket that the parent has taken.
    fn acknowledged(&self) -> &AtomicU64;
    /// What the child says before its end.
    fn crash_note(&self) -> CrashNote<'_>;
    /// The state of the call in this slot.
    fn state(&self, slot: u16) -> StateWord<'_>;
    /// When the call in this slot began, in nanoseconds of the coarse monotonic clock.
    fn started_at(&self, slot: u16) -> &AtomicU64;
    /// What the reply to the call in this slot carries, for the case that the child dies before it publishes the reply.
    ///
    /// It is not prepared in the ring before the state says that the call is answered: the parent polls the ring's cell, and
    /// would draw its cache line away between the two.
    fn answer(&self, slot: u16) -> &[AtomicU64];
    /// Wakes the child.
    fn request_bell(&self) -> &Self::Bell;
    /// Wakes the parent.
    fn reply_bell(&self) -> &Self::Bell;
}

/// A lease of a slot's area.
pub(crate) trait SlotLease {
    /// The slot.
    fn slot(&self) -> u16;
}

/// A doorbell: a ring that no thread awaited ends the next wait at once.
pub(crate) trait Bell {
    /// Wakes the thread that waits, or the next one that does.
    fn ring(&self);
    /// Forgets rings that ended a wait before.
    fn clear(&self);
}
