//! The shapes that the scanner found in a value, for its readers.
//!
//! Problem: reading a struct by name looks up each key, although parent and child are the same
//! executable and nearly always agree on the order of the fields. Reading by position without a
//! check would be wrong: a type may skip fields, or read other fields than it writes.
//!
//! Way: a struct is read by position if its keys are exactly the fields that the type announced,
//! in the same order, and if its visitor is a derived one. Such a visitor assigns the elements of a
//! sequence in the order of the fields (see [`super::raw::derived_visitor`]). The shape caches the
//! verdict for the last type that read it, so a list of a million structs is checked once. An alias
//! is an announced field too, so a type with aliases is read by name.
//!
//! Knows keys and fields; must not know values.
//!
//! Invariant: reading by position gives the same value as reading by name.

use std::any::TypeId;

use super::raw::VisitorOrigin;
use super::scan::StructForm;
use super::shape::{MAX_KEY_SIZE, MAX_SHAPES};
use super::token::Token;
use super::{DecodeError, native};

/// The shapes of one top-level value that is read. `None` is a shape that no struct may use: its
/// first struct is incomplete, or its keys are too long.
#[derive(Debug, Default)]
pub(super) struct KnownShapes<'m>(Vec<Option<KnownShape<'m>>>);

/// One shape.
#[derive(Debug)]
pub(super) struct KnownShape<'m> {
    /// Each key is an encoded string of the message, with its header.
    keys: Vec<&'m [u8]>,
    /// For each field, the code of its native kind. Empty if no field is native.
    codes: &'m [u8],
    form: StructForm,
    /// Whether a struct has used the shape. Then its native fields cannot be defined any more.
    is_used: bool,
    verdict: Option<PositionVerdict>,
}

/// Whether a type reads the structs of a shape by position.
#[derive(Clone, Copy, Debug)]
struct PositionVerdict {
    visitor: TypeId,
    fields: *const [&'static str],
    is_by_position: bool,
}

impl<'m> KnownShapes<'m> {
    /// Adds the next shape. Its keys are not known yet.
    pub(super) fn begin(&mut self) -> Result<usize, Box<DecodeError>> {
        if self.0.len() == MAX_SHAPES {
            return Err(DecodeError::malformed(format_args!("more than {MAX_SHAPES} shapes of structs")));
        }
        self.0.push(None);
        Ok(self.0.len() - 1)
    }

    /// Sets the keys of a shape.
    pub(super) fn complete(&mut self, shape: usize, keys: Vec<&'m [u8]>) {
        let size = keys.iter().map(|key| key.len()).sum::<usize>();
        if size <= MAX_KEY_SIZE * keys.len() {
            let form = StructForm { native_size: 0, values: keys.len() };
            self.0[shape] = Some(KnownShape { keys, codes: &[], form, is_used: false, verdict: None });
        }
    }

    /// Defines the native fields of a shape.
    pub(super) fn define(&mut self, shape: u8, codes: &'m [u8]) -> Result<(), Box<DecodeError>> {
        let Some(Some(known)) = self.0.get_mut(usize::from(shape)) else { return Err(unknown()) };
        let is_new = known.codes.is_empty() && !known.is_used;
        if !is_new
            || codes.len() != known.keys.len()
            || codes.len() < 2
            || !codes.iter().all(|&code| native::is_code(code))
        {
            return Err(DecodeError::malformed("an invalid definition of native fields"));
        }
        known.codes = codes;
        known.form = StructForm {
            native_size: codes.iter().map(|&code| native::size_of_code(code)).sum(),
            values: codes.iter().filter(|&&code| code == native::NONE).count(),
        };
        Ok(())
    }

    /// Returns what follows the marker of a struct of this shape, which the scanner has met.
    #[inline]
    pub(super) fn used_form(&mut self, shape: u8) -> Result<StructForm, Box<DecodeError>> {
        let Some(Some(known)) = self.0.get_mut(usize::from(shape)) else { return Err(unknown()) };
        known.is_used = true;
        Ok(known.form)
    }

    #[inline]
    pub(super) fn get(&self, shape: u8) -> Result<&KnownShape<'m>, Box<DecodeError>> {
        match self.0.get(usize::from(shape)) {
            Some(Some(known)) => Ok(known),
            _ => Err(unknown()),
        }
    }

    #[inline]
    pub(super) fn key(&self, shape: u8, field: usize) -> Option<&'m [u8]> {
        self.0.get(usize::from(shape))?.as_ref()?.keys.get(field).copied()
    }

    /// Whether a visitor that announced these fields reads the structs of this shape by position.
    #[inline]
    pub(super) fn is_read_by_position(
        &mut self,
        shape: u8,
        fields: &'static [&'static str],
        origin: impl FnOnce() -> VisitorOrigin,
    ) -> bool {
        let Some(Some(known)) = self.0.get_mut(usize::from(shape)) else { return false };
        let origin = origin();
        match known.verdict {
            Some(verdict) if verdict.visitor == origin.id && std::ptr::eq(verdict.fields, fields) => {
                verdict.is_by_position
            }
            _ => known.judge(fields, origin),
        }
    }
}

impl<'m> KnownShape<'m> {
    /// Returns the number of fields of a struct.
    #[inline]
    pub(super) fn arity(&self) -> usize {
        self.keys.len()
    }

    #[inline]
    pub(super) fn codes(&self) -> &'m [u8] {
        self.codes
    }

    #[inline]
    pub(super) fn form(&self) -> StructForm {
        self.form
    }

    #[inline(never)]
    fn judge(&mut self, fields: &'static [&'static str], origin: VisitorOrigin) -> bool {
        let is_same = self.keys.len() == fields.len()
            && self.keys.iter().zip(fields).all(|(key, field)| {
                let mut key = *key;
                matches!(Token::take(&mut key), Ok(Token::Str(text)) if text == field.as_bytes())
            });
        let is_by_position = is_same && (origin.is_derived)();
        self.verdict = Some(PositionVerdict { visitor: origin.id, fields, is_by_position });
        is_by_position
    }
}

#[cold]
fn unknown() -> Box<DecodeError> {
    DecodeError::malformed("a struct of an unknown shape")
}
