//! Turns values into bytes and back; does no I/O and knows nothing of processes, slots or channels.
//!
//! A message is *structured* bytes plus *raw regions*. Its top-level values stand one after the other, each in a form
//! that its type alone decides, so both ends agree without a tag:
//!
//! | type | form |
//! |---|---|
//! | numbers, `bool`, `char` | their native bytes; `()` takes none |
//! | paths, `OsStr`, `CStr` and their owned forms | MessagePack `bin`, so that they need not be UTF-8 |
//! | slices, boxed slices and `Vec`s of plain numbers, `bool`s or declared types | a raw region, with a placeholder (see [`list`]) in its place |
//! | `Shared` lists of plain numbers | a placeholder for a part of a file that comes with the message, or as above if they are short |
//! | everything else | MessagePack, in which longer lists of plain numbers are placeholders for raw regions too, and structs in
//! lists name their fields once (see [`shape`]) |
//!
//! Invariant: whatever the bytes, decoding them neither panics nor allocates more than a small multiple of them.
//! [`scan`] judges every value before anything else reads it.

mod access;
mod allowance;
mod compound;
mod decode;
mod deserializer;
mod elements;
mod encode;
mod kind;
mod list;
mod pack;
mod parameter;
mod raw;
mod reader;
mod scan;
mod serializer;
mod shape;
mod token;
mod whole;

#[cfg(test)]
mod tests;

use std::fmt::{self, Display};
use std::sync::Arc;

use serde::{de, ser};

use crate::memory::{Foreign, Region};
use crate::shared::file::SharedFile;

pub(crate) use self::decode::Decoder;
pub(crate) use self::encode::{Encoder, Extent};
pub use self::parameter::{Parameter, Slice};
pub use self::raw::declare;
pub(crate) use self::raw::{is_declared, prepare};
pub(crate) use self::whole::{from_bytes, to_bytes};

/// Each raw region starts at a multiple of this many bytes.
pub(crate) const REGION_ALIGN: usize = 64;

/// How deeply lists, maps, structs, variants and options in options may be nested. A variant counts once, with what it holds.
pub(crate) const MAX_DEPTH: usize = 128;

/// How deep a message is at most: a variant with fields is a map around an array or a map.
const MAX_LEVELS: usize = 2 * MAX_DEPTH;

/// Where raw regions go while a message is encoded.
///
/// Offsets are multiples of [`REGION_ALIGN`] and grow. A sink may drop what it cannot hold: the encoder still counts it.
pub(crate) trait RawSink {
    fn write(&mut self, offset: usize, bytes: &[u8]);

    /// How many bytes are accepted. What is beyond is counted and not written.
    fn limit(&self) -> usize {
        usize::MAX
    }

    /// Where the bytes lie, if the reader has them in front of it already, or can be given them without a copy: then they are
    /// not written. `shared`: their type says that they are shared.
    fn external_ref(&mut self, bytes: &[u8], shared: bool) -> Option<ExternalRef> {
        let _ = (bytes, shared);
        None
    }
}

/// A place outside a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExternalRef {
    pub(crate) holder: Holder,
    pub(crate) offset: usize,
}

/// What a place outside a message is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The area of this slot, lent to the messages of other slots.
    Region(u16),
    /// The shared file of this position among those that the message comes with.
    File(u16),
}

/// What a message may refer to.
pub(crate) trait Outside: fmt::Debug {
    /// All of the slot's area, which nobody writes while a message that refers to it is read.
    fn region(&self, slot: u16) -> Option<&[u8]>;

    /// The shared file of this position.
    fn file(&self, position: u16) -> Option<&Arc<SharedFile>>;

    /// Whether so many bytes of shared files may be copied, which a small message could ask for again and again.
    fn may_copy(&self, len: usize) -> bool;
}

/// Grows as needed, with zeros between the regions.
impl RawSink for Vec<u8> {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        self.resize(offset, 0);
        self.extend_from_slice(bytes);
    }
}

/// Drops what does not fit.
impl RawSink for Region<'_> {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        Region::write(self, offset, bytes);
    }
}

/// The raw regions of a message to decode. Offset 0 is where the sink's offset 0 was.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Raw<'m> {
    /// Memory that nobody writes for `'m`: lists may be borrowed from it.
    Trusted(&'m [u8]),
    /// The same, with what lies outside the message.
    TrustedWith(&'m [u8], &'m dyn Outside),
    /// Memory that the other process may write: lists are copied out of it.
    Foreign(Foreign<'m>),
    /// The same, with what lies outside the message.
    ForeignWith(Foreign<'m>, &'m dyn Outside),
}

impl<'m> Raw<'m> {
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Trusted(bytes) | Self::TrustedWith(bytes, _) => bytes.len(),
            Self::Foreign(memory) | Self::ForeignWith(memory, _) => memory.len(),
        }
    }

    fn outside(self) -> Option<&'m dyn Outside> {
        match self {
            Self::TrustedWith(_, outside) | Self::ForeignWith(_, outside) => Some(outside),
            Self::Trusted(_) | Self::Foreign(_) => None,
        }
    }
}

/// A value could not be encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EncodeError {
    /// What serde, or the `Serialize` of the value's type, said.
    #[error("{reason}")]
    Refused { reason: String },
    /// The value is nested too deeply. Nothing was recursed into beyond the limit.
    #[error("the value is nested more than {limit} levels deep")]
    TooDeep { limit: usize },
}

/// In a box, so that an outcome without a value is one word: a struct has one for each of its fields.
impl ser::Error for Box<EncodeError> {
    #[cold]
    fn custom<T: Display>(reason: T) -> Self {
        Self::new(EncodeError::Refused { reason: reason.to_string() })
    }
}

/// A value could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes are a well-formed message, but the type's `Deserialize` did not accept them.
    #[error("{reason}")]
    Refused {
        /// What serde, or the type's `Deserialize`, said.
        reason: String,
    },
    /// The bytes are no message that an encoder writes: the sender broke the protocol.
    #[error("malformed message: {reason}")]
    Malformed {
        /// What is wrong with them.
        reason: String,
    },
}

impl DecodeError {
    #[cold]
    fn malformed(reason: impl Display) -> Box<Self> {
        Box::new(Self::Malformed { reason: reason.to_string() })
    }
}

/// In a box, for the same reason.
impl de::Error for Box<DecodeError> {
    #[cold]
    fn custom<T: Display>(reason: T) -> Self {
        Self::new(DecodeError::Refused { reason: reason.to_string() })
    }
}
