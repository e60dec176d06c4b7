//! The kinds of elements of a plain list, and their codes in a message.
//!
//! Knows the numbers and the table of declared types; must not know lists.
//!
//! Invariant: a code is the same kind in both processes, since both run the same executable.

use super::DecodeError;
use super::raw::Declared;
use super::token::number;

/// The size in bytes up to which lists are inline, except at top level. A longer list adds a
/// placeholder of 20 bytes, and at most 63 bytes of padding. That is at most 1.28 times
/// its own size: 83 bytes for a list of 65. `transport::layout` sizes the regions of a slot by this
/// ratio.
pub(super) const INLINE_MAX: usize = 64;
/// The same for lists of declared types, whose placeholders are longer.
const DECLARED_INLINE_MAX: usize = 128;

/// The code of a declared type. Eight bytes with the type's fingerprint follow it.
const DECLARED: u8 = 14;

/// The kind of the elements of a list. `usize` and `isize` have the kind of the number type of the
/// same size, such as `U64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The argument of `serialize_bytes`, as opposed to a sequence of `u8`.
    Bytes,
    U8,
    U16,
    U32,
    U64,
    U128,
    I8,
    I16,
    I32,
    I64,
    I128,
    F32,
    F64,
    /// Bytes that are 0 or 1. The reader checks this.
    Bool,
    /// Values of a type that was declared with `plain!`, or short arrays of numbers.
    Declared(Declared),
}

impl Kind {
    const ALL: [Self; 14] = [
        Self::Bytes,
        Self::U8,
        Self::U16,
        Self::U32,
        Self::U64,
        Self::U128,
        Self::I8,
        Self::I16,
        Self::I32,
        Self::I64,
        Self::I128,
        Self::F32,
        Self::F64,
        Self::Bool,
    ];

    /// Returns the size of an element in bytes.
    #[inline]
    pub(super) fn size(self) -> usize {
        match self {
            Self::Bytes | Self::U8 | Self::I8 | Self::Bool => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
            Self::U128 | Self::I128 => 16,
            Self::Declared(declared) => declared.size(),
        }
    }

    /// Returns the size in bytes up to which lists of this kind are inline.
    pub(super) fn inline_max(self) -> usize {
        if matches!(self, Self::Declared(_)) { DECLARED_INLINE_MAX } else { INLINE_MAX }
    }

    /// Returns the code of the kind in a message: its index in [`Self::ALL`].
    #[inline]
    fn code(self) -> u8 {
        match self {
            Self::Bytes => 0,
            Self::U8 => 1,
            Self::U16 => 2,
            Self::U32 => 3,
            Self::U64 => 4,
            Self::U128 => 5,
            Self::I8 => 6,
            Self::I16 => 7,
            Self::I32 => 8,
            Self::I64 => 9,
            Self::I128 => 10,
            Self::F32 => 11,
            Self::F64 => 12,
            Self::Bool => 13,
            Self::Declared(_) => DECLARED,
        }
    }

    /// Reads the kind that [`Self::start_extension`] wrote after the tag.
    pub(super) fn parse(content: &mut &[u8]) -> Result<Self, Box<DecodeError>> {
        let [code] = number(content)?;
        if code == DECLARED {
            let declared = Declared::find(u64::from_be_bytes(number(content)?));
            return declared
                .map(Self::Declared)
                .ok_or_else(|| DecodeError::malformed("a list of a type that this process has not declared"));
        }
        Self::ALL.get(usize::from(code)).copied().ok_or_else(|| DecodeError::malformed("unknown kind of element"))
    }

    /// Whether a list of this kind may be read as one of `wanted`.
    pub(super) fn reads_as(self, wanted: Self) -> bool {
        self == wanted || (self == Self::Bytes && wanted == Self::U8)
    }

    /// Begins an extension with this tag, and writes the kind. The caller then writes `len` bytes.
    #[inline]
    pub(super) fn start_extension(self, out: &mut Vec<u8>, tag: i8, len: u8) {
        let tag = tag.cast_unsigned();
        if let Self::Declared(declared) = self {
            out.extend_from_slice(&[0xc7, len + 9, tag, DECLARED]);
            out.extend_from_slice(&declared.fingerprint().to_be_bytes());
        } else {
            out.extend_from_slice(&[0xc7, len + 1, tag, self.code()]);
        }
    }
}
