//! The raw part of a message: in memory of its own, in the pieces that a transport received, or in
//! the slot where it was written.
//!
//! Problem: a large part would be copied once more on each side, into memory that the kernel maps
//! for it. Way here: a transport copies it out of the slot in pieces, while it sends them. What it
//! receives goes from its own pieces into a slot.
//!
//! Knows bytes, not what they mean. Invariant: bytes of a slot are read only while that slot has
//! the call.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use super::as_bytes;

/// The bytes of lists, which may lie in a slot of an object.
#[derive(Clone)]
pub struct RawPart(Place);

#[derive(Clone)]
enum Place {
    Stored(StoredRaw),
    Lent(Arc<dyn LentRaw>),
}

/// Bytes that stay as they are.
#[derive(Clone)]
pub(crate) enum StoredRaw {
    Whole(Vec<u8>),
    Pieces(Arc<dyn RawPieces>),
}

/// A raw part in pieces, as a transport received them.
pub trait RawPieces: Send + Sync {
    /// Returns how many bytes all pieces have together.
    fn size(&self) -> usize;
    /// Passes all bytes to `take`, in their order.
    fn each(&self, take: &mut dyn FnMut(&[u8]));
}

/// A raw part in a slot.
pub(crate) trait LentRaw: Send + Sync {
    fn size(&self) -> usize;
    /// Appends a range of the bytes.
    fn append(&self, range: Range<usize>, to: &mut Vec<u8>) -> Result<(), Gone>;
}

/// The call has its outcome already, so its bytes are not there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the call has its outcome, so its arguments are not there any more")]
#[non_exhaustive]
pub struct Gone;

/// How much is copied out of a slot at once.
const CHUNK: usize = 64 << 10;

impl RawPart {
    /// A raw part in pieces. Their size must not change.
    #[must_use]
    pub fn of_pieces(pieces: impl RawPieces + 'static) -> Self {
        Self(Place::Stored(StoredRaw::Pieces(Arc::new(pieces))))
    }

    pub(crate) fn lent(place: Arc<dyn LentRaw>) -> Self {
        Self(Place::Lent(place))
    }

    /// Returns the number of bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Place::Stored(stored) => stored.len(),
            Place::Lent(place) => place.size(),
        }
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the bytes lie in a slot of an object, and not in memory of their own. The slot is
    /// not free until this is dropped, if the bytes are a result.
    #[must_use]
    pub fn is_lent(&self) -> bool {
        matches!(self.0, Place::Lent(_))
    }

    /// Appends a range of the bytes to `to`.
    ///
    /// # Errors
    /// The bytes are arguments, and their call has its outcome already: no call needs them any
    /// more.
    ///
    /// # Panics
    /// The range is not within the bytes.
    pub fn append_to(&self, range: Range<usize>, to: &mut Vec<u8>) -> Result<(), Gone> {
        assert!(range.start <= range.end && range.end <= self.len(), "a range of the bytes");
        match &self.0 {
            Place::Stored(StoredRaw::Whole(bytes)) => to.extend_from_slice(&bytes[range]),
            Place::Stored(StoredRaw::Pieces(pieces)) => {
                let mut begin = 0;
                pieces.each(&mut |piece| {
                    let within = |at: usize| at.saturating_sub(begin).min(piece.len());
                    to.extend_from_slice(&piece[within(range.start)..within(range.end)]);
                    begin += piece.len();
                });
            }
            Place::Lent(place) => place.append(range, to)?,
        }
        Ok(())
    }

    /// Passes all bytes to `take`, in their order.
    pub(crate) fn each(&self, take: &mut dyn FnMut(&[u8])) -> Result<(), Gone> {
        let place = match &self.0 {
            Place::Stored(stored) => {
                stored.each(take);
                return Ok(());
            }
            Place::Lent(place) => place,
        };
        let (size, mut chunk) = (place.size(), Vec::new());
        for begin in (0..size).step_by(CHUNK) {
            chunk.clear();
            place.append(begin..size.min(begin + CHUNK), &mut chunk)?;
            take(&chunk);
        }
        Ok(())
    }

    /// Copies what lies in a slot.
    pub(crate) fn into_stored(self) -> Result<StoredRaw, Gone> {
        match self.0 {
            Place::Stored(stored) => Ok(stored),
            Place::Lent(place) => {
                let mut bytes = Vec::with_capacity(place.size());
                place.append(0..place.size(), &mut bytes)?;
                Ok(StoredRaw::Whole(bytes))
            }
        }
    }

    /// Copies the bytes, unless they are in memory of their own.
    ///
    /// # Errors
    /// As for [`append_to`](Self::append_to).
    pub fn into_vec(self) -> Result<Vec<u8>, Gone> {
        Ok(match self.into_stored()? {
            StoredRaw::Whole(bytes) => bytes,
            StoredRaw::Pieces(pieces) => {
                let mut bytes = Vec::with_capacity(pieces.size());
                pieces.each(&mut |piece| bytes.extend_from_slice(piece));
                bytes
            }
        })
    }
}

impl StoredRaw {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Whole(bytes) => bytes.len(),
            Self::Pieces(pieces) => pieces.size(),
        }
    }

    /// Passes all bytes to `take`, in their order.
    pub(crate) fn each(&self, take: &mut dyn FnMut(&[u8])) {
        match self {
            Self::Whole(bytes) => take(bytes),
            Self::Pieces(pieces) => pieces.each(take),
        }
    }
}

impl From<Vec<u8>> for StoredRaw {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Whole(bytes)
    }
}

impl From<Vec<u8>> for RawPart {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Place::Stored(bytes.into()))
    }
}

impl Default for RawPart {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl PartialEq for RawPart {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.clone().into_vec() == other.clone().into_vec()
    }
}

impl Eq for RawPart {}

impl fmt::Debug for RawPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

impl fmt::Debug for StoredRaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

impl Serialize for RawPart {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Place::Stored(StoredRaw::Whole(bytes)) => as_bytes::serialize(bytes, to),
            _ => as_bytes::serialize(&self.clone().into_vec().map_err(ser::Error::custom)?, to),
        }
    }
}

impl<'de> Deserialize<'de> for RawPart {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(as_bytes::deserialize(from)?.into())
    }
}

#[cfg(test)]
mod tests;
