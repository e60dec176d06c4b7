//! Encodes values as messages, and decodes them.
//!
//! A message is *structured* bytes plus *raw regions*. Its top-level values, such as the arguments
//! of one call, follow one another in the structured bytes. The type of a value alone decides its
//! form, so both processes agree on the form without a tag:
//!
//! | type | form |
//! |---|---|
//! | numbers, `bool`, `char` | native bytes; `()` takes none |
//! | paths, `OsStr`, `CStr` and their owned forms | MessagePack `bin`: they need not be UTF-8 |
//! | slices, boxed slices and `Vec`s of plain numbers, `bool`s or declared types | a raw region |
//! | `Shared` lists | a placeholder for a part of a shared file; short ones lie inline |
//! | everything else | MessagePack, with the two additions below |
//!
//! A list in a raw region leaves a placeholder in the structured bytes (see [`list`]). This crate
//! makes two additions to MessagePack. A longer plain list inside another value becomes a
//! placeholder for a raw region too. Structs in a list name their fields once (see [`shape`]).
//!
//! Does no I/O, and must not know processes or rings. A slot is only a number here (see
//! [`Holder`]).
//!
//! Invariant: whatever the bytes are, decoding them does not panic. The memory that it allocates is
//! proportional to their number, with a factor that depends on the types (see [`allowance`]).
//! [`scan`] checks every value before other code reads it.

mod access;
mod adapt;
mod allowance;
mod compound;
mod containers;
mod decode;
mod deserializer;
mod elements;
mod encode;
mod kind;
mod known_shapes;
mod leaves;
mod list;
mod native;
mod os_text;
mod pack;
mod parameter;
mod raw;
mod reader;
mod row;
mod scan;
mod serializer;
mod shape;
mod token;
mod top_level;
mod value;
mod whole;

#[cfg(test)]
mod tests;

use std::fmt::{self, Display};
use std::sync::Arc;

use serde::{de, ser};

use crate::memory::{Foreign, Region};
use crate::shared::file::SharedFile;

pub(crate) use self::adapt::ReadAs;
pub use self::adapt::{Adapted, Behind, Composite, Itself, Reads, Standard, Through, ThroughReference, Writes};
pub(crate) use self::decode::Decoder;
pub(crate) use self::encode::{Encoder, Extent};
pub use self::parameter::{Parameter, Slice};
pub use self::raw::declare;
pub(crate) use self::raw::{is_declared, prepare};
pub(crate) use self::whole::{from_bytes, to_bytes};

/// Each raw region starts at a multiple of this many bytes.
pub(crate) const REGION_ALIGN: usize = 64;

/// The limit of nesting for lists, maps, structs, variants, and options in options. A variant and
/// its content count as one level.
pub(crate) const MAX_DEPTH: usize = 128;

/// The limit of nesting in the bytes. It is twice [`MAX_DEPTH`]: a variant with fields is a map
/// around an array or a map.
const MAX_LEVELS: usize = 2 * MAX_DEPTH;

/// The destination of raw regions while a message is encoded.
///
/// Offsets are multiples of [`REGION_ALIGN`], and increase. A sink may drop the bytes that it has
/// no room for; the encoder counts them all the same.
pub(crate) trait RawSink {
    fn write(&mut self, offset: usize, bytes: &[u8]);

    /// Is called before each value that is not a scalar. `runs_user_code`: writing it calls its
    /// `Serialize`, which may do anything, for example call the same object and wait. `raw_end`:
    /// the end of the last raw region.
    fn before_value(&mut self, runs_user_code: bool, raw_end: usize) {
        let _ = (runs_user_code, raw_end);
    }

    /// The limit of the counted bytes of a message, structured and raw. Beyond it, the encoder
    /// counts the structured bytes without keeping them.
    fn limit(&self) -> usize {
        usize::MAX
    }

    /// Returns the place of the bytes outside the message, if the reader has them mapped already,
    /// or can get them without a copy. The encoder then writes a placeholder only. `shared`: the
    /// list is the content of a [`Shared`](crate::Shared).
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

/// The memory that holds a place outside a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The input region of this slot, which is lent to the messages of other slots.
    Region(u16),
    /// The shared file at this position in the message's list of files.
    File(u16),
}

/// The memory outside a message that the message may refer to.
pub(crate) trait Outside: fmt::Debug {
    /// The whole input region of the slot. No process writes it while a message that refers to it
    /// is read.
    fn region(&self, slot: u16) -> Option<&[u8]>;

    /// The shared file at this position in the message's list of files.
    fn file(&self, position: u16) -> Option<&Arc<SharedFile>>;

    /// Whether the reader may copy `len` bytes of shared files. A small message can name the same
    /// large file many times, so the copies are limited.
    fn may_copy(&self, len: usize) -> bool;
}

/// Grows as needed. The bytes between two regions are zeros.
impl RawSink for Vec<u8> {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        self.resize(offset, 0);
        self.extend_from_slice(bytes);
    }
}

/// Drops the bytes that do not fit.
impl RawSink for Region<'_> {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        Region::write(self, offset, bytes);
    }
}

/// The raw regions of a message to decode. Offsets in it are those that the encoder passed to the
/// sink.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Raw<'m> {
    /// Memory that no process writes for `'m`: lists may be borrowed from it.
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

/// An error of [`Encoder::put`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EncodeError {
    /// The value's `Serialize` failed, or a limit was exceeded.
    #[error("{reason}")]
    Refused { reason: String },
    /// The value is nested too deeply. The encoder stopped at the limit.
    #[error("the value is nested more than {limit} levels deep")]
    TooDeep { limit: usize },
}

/// The error is boxed, so that a `Result<(), _>` is one word: encoding a struct returns one for
/// each field.
impl ser::Error for Box<EncodeError> {
    #[cold]
    fn custom<T: Display>(reason: T) -> Self {
        Self::new(EncodeError::Refused { reason: reason.to_string() })
    }
}

/// An error of [`Decoder::take`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes are a well-formed message, but the type's `Deserialize` did not accept them.
    #[error("{reason}")]
    Refused {
        /// The error text of serde, or of the type's `Deserialize`.
        reason: String,
    },
    /// The bytes are not a message that an encoder writes: the sender broke the protocol.
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

/// Boxed for the same reason as `EncodeError`.
impl de::Error for Box<DecodeError> {
    #[cold]
    fn custom<T: Display>(reason: T) -> Self {
        Self::new(DecodeError::Refused { reason: reason.to_string() })
    }
}
