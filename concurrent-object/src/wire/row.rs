//! Hands the values of a struct of a known shape to the visitor that reads them, with its keys or
//! by position.
//!
//! Knows the shape; leaves each value to [`super::deserializer`] or, if it is native, to
//! [`super::elements`].
//!
//! Invariant: decoding fails if a visitor leaves values unread.

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};

use super::DecodeError;
use super::access::check_all_read;
use super::elements::ListElement;
use super::reader::Reader;
use super::token::slice;
use super::value::ValueDeserializer;
use super::{native, raw};

/// The unread values of a struct. Its marker has been taken.
#[derive(Debug)]
pub(super) struct Row<'r, 'de> {
    reader: &'r mut Reader<'de>,
    shape: u8,
    /// The number of fields.
    len: usize,
    keys_read: usize,
    values_read: usize,
    /// For each field, the code of its native kind, or 0. Empty if no field is native.
    codes: &'de [u8],
    /// The native values that have not been read.
    natives: &'de [u8],
    /// Whether the values count towards the allowance.
    is_collection: bool,
}

impl<'r, 'de> Row<'r, 'de> {
    #[inline]
    pub(super) fn new(reader: &'r mut Reader<'de>, shape: u8, is_collection: bool) -> Result<Self, Box<DecodeError>> {
        let known = reader.shapes.get(shape)?;
        let (len, codes) = (known.arity(), known.codes());
        let natives = slice(&mut reader.rest, known.form().native_size)?;
        Ok(Self { reader, shape, len, keys_read: 0, values_read: 0, codes, natives, is_collection })
    }

    /// Reads the struct for a visitor that finds its fields by name.
    pub(super) fn show_map<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        self.reader.check_stack::<V::Value>()?;
        let value = visitor.visit_map(&mut self)?;
        check_all_read(self.len - self.values_read)?;
        Ok(value)
    }

    /// Reads the struct for a visitor that announced these fields: by position, if that gives the
    /// same value as by name.
    #[inline]
    pub(super) fn show_struct<V: Visitor<'de>>(
        mut self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Box<DecodeError>> {
        if !self.reader.shapes.is_read_by_position(self.shape, fields, raw::derived_visitor::<V>) {
            return self.show_map(visitor);
        }
        self.reader.check_stack::<V::Value>()?;
        let value = visitor.visit_seq(&mut self)?;
        check_all_read(self.len - self.values_read)?;
        Ok(value)
    }

    /// Reads the next value. There is one.
    #[inline]
    fn value<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Box<DecodeError>> {
        if self.is_collection {
            self.reader.allowance.take(size_of::<S::Value>())?;
        }
        let code = self.codes.get(self.values_read).copied().unwrap_or(native::NONE);
        self.values_read += 1;
        match native::kind_of_code(code) {
            None => seed.deserialize(ValueDeserializer::new(self.reader)),
            Some(kind) => {
                let bytes = slice(&mut self.natives, native::size_of_code(code))?;
                seed.deserialize(ListElement::new(kind, bytes))
            }
        }
    }
}

impl<'de> SeqAccess<'de> for Row<'_, 'de> {
    type Error = Box<DecodeError>;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Box<DecodeError>> {
        if self.values_read == self.len { Ok(None) } else { self.value(seed).map(Some) }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.len - self.values_read)
    }
}

impl<'de> MapAccess<'de> for Row<'_, 'de> {
    type Error = Box<DecodeError>;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Box<DecodeError>> {
        if self.keys_read == self.len {
            return Ok(None);
        }
        if self.is_collection {
            self.reader.allowance.take(size_of::<S::Value>())?;
        }
        self.keys_read += 1;
        self.reader.read_key(self.shape, self.keys_read - 1, seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Box<DecodeError>> {
        if self.values_read == self.len {
            return Err(DecodeError::malformed("a type reads more values than its struct has"));
        }
        self.value(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.len - self.keys_read)
    }
}
