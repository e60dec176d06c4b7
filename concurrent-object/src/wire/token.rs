//! Splits MessagePack into tokens: a leaf with its value, or the header of a container.
//!
//! `rmp-serde` is not used for reading. When it borrows from its input, it returns neither the next
//! marker nor its position. This crate needs both, to check a message before serde sees it, and to
//! recognise placeholders.
//!
//! Knows the format byte for byte; must not know nesting, or the meaning of extensions.

use super::DecodeError;
use super::shape::{SHAPE, SHAPED};

/// One token of a message. The length of a container is the sender's claim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'m> {
    Nil,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    F32(f32),
    F64(f64),
    Str(&'m [u8]),
    Bin(&'m [u8]),
    Array(usize),
    /// A map with this number of entries, each a key and a value.
    Map(usize),
    /// A struct of this shape. Its values follow, without their keys.
    Shaped(u8),
    Extension(i8, &'m [u8]),
}

impl<'m> Token<'m> {
    /// Takes one token off the front of `bytes`. Inlined, so that a caller that only matches on the
    /// token never builds it in memory.
    #[inline(always)]
    pub(super) fn take(bytes: &mut &'m [u8]) -> Result<Self, Box<DecodeError>> {
        let [marker] = number(bytes)?;
        Ok(match marker {
            0x00..=0x7f => Self::Unsigned(marker.into()),
            0x80..=0x8f => Self::Map(usize::from(marker & 0x0f)),
            0x90..=0x9f => Self::Array(usize::from(marker & 0x0f)),
            0xa0..=0xbf => Self::Str(slice(bytes, usize::from(marker & 0x1f))?),
            0xc0 => Self::Nil,
            0xc2 | 0xc3 => Self::Bool(marker == 0xc3),
            0xca => Self::F32(f32::from_be_bytes(number(bytes)?)),
            0xcb => Self::F64(f64::from_be_bytes(number(bytes)?)),
            0xcc => Self::Unsigned(u8::from_be_bytes(number(bytes)?).into()),
            0xcd => Self::Unsigned(u16::from_be_bytes(number(bytes)?).into()),
            0xce => Self::Unsigned(u32::from_be_bytes(number(bytes)?).into()),
            0xcf => Self::Unsigned(u64::from_be_bytes(number(bytes)?)),
            0xd0 => Self::Signed(i8::from_be_bytes(number(bytes)?).into()),
            0xd1 => Self::Signed(i16::from_be_bytes(number(bytes)?).into()),
            0xd2 => Self::Signed(i32::from_be_bytes(number(bytes)?).into()),
            0xd3 => Self::Signed(i64::from_be_bytes(number(bytes)?)),
            SHAPED..=0xef => Self::Shaped(marker - SHAPED),
            0xf0..=0xff => Self::Signed(marker.cast_signed().into()),
            _ => return Self::take_long(marker, bytes),
        })
    }

    /// Takes the rest of a token whose length follows the marker.
    #[inline(never)]
    fn take_long(marker: u8, bytes: &mut &'m [u8]) -> Result<Self, Box<DecodeError>> {
        Ok(match marker {
            0xc4..=0xc6 => {
                let len = length(bytes, marker - 0xc4)?;
                Self::Bin(slice(bytes, len)?)
            }
            0xc7..=0xc9 => {
                let len = length(bytes, marker - 0xc7)?;
                Self::take_extension(bytes, len)?
            }
            0xd4..=0xd8 => Self::take_extension(bytes, 1 << (marker - 0xd4))?,
            0xd9..=0xdb => {
                let len = length(bytes, marker - 0xd9)?;
                Self::Str(slice(bytes, len)?)
            }
            0xdc | 0xdd => Self::Array(length(bytes, marker - 0xdc + 1)?),
            0xde | 0xdf => Self::Map(length(bytes, marker - 0xde + 1)?),
            // The scanner has recorded keys and native fields. For every other reader the token is
            // a map, or the struct after the definition.
            SHAPE => match number(bytes)? {
                [SHAPED..=0xef] => {
                    let len = length(bytes, 0)?;
                    slice(bytes, len)?;
                    // A definition stands before a struct, and never before another definition.
                    if bytes.first() == Some(&SHAPE) {
                        return Err(DecodeError::malformed(
                            "the definition of native fields is not followed by a struct",
                        ));
                    }
                    return Self::take(bytes);
                }
                [short @ 0x80..=0x8f] => Self::Map(usize::from(short & 0x0f)),
                [long @ (0xde | 0xdf)] => Self::Map(length(bytes, long - 0xde + 1)?),
                _ => return Err(DecodeError::malformed("the marker of a shape is not followed by a map")),
            },
            _ => {
                return Err(DecodeError::malformed(format_args!("unknown MessagePack marker {marker:#04x}")));
            }
        })
    }

    fn take_extension(bytes: &mut &'m [u8], len: usize) -> Result<Self, Box<DecodeError>> {
        let tag = i8::from_be_bytes(number(bytes)?);
        Ok(Self::Extension(tag, slice(bytes, len)?))
    }
}

/// For each marker, the length of the leaf that it begins, the marker included. 0 if the marker
/// alone does not determine the length.
const LEAVES: [u8; 256] = {
    let mut lengths = [0; 256];
    let mut marker = 0;
    while marker < lengths.len() {
        lengths[marker] = match marker as u8 {
            0x00..=0x7f | 0xc0 | 0xc2 | 0xc3 | 0xf0..=0xff => 1,
            text @ 0xa0..=0xbf => 1 + (text & 0x1f),
            0xcc | 0xd0 => 2,
            0xcd | 0xd1 => 3,
            0xca | 0xce | 0xd2 => 5,
            0xcb | 0xcf | 0xd3 => 9,
            _ => 0,
        };
        marker += 1;
    }
    lengths
};

/// Takes leaves off the front of `bytes`, at most `count`. It stops at a value whose marker alone
/// does not determine its length. Returns how many of the `count` values are left. Most values of
/// most messages are such leaves.
#[inline]
pub(super) fn skip_leaves(bytes: &mut &[u8], mut count: usize) -> usize {
    while count > 0
        && let Some(&marker) = bytes.first()
        && let len @ 1.. = LEAVES[usize::from(marker)]
        && let Some(rest) = bytes.get(usize::from(len)..)
    {
        *bytes = rest;
        count -= 1;
    }
    count
}

/// Takes a length of 1, 2 or 4 bytes, for a `width` of 0, 1 or 2.
fn length(bytes: &mut &[u8], width: u8) -> Result<usize, Box<DecodeError>> {
    Ok(match width {
        0 => u8::from_be_bytes(number(bytes)?).into(),
        1 => u16::from_be_bytes(number(bytes)?).into(),
        _ => u32::from_be_bytes(number(bytes)?) as usize,
    })
}

/// Takes the next `N` bytes, as a copy.
#[inline]
pub(super) fn number<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Box<DecodeError>> {
    let (taken, rest) = bytes.split_first_chunk().ok_or_else(truncated)?;
    *bytes = rest;
    Ok(*taken)
}

/// Takes the next `len` bytes, as a borrow.
#[inline]
pub(super) fn slice<'m>(bytes: &mut &'m [u8], len: usize) -> Result<&'m [u8], Box<DecodeError>> {
    let (taken, rest) = bytes.split_at_checked(len).ok_or_else(truncated)?;
    *bytes = rest;
    Ok(taken)
}

#[cold]
fn truncated() -> Box<DecodeError> {
    DecodeError::malformed("the message ends in the middle of a value")
}
