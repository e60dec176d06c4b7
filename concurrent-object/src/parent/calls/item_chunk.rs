//! Items that were copied out of a ring, to be decoded from private memory.
//!
//! Problem: an item of eight bytes costs more to announce, lock and check than to decode. Way here:
//! the parent copies many small items at once, and then reads them without any shared memory.
//!
//! Knows the form of items. Does not trust the lengths: they came from the child. Invariant: each
//! item that `next` returns lies within the copied bytes.

use crate::memory::Foreign;
use crate::protocol::item::{HEAD_SIZE, ItemHead, ItemPlace};

/// Items from a contiguous part of a ring.
#[derive(Debug, Default)]
pub(crate) struct ItemChunk {
    bytes: Vec<u8>,
    /// The offset in the ring of the first byte.
    start: usize,
    /// The offset in the ring of the next item.
    at: usize,
    /// The offset in the ring after the last whole item.
    end: usize,
}

/// One item: its structured part, and its raw regions.
pub(crate) struct ItemParts<'c> {
    pub(crate) structured: &'c [u8],
    pub(crate) raw: Foreign<'c>,
}

impl ItemChunk {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.at >= self.end
    }

    /// Replaces the items by those in a part of the ring that begins at offset `start`. Returns the
    /// number of bytes of whole items.
    pub(crate) fn fill(&mut self, start: usize, part: Foreign<'_>) -> usize {
        self.bytes.clear();
        part.append_to(&mut self.bytes);
        (self.start, self.at) = (start, start);
        self.end = start;
        let last = start + self.bytes.len();
        while let Some(place) = self.place(self.end).filter(|place| place.end <= last) {
            self.end = place.end;
        }
        self.end - start
    }

    /// Returns the next item.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<ItemParts<'_>> {
        if self.is_empty() {
            return None;
        }
        let place = self.place(self.at)?;
        self.at = place.end;
        let structured = place.structured - self.start;
        let raw = place.raw - self.start..structured;
        Some(ItemParts {
            structured: self.bytes.get(structured..structured + place.structured_len)?,
            raw: Foreign::of(self.bytes.get(raw)?),
        })
    }

    #[inline]
    fn place(&self, at: usize) -> Option<ItemPlace> {
        let head = self.bytes.get(at - self.start..)?.first_chunk::<HEAD_SIZE>()?;
        let head = ItemHead::from_bytes(*head);
        (!head.is_wrap()).then(|| head.place(at))
    }
}
