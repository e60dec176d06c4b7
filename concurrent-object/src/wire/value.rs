//! The state of reading one value, and the steps that several of serde's methods share.
//!
//! Knows options and their marks; leaves the choice of a step to [`super::deserializer`].
//!
//! Invariant: reads only bytes that [`super::scan`] has accepted.

use serde::de::value::UnitDeserializer;
use serde::de::{self, Deserializer, Visitor};

use super::access::Members;
use super::elements::Elements;
use super::list;
use super::reader::Reader;
use super::token::Token;
use super::{DecodeError, raw};

/// Reads one value.
#[derive(Debug)]
pub(super) struct ValueDeserializer<'r, 'de> {
    pub(super) reader: &'r mut Reader<'de>,
    /// The number of `Some`s directly around this value that have been read. A `Some` takes no byte
    /// of the message.
    pub(super) somes: usize,
    /// Whether the elements of this value count towards the allowance. They do if it may become a
    /// list or a map, which stores them in memory of their own.
    pub(super) is_collection: bool,
}

impl<'r, 'de> ValueDeserializer<'r, 'de> {
    #[inline]
    pub(super) fn new(reader: &'r mut Reader<'de>) -> Self {
        Self { reader, somes: 0, is_collection: true }
    }

    #[inline]
    pub(super) fn inside_some(&self) -> bool {
        self.somes > 0
    }

    /// Takes the mark of an option inside `Some`, if it comes next and the outer `Some` has been
    /// read.
    #[inline]
    pub(super) fn unmark(&mut self) {
        if self.inside_some() && self.reader.rest.first() == Some(&0x81) && list::take_nested(&mut self.reader.rest) {
            self.somes = 0;
        }
    }

    /// Reads an option inside `Some`. Its mark has been taken.
    pub(super) fn marked<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        if self.inside_some() {
            return Self::new(self.reader).deserialize_any(visitor);
        }
        visitor.visit_some(Self::new(self.reader))
    }

    /// Reads a sequence of a fixed length, in any of its forms, element by element.
    #[inline]
    pub(super) fn tuple<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        if let Some(len) = self.reader.take_short_array() {
            return Members::new(self.reader, len, false).show_seq(visitor);
        }
        self.unmark();
        self.is_collection = false;
        match self.reader.take_list()? {
            Some((kind, bytes)) => Elements::new(None, kind, bytes)?.show(visitor),
            None => self.deserialize_any(visitor),
        }
    }

    /// Reads an extension that is not a list.
    pub(super) fn extension<V: Visitor<'de>>(
        self,
        tag: i8,
        value: &'de [u8],
        visitor: V,
    ) -> Result<V::Value, Box<DecodeError>> {
        match tag {
            list::UNIT if self.inside_some() => visitor.visit_unit(),
            list::UNIT => visitor.visit_some(UnitDeserializer::new()),
            _ => rmp_serde::Deserializer::from_read_ref(value).deserialize_any(visitor).map_err(de::Error::custom),
        }
    }
}

impl<'de> ValueDeserializer<'_, 'de> {
    /// Takes a path that is not UTF-8, if the visitor is serde's own for a path.
    #[inline(always)]
    pub(super) fn take_path<V: Visitor<'de>>(&mut self) -> Result<Option<V::Value>, Box<DecodeError>> {
        if !raw::is_path_visitor::<V>() {
            return Ok(None);
        }
        self.unmark();
        let (Token::Bin(bytes), after) = self.reader.peek()? else { return Ok(None) };
        self.reader.rest = after;
        Ok(raw::visit_path::<V>(bytes))
    }

    /// Takes a number of 128 bits. `rmp-serde` writes it as sixteen bytes, and so does this crate.
    pub(super) fn take_128(&mut self) -> Result<Option<[u8; 16]>, Box<DecodeError>> {
        self.unmark();
        let (token, after) = self.reader.peek()?;
        let Token::Bin(bytes) = token else {
            return Ok(None);
        };
        self.reader.rest = after;
        match bytes.try_into() {
            Ok(bytes) => Ok(Some(bytes)),
            Err(_) => Err(de::Error::invalid_length(bytes.len(), &"16 bytes")),
        }
    }
}
