//! Messages that are larger than one message of Zenoh: cut into pieces, and put together again.
//!
//! Each piece says where it belongs, so a piece that is sent twice is harmless and order does not
//! matter. Invariant: the memory of an assembly is at most the limit that `begin` was given, and an
//! assembly is whole only if each byte of it was written.

use std::ops::Range;

use super::{PIECE, WireError};

/// The ranges that a message of `length` bytes is cut into.
pub fn pieces(length: usize) -> impl Iterator<Item = Range<usize>> {
    (0..length).step_by(PIECE).map(move |begin| begin..length.min(begin + PIECE))
}

/// A message on its way in pieces.
#[derive(Debug)]
pub struct Assembly {
    bytes: Vec<u8>,
    arrived: Vec<bool>,
}

impl Assembly {
    /// Makes room for a message of `length` bytes.
    pub fn begin(length: u64, limit: u64) -> Result<Self, WireError> {
        let too_large = WireError::TooLarge { needed: length, limit };
        let size = usize::try_from(length).map_err(|_| too_large)?;
        if length > limit {
            return Err(too_large);
        }
        // The kernel maps a page of zeroed memory when it is first written, so announcing costs little.
        Ok(Self { bytes: vec![0; size], arrived: vec![false; size.div_ceil(PIECE)] })
    }

    /// Writes a piece. It must be exactly one of the ranges of `pieces`.
    pub fn put<'s>(
        &mut self,
        at: u64,
        length: u64,
        slices: impl Iterator<Item = (usize, &'s [u8])>,
    ) -> Result<(), WireError> {
        let at = usize::try_from(at).map_err(|_| WireError::Length)?;
        let index = at / PIECE;
        let expected = at..self.bytes.len().min(index.saturating_add(1).saturating_mul(PIECE));
        if !at.is_multiple_of(PIECE) || index >= self.arrived.len() || expected.len() as u64 != length {
            return Err(WireError::Length);
        }
        let room = &mut self.bytes[expected];
        let mut written = 0;
        for (position, slice) in slices {
            let place = position.checked_add(slice.len()).and_then(|end| room.get_mut(position..end));
            place.ok_or(WireError::Length)?.copy_from_slice(slice);
            written += slice.len();
        }
        if written as u64 != length {
            return Err(WireError::Length);
        }
        self.arrived[index] = true;
        Ok(())
    }

    /// The message, if each piece arrived.
    pub fn finish(self) -> Result<Vec<u8>, Self> {
        if self.arrived.iter().all(|arrived| *arrived) { Ok(self.bytes) } else { Err(self) }
    }
}
