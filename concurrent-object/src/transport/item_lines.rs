//! The words of a stream: how far the child has written items, and how far the parent has read.
//!
//! The items of a running method lie in a ring of bytes. The naive way announces each item with an
//! entry of the reply ring. Then each item costs as much as a reply, and a parent that is busy with
//! one item is woken for the next. Here the parent reads the written position whenever it likes.
//! Only when it finds nothing does it set *hungry*, and then checks once more. The child clears the
//! word when it has written an item, and only then publishes a notice. This is the handshake of the
//! sleep flag (`sleep_flag`), with a notice in place of a doorbell.
//!
//! The other direction needs no word of its own. A child without room sleeps as a child without
//! requests does, and the parent rings for room as it rings for a request.
//!
//! Knows two cache lines; knows no items. Invariant: either the parent sees the item when it checks
//! after `ask`, or the child sees *hungry* and publishes a notice.

use crate::sync::{AtomicU64, Ordering, fence};

/// The number of words: one line for each writer.
pub(crate) const LINES_WORDS: usize = 16;

const WRITTEN: usize = 0;
const READ: usize = 8;
const HUNGRY: usize = 9;
const CALL: usize = 10;

/// The two lines before a ring of items. The child writes the first, the parent the second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItemLines<'m>(pub(crate) &'m [AtomicU64]);

impl ItemLines<'_> {
    /// Parent, before it sends the call: no item is written, and the first one is awaited.
    pub(crate) fn begin(self, call: u64) {
        // Relaxed: the request that the parent publishes next orders these stores.
        self.0[WRITTEN].store(0, Ordering::Relaxed);
        self.0[READ].store(0, Ordering::Relaxed);
        self.0[HUNGRY].store(1, Ordering::Relaxed);
        self.0[CALL].store(call, Ordering::Relaxed);
    }

    /// Child: the call for which the parent prepared the lines. Any number if they hold something
    /// else.
    pub(crate) fn call(self) -> u64 {
        self.0[CALL].load(Ordering::Relaxed)
    }

    /// Parent: how far the child has written, as the child says.
    #[inline]
    pub(crate) fn written(self) -> u64 {
        // Acquire pairs with the Release in `publish`: the items before this position are complete.
        self.0[WRITTEN].load(Ordering::Acquire)
    }

    /// Parent: asks for a notice of the next item. The parent must check for items once more before
    /// it sleeps.
    pub(crate) fn ask(self) {
        self.0[HUNGRY].swap(1, Ordering::Relaxed);
        // Pairs with the fence in `publish`. The parent stores the word, then loads the position;
        // the child stores the position, then loads the word. At least one sees the other's store.
        fence(Ordering::SeqCst);
    }

    /// Child: publishes the items before this position. Returns whether a notice must follow.
    #[inline]
    pub(crate) fn publish(self, written: u64) -> bool {
        // Release pairs with the Acquire in `written`.
        self.0[WRITTEN].store(written, Ordering::Release);
        // Pairs with the fence in `ask`.
        fence(Ordering::SeqCst);
        self.0[HUNGRY].load(Ordering::Relaxed) != 0 && self.0[HUNGRY].swap(0, Ordering::Relaxed) != 0
    }

    /// Child: how far the parent has read.
    #[inline]
    pub(crate) fn read(self) -> u64 {
        // Acquire pairs with the Release in `set_read`: the parent has copied what was there.
        self.0[READ].load(Ordering::Acquire)
    }

    /// Parent: frees the ring before this position. The child may sleep until then, so a check of
    /// its sleep flag must follow.
    #[inline]
    pub(crate) fn set_read(self, read: u64) {
        // Release pairs with the Acquire in `read`: the child does not overwrite what the parent
        // still copies.
        self.0[READ].store(read, Ordering::Release);
    }
}
