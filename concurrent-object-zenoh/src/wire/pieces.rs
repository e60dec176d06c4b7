//! Messages that are larger than one message of Zenoh: where their pieces begin, and how they are put
//! together again.
//!
//! Each piece says where it belongs, so a piece that is sent twice is harmless and order does not
//! matter. The pieces stay in the memory in which Zenoh received them. Invariant: the bytes of an assembly
//! are at most the limit that `begin` was given, and it is whole only if each of its pieces arrived.

use std::ops::Range;

use concurrent_object::bridge::{Message, RawPart, RawPieces};
use zenoh::bytes::ZBytes;

use super::{HEADER, Header, PIECE, WireError, slices};

/// How many slices of Zenoh's memory a piece may have. Each may keep 64 KiB, so a piece with more is copied.
const MAX_SLICES: usize = 64;

/// The ranges that a message of `length` bytes is cut into.
pub(super) fn ranges(length: usize) -> impl Iterator<Item = Range<usize>> {
    (0..length).step_by(PIECE).map(move |begin| begin..length.min(begin + PIECE))
}

/// A message on its way in pieces.
#[derive(Debug)]
pub struct Assembly {
    header: Header,
    size: usize,
    /// The messages that carry the pieces.
    pub(super) pieces: Vec<Option<ZBytes>>,
}

impl Assembly {
    /// Begins with the message that was announced.
    pub fn begin(header: Header, limit: u64) -> Result<Self, WireError> {
        let length = u64::from(header.structured).saturating_add(header.raw);
        let too_large = WireError::TooLarge { needed: length, limit };
        let size = usize::try_from(length).map_err(|_| too_large)?;
        if length > limit {
            return Err(too_large);
        }
        Ok(Self { header, size, pieces: vec![None; size.div_ceil(PIECE)] })
    }

    /// What was announced.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Takes a piece. It must be exactly one of the ranges of `ranges`.
    pub fn put(&mut self, header: &Header, message: &ZBytes) -> Result<(), WireError> {
        let at = usize::try_from(header.counted).map_err(|_| WireError::Length)?;
        let place = self.pieces.get_mut(at / PIECE).filter(|_| at.is_multiple_of(PIECE)).ok_or(WireError::Length)?;
        let length = PIECE.min(self.size - at);
        if header.structured != 0 || header.raw != length as u64 || message.len() != HEADER + length {
            return Err(WireError::Length);
        }
        let is_scattered = message.slices().take(MAX_SLICES + 1).count() > MAX_SLICES;
        *place = Some(if is_scattered { message.to_bytes().into_owned().into() } else { message.clone() });
        Ok(())
    }

    /// Whether each piece has arrived.
    pub fn is_whole(&self) -> bool {
        self.pieces.iter().all(Option::is_some)
    }

    /// The message. It is whole.
    pub fn into_message(self) -> Message {
        let pieces: Vec<ZBytes> = self.pieces.into_iter().flatten().collect();
        let border = self.header.structured as usize;
        let mut structured = Vec::with_capacity(border);
        for (_, slice) in pieces.iter().flat_map(|piece| slices(piece, HEADER)) {
            structured.extend_from_slice(&slice[..slice.len().min(border - structured.len())]);
            if structured.len() == border {
                break;
            }
        }
        let raw = RawPart::of_pieces(Pieces { pieces, border, size: self.size - border });
        self.header.message(structured, raw)
    }
}

/// The raw part of a message, in the pieces in which it arrived.
struct Pieces {
    pieces: Vec<ZBytes>,
    /// The length of the structured part, which is in front.
    border: usize,
    size: usize,
}

impl RawPieces for Pieces {
    fn size(&self) -> usize {
        self.size
    }

    fn each(&self, take: &mut dyn FnMut(&[u8])) {
        let mut front = self.border;
        for (_, slice) in self.pieces.iter().flat_map(|piece| slices(piece, HEADER)) {
            let skipped = front.min(slice.len());
            front -= skipped;
            if skipped < slice.len() {
                take(&slice[skipped..]);
            }
        }
    }
}
