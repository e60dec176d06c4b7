//! Placeholders of plain lists, and the other MessagePack extensions of this crate.
//!
//! A longer list lies in a raw region, and leaves a placeholder in the structured bytes. A short
//! list lies in its extension, because an aligned region for it would cost more.
//!
//! Knows the layout of the extensions; must not know serde.
//!
//! Invariant: only this crate writes these tags. A user's extension with one of them is refused.

use std::sync::Arc;

use super::kind::Kind;
use super::token::{self, Token};
use super::{DecodeError, ExternalRef, Holder, Outside, REGION_ALIGN, Raw};
use crate::memory::{Foreign, Plain};
use crate::shared::file::SharedFile;

/// Extension: a list in a raw region. Its content is the kind, then offset and length in bytes,
/// eight bytes each. The kind takes one byte, or nine for a declared type.
const REGION: i8 = 100;
/// Extension: a list inline. Its content is the kind, then the elements.
const INLINE: i8 = 101;
/// Extension: `()` inside `Some`. Written as `nil`, it would be decoded as `None`.
pub(super) const UNIT: i8 = 102;
/// Extension: the mark of an option inside `Some`. It is only ever the key of a map with one entry,
/// whose value is the option.
pub(super) const NESTED: i8 = 103;
/// Extension: a list in the input region of another slot. Its content is the kind, two bytes of
/// slot number, then offset and length in bytes, eight bytes each.
const LENT: i8 = 104;
/// Extension: a list in a shared file. Its content is that of [`LENT`], with the file's position in
/// the message's list of files instead of the slot number.
const SHARED: i8 = 105;

/// The place of a plain list, as its extension names it.
#[derive(Debug, Clone, Copy)]
pub(super) enum List<'m> {
    Region { kind: Kind, offset: usize, len: usize },
    ExternalRef { kind: Kind, place: ExternalRef, len: usize },
    Inline { kind: Kind, bytes: &'m [u8] },
}

impl<'m> List<'m> {
    /// Reads the content of an extension. `None` if the extension is not a list.
    pub(super) fn parse(tag: i8, mut content: &'m [u8]) -> Result<Option<Self>, Box<DecodeError>> {
        if !matches!(tag, REGION | INLINE | LENT | SHARED) {
            return Ok(None);
        }
        let kind = Kind::parse(&mut content)?;
        let (list, len) = if tag == INLINE {
            (Self::Inline { kind, bytes: content }, content.len())
        } else if tag == LENT || tag == SHARED {
            let (place, len) = parse_external(tag, content)?;
            (Self::ExternalRef { kind, place, len }, len)
        } else {
            let offset = usize::from_be_bytes(token::number(&mut content)?);
            let len = usize::from_be_bytes(token::number(&mut content)?);
            if !content.is_empty() {
                return Err(DecodeError::malformed("a placeholder is too long"));
            }
            if !offset.is_multiple_of(REGION_ALIGN) {
                return Err(DecodeError::malformed("a raw region is misaligned"));
            }
            (Self::Region { kind, offset, len }, len)
        };
        if !len.is_multiple_of(kind.size()) {
            return Err(DecodeError::malformed("a list ends in the middle of an element"));
        }
        Ok(Some(list))
    }

    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Region { kind, .. } | Self::ExternalRef { kind, .. } | Self::Inline { kind, .. } => kind,
        }
    }

    /// Returns the bytes of the list, wherever they lie.
    pub(super) fn bytes(self, raw: Raw<'m>) -> Result<Bytes<'m>, Box<DecodeError>> {
        let bytes = match self {
            Self::Inline { bytes, .. } => Some(Bytes::Trusted(bytes)),
            Self::ExternalRef { place, len, .. } => raw.outside().and_then(|outside| place.bytes(outside, len)),
            Self::Region { offset, len, .. } => match raw {
                Raw::Trusted(all) | Raw::TrustedWith(all, _) => part(all, offset, len).map(Bytes::Trusted),
                Raw::Foreign(all) | Raw::ForeignWith(all, _) => all.slice(offset, len).map(Bytes::Foreign),
            },
        };
        bytes.ok_or_else(|| DecodeError::malformed("a raw region lies outside the message"))
    }
}

impl ExternalRef {
    fn bytes<'m>(self, outside: &'m dyn Outside, len: usize) -> Option<Bytes<'m>> {
        match self.holder {
            Holder::Region(slot) => {
                outside.region(slot).and_then(|region| part(region, self.offset, len)).map(Bytes::Trusted)
            }
            Holder::File(position) => {
                let file = outside.file(position)?;
                let bytes = part(file.bytes(), self.offset, len)?;
                Some(Bytes::Shared(SharedBytes { file, offset: self.offset, bytes, outside }))
            }
        }
    }
}

fn part(bytes: &[u8], offset: usize, len: usize) -> Option<&[u8]> {
    bytes.get(offset..)?.get(..len)
}

fn parse_external(tag: i8, mut content: &[u8]) -> Result<(ExternalRef, usize), Box<DecodeError>> {
    let number = u16::from_be_bytes(token::number(&mut content)?);
    let offset = usize::from_be_bytes(token::number(&mut content)?);
    let len = usize::from_be_bytes(token::number(&mut content)?);
    if !content.is_empty() {
        return Err(DecodeError::malformed("a placeholder is too long"));
    }
    let holder = if tag == LENT { Holder::Region(number) } else { Holder::File(number) };
    Ok((ExternalRef { holder, offset }, len))
}

/// The bytes of one list, and whether another process may write them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bytes<'m> {
    Trusted(&'m [u8]),
    Foreign(Foreign<'m>),
    /// Bytes of a shared file. A reader that wants them as ordinary bytes calls
    /// [`Bytes::unshared`].
    Shared(SharedBytes<'m>),
}

/// A part of a shared file.
#[derive(Debug, Clone, Copy)]
pub(super) struct SharedBytes<'m> {
    pub(super) file: &'m Arc<SharedFile>,
    pub(super) offset: usize,
    pub(super) bytes: &'m [u8],
    outside: &'m dyn Outside,
}

impl<'m> Bytes<'m> {
    /// Returns the bytes for a reader that may copy them. It fails if the copies of shared files
    /// would exceed the limit of the message.
    pub(super) fn unshared(self) -> Result<Self, Box<DecodeError>> {
        match self {
            Self::Shared(shared) if shared.outside.may_copy(shared.bytes.len()) => Ok(Self::Trusted(shared.bytes)),
            Self::Shared(_) => Err(DecodeError::malformed("copies of shared memory exceed the limit of the message")),
            Self::Trusted(_) | Self::Foreign(_) => Ok(self),
        }
    }

    /// Copies the bytes out, as elements. `None` if they are not a whole number of elements.
    pub(super) fn to_vec<T: Plain>(self) -> Result<Option<Vec<T>>, Box<DecodeError>> {
        Ok(match self.unshared()? {
            Self::Trusted(bytes) | Self::Shared(SharedBytes { bytes, .. }) => Foreign::of(bytes).to_plain_vec(),
            Self::Foreign(memory) => memory.to_plain_vec(),
        })
    }
}

/// Writes the placeholder of a raw region.
pub(super) fn write_region(out: &mut Vec<u8>, kind: Kind, offset: usize, len: usize) {
    kind.start_extension(out, REGION, 16);
    out.extend_from_slice(&offset.to_be_bytes());
    out.extend_from_slice(&len.to_be_bytes());
}

/// Writes the placeholder of a list that lies outside the message.
pub(super) fn write_external(out: &mut Vec<u8>, kind: Kind, place: ExternalRef, len: usize) {
    let (tag, number) = match place.holder {
        Holder::Region(slot) => (LENT, slot),
        Holder::File(position) => (SHARED, position),
    };
    kind.start_extension(out, tag, 18);
    out.extend_from_slice(&number.to_be_bytes());
    out.extend_from_slice(&place.offset.to_be_bytes());
    out.extend_from_slice(&len.to_be_bytes());
}

/// Writes a list of at most [`Kind::inline_max`] bytes.
pub(super) fn write_inline(out: &mut Vec<u8>, kind: Kind, bytes: &[u8]) {
    debug_assert!(bytes.len() <= kind.inline_max(), "longer lists have a region");
    kind.start_extension(out, INLINE, bytes.len() as u8);
    out.extend_from_slice(bytes);
}

/// Writes `()` inside `Some`.
pub(super) fn write_unit(out: &mut Vec<u8>) {
    out.extend_from_slice(&[0xd4, UNIT.cast_unsigned(), 0]);
}

/// The encoded key that marks an option inside `Some`.
const NESTED_KEY: [u8; 3] = [0xd4, NESTED.cast_unsigned(), 0];

/// Writes the mark of an option inside `Some`: the header of a map with one entry, and the reserved
/// key. The caller writes the option next.
pub(super) fn write_nested(out: &mut Vec<u8>) {
    out.push(0x81);
    out.extend_from_slice(&NESTED_KEY);
}

/// Takes the reserved key, if it comes next. The header of a map with one entry has been taken.
pub(super) fn take_nested_key(bytes: &mut &[u8]) -> bool {
    let rest = bytes.strip_prefix(&NESTED_KEY);
    *bytes = rest.unwrap_or(bytes);
    rest.is_some()
}

/// Takes the mark of an option inside `Some`, if it comes next.
pub(super) fn take_nested(bytes: &mut &[u8]) -> bool {
    let Some((0x81, mut rest)) = bytes.split_first() else {
        return false;
    };
    let found = take_nested_key(&mut rest);
    if found {
        *bytes = rest;
    }
    found
}

/// Whether an encoded value is an extension with a reserved tag.
pub(super) fn is_reserved(mut value: &[u8]) -> bool {
    matches!(Token::take(&mut value), Ok(Token::Extension(REGION | INLINE | UNIT | NESTED | LENT | SHARED, _)))
}
