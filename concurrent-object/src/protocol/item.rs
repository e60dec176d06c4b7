//! One item of a stream, as it lies in the ring of bytes.
//!
//! An item is eight bytes with two lengths, then its raw regions on a multiple of 64 bytes, then
//! its structured part. It never wraps: where it does not fit, a *marker* sends the reader to the
//! start of the ring.
//!
//! Knows offsets and lengths, not what an item means. Invariant: parent and child compute the same
//! places from the same lengths.

use crate::wire::REGION_ALIGN;

/// The size of the lengths before an item. All items begin at a multiple of it.
pub(crate) const HEAD_SIZE: usize = 8;

/// The first length of a marker.
const MARKER: u32 = u32::MAX;

/// The lengths of an item's parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ItemHead {
    structured: u32,
    raw: u32,
}

/// Where the parts of an item lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ItemPlace {
    pub(crate) raw: usize,
    pub(crate) structured: usize,
    pub(crate) structured_len: usize,
    /// Where the next item begins.
    pub(crate) end: usize,
}

impl ItemHead {
    /// The marker that sends the reader to the start of the ring.
    pub(crate) const WRAP: Self = Self { structured: MARKER, raw: 0 };

    /// The head of an item without parts.
    pub(crate) const NONE: Self = Self { structured: 0, raw: 0 };

    /// Returns the head of an item. `None` if it is far too large.
    pub(crate) fn new(structured: usize, raw: usize) -> Option<Self> {
        let structured = u32::try_from(structured).ok().filter(|&len| len != MARKER)?;
        Some(Self { structured, raw: u32::try_from(raw).ok()? })
    }

    pub(crate) fn is_wrap(self) -> bool {
        self.structured == MARKER
    }

    /// Whether the item has raw regions.
    pub(crate) fn has_raw(self) -> bool {
        self.raw != 0
    }

    /// Returns where the parts of an item lie that begins at this offset of the ring.
    #[inline]
    pub(crate) fn place(self, at: usize) -> ItemPlace {
        let raw = if self.raw == 0 { at + HEAD_SIZE } else { raw_start(at) };
        let structured = raw + self.raw as usize;
        let structured_len = self.structured as usize;
        ItemPlace { raw, structured, structured_len, end: (structured + structured_len).next_multiple_of(HEAD_SIZE) }
    }

    #[inline]
    pub(crate) fn to_bytes(self) -> [u8; HEAD_SIZE] {
        (u64::from(self.structured) | u64::from(self.raw) << 32).to_ne_bytes()
    }

    #[inline]
    pub(crate) fn from_bytes(bytes: [u8; HEAD_SIZE]) -> Self {
        let word = u64::from_ne_bytes(bytes);
        Self { structured: word as u32, raw: (word >> 32) as u32 }
    }
}

/// Returns where the raw regions of an item lie that begins at this offset.
pub(crate) fn raw_start(at: usize) -> usize {
    (at + HEAD_SIZE).next_multiple_of(REGION_ALIGN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_survive_the_ring() {
        for head in [ItemHead::new(9, 0), ItemHead::new(0, 1 << 30), Some(ItemHead::WRAP)] {
            let head = head.expect("small");
            assert_eq!(ItemHead::from_bytes(head.to_bytes()), head);
        }
        assert_eq!(ItemHead::new(u32::MAX as usize, 0), None);
        assert_eq!(ItemHead::new(0, 1 << 32), None);
    }

    #[test]
    fn parts_follow_each_other() {
        let place = ItemHead::new(9, 0).expect("small").place(16);
        assert_eq!(place, ItemPlace { raw: 24, structured: 24, structured_len: 9, end: 40 });
        let place = ItemHead::new(9, 100).expect("small").place(16);
        assert_eq!(place, ItemPlace { raw: 64, structured: 164, structured_len: 9, end: 176 });
    }
}
