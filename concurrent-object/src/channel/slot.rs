//! What stands at the head of a slot's two blocks, before arguments and result.
//!
//! Knows the order of the words. A reply header comes from the child and is checked here, before anybody uses it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::layout::LINE;

/// Where the structured part of a request stands if no raw region comes before it: in the same line as the header.
pub(crate) const REQUEST_HEADER_SIZE: usize = 24;

/// Where the structured part of a reply stands if no raw region comes before it.
pub(crate) const REPLY_HEADER_SIZE: usize = 40;

/// Raw regions start here, from the start of the block.
pub(crate) const RAW_START: usize = LINE;

/// A call's header in the input file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestHeader {
    pub(crate) method: u32,
    pub(crate) structured_offset: usize,
    pub(crate) structured_len: usize,
}

/// A result's header in the control and output file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReplyHeader {
    pub(crate) kind: ReplyKind,
    pub(crate) structured_offset: usize,
    pub(crate) structured_len: usize,
}

/// What a reply holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReplyKind {
    /// What the method returned.
    Value = 1,
    /// Why there is no result; the object goes on.
    Failure = 2,
}

impl RequestHeader {
    pub(crate) fn words(self) -> [u64; 3] {
        [u64::from(self.method), self.structured_offset as u64, self.structured_len as u64]
    }

    pub(crate) fn from_words(words: [u64; 3]) -> Self {
        Self { method: words[0] as u32, structured_offset: words[1] as usize, structured_len: words[2] as usize }
    }
}

impl ReplyHeader {
    pub(crate) fn write(self, words: &[AtomicU64]) {
        // Relaxed: the exchange to Answered that follows publishes them.
        words[0].store(self.kind as u64, Ordering::Relaxed);
        words[1].store(self.structured_offset as u64, Ordering::Relaxed);
        words[2].store(self.structured_len as u64, Ordering::Relaxed);
    }

    /// Reads what the child wrote; an error says what makes no sense.
    pub(crate) fn read(words: &[AtomicU64], block_size: usize) -> Result<Self, &'static str> {
        let kind = match words[0].load(Ordering::Relaxed) {
            1 => ReplyKind::Value,
            2 => ReplyKind::Failure,
            _ => return Err("a reply of unknown kind"),
        };
        let structured_offset = words[1].load(Ordering::Relaxed) as usize;
        let structured_len = words[2].load(Ordering::Relaxed) as usize;
        let end = structured_offset.checked_add(structured_len).ok_or("a reply whose length overflows")?;
        if structured_offset < REPLY_HEADER_SIZE || end > block_size {
            return Err("a reply that lies outside its area");
        }
        Ok(Self { kind, structured_offset, structured_len })
    }

    /// The bytes of the block that belong to this reply.
    pub(crate) fn end(self) -> usize {
        self.structured_offset + self.structured_len
    }

    /// Where the part begins that raw regions may lie in.
    pub(crate) fn raw_offset(self) -> usize {
        self.structured_offset.min(RAW_START)
    }

    /// The length of that part.
    pub(crate) fn raw_len(self) -> usize {
        self.structured_offset - self.raw_offset()
    }
}

/// Where the structured part goes, when the last raw region ends at `raw_end` (0: there is none).
pub(crate) fn structured_offset(header_size: usize, raw_end: usize) -> usize {
    if raw_end == 0 { header_size } else { RAW_START + raw_end }
}
