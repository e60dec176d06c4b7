//! Messages that are larger than one message of Zenoh: where their pieces begin, and how they are put
//! together again.
//!
//! Each piece says where it belongs, so a piece that is sent twice is harmless and order does not
//! matter. Invariant: the memory of an assembly is at most the limit that `begin` was given, and an
//! assembly is whole only if each byte of it was written.

use std::ops::Range;

use concurrent_object::bridge::Message;

use super::{Header, PIECE, WireError};

/// The ranges that a message of `length` bytes is cut into.
pub(super) fn ranges(length: usize) -> impl Iterator<Item = Range<usize>> {
    (0..length).step_by(PIECE).map(move |begin| begin..length.min(begin + PIECE))
}

/// A message on its way in pieces.
#[derive(Debug)]
pub struct Assembly {
    header: Header,
    structured: Vec<u8>,
    raw: Vec<u8>,
    arrived: Vec<bool>,
}

impl Assembly {
    /// Makes room for the message that was announced.
    pub fn begin(header: Header, limit: u64) -> Result<Self, WireError> {
        let length = u64::from(header.structured).saturating_add(header.raw);
        let too_large = WireError::TooLarge { needed: length, limit };
        let size = usize::try_from(length).map_err(|_| too_large)?;
        if length > limit {
            return Err(too_large);
        }
        let border = header.structured as usize;
        // The kernel maps a page of zeroed memory when it is first written, so announcing costs little.
        let (structured, raw) = (vec![0; border], vec![0; size - border]);
        Ok(Self { header, structured, raw, arrived: vec![false; size.div_ceil(PIECE)] })
    }

    /// What was announced.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Writes a piece. It must be exactly one of the ranges of `ranges`.
    pub fn put<'s>(
        &mut self,
        at: u64,
        length: u64,
        slices: impl Iterator<Item = (usize, &'s [u8])>,
    ) -> Result<(), WireError> {
        let at = usize::try_from(at).map_err(|_| WireError::Length)?;
        let index = at / PIECE;
        let end = (self.structured.len() + self.raw.len()).min(index.saturating_add(1).saturating_mul(PIECE));
        if !at.is_multiple_of(PIECE) || index >= self.arrived.len() || (end - at) as u64 != length {
            return Err(WireError::Length);
        }
        let mut written = 0;
        for (position, slice) in slices {
            if position != written || slice.len() > end - at - written {
                return Err(WireError::Length);
            }
            self.write(at + position, slice);
            written += slice.len();
        }
        if written as u64 != length {
            return Err(WireError::Length);
        }
        self.arrived[index] = true;
        Ok(())
    }

    /// Writes bytes that lie within the message.
    fn write(&mut self, at: usize, bytes: &[u8]) {
        let border = self.structured.len();
        let (front, back) = bytes.split_at(border.saturating_sub(at).min(bytes.len()));
        if !front.is_empty() {
            self.structured[at..at + front.len()].copy_from_slice(front);
        }
        if !back.is_empty() {
            let begin = at.max(border) - border;
            self.raw[begin..begin + back.len()].copy_from_slice(back);
        }
    }

    /// Whether each piece has arrived.
    pub fn is_whole(&self) -> bool {
        self.arrived.iter().all(|arrived| *arrived)
    }

    /// The message. Where a piece has not arrived, its bytes are zero.
    pub fn into_message(self) -> Message {
        Message::new(self.header.tag, self.header.counted, self.structured, self.raw)
    }
}
