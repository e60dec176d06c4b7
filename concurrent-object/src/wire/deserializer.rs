//! Decodes a structured value for the `Deserialize` of its type, and restores its plain lists.
//!
//! A type that reads a value of unknown form (`untagged`, `flatten`, `serde_json::Value`) never
//! sees this crate's additions to MessagePack. It sees the value that they stand for.
//!
//! Knows serde's data model; must not know the forms of top-level values.
//!
//! Invariant: reads only bytes that [`super::scan`] has accepted.

use rmp_serde::MSGPACK_EXT_STRUCT_NAME;
use serde::de::{self, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::access::{Members, Variant, show_bytes};
use super::elements::{Elements, check_somes};
use super::kind::Kind;
use super::list::{self, List};
use super::row::Row;
use super::token::Token;
use super::value::ValueDeserializer;
use super::{DecodeError, raw};

/// Methods that expect a number.
macro_rules! integers {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
            if let Some(number) = self.reader.take_small_number() {
                return visitor.visit_u8(number);
            }
            match self.reader.take_long_number() {
                Some(number) => visitor.visit_u64(number),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

/// Methods that expect another leaf.
macro_rules! leaves {
    ($($method:ident: $take:ident => $visit:ident,)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
            match self.reader.$take() {
                Some(leaf) => visitor.$visit(leaf),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for ValueDeserializer<'_, 'de> {
    type Error = Box<DecodeError>;

    fn is_human_readable(&self) -> bool {
        true
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        let value = self.reader.rest;
        match Token::take(&mut self.reader.rest)? {
            Token::Nil => visitor.visit_unit(),
            Token::Bool(truth) => visitor.visit_bool(truth),
            Token::Unsigned(number) => visitor.visit_u64(number),
            Token::Signed(number) => visitor.visit_i64(number),
            Token::F32(number) => visitor.visit_f32(number),
            Token::F64(number) => visitor.visit_f64(number),
            Token::Str(text) => visitor.visit_borrowed_str(raw::text(text).map_err(DecodeError::malformed)?),
            Token::Bin(bytes) => visitor.visit_borrowed_bytes(bytes),
            Token::Array(len) => Members::new(self.reader, len, self.is_collection).show_seq(visitor),
            Token::Map(1) if list::take_nested_key(&mut self.reader.rest) => self.marked(visitor),
            Token::Map(len) => Members::new(self.reader, len, self.is_collection).show_map(visitor),
            Token::Shaped(shape) => Row::new(self.reader, shape, self.is_collection)?.show_map(visitor),
            Token::Extension(tag, content) => match List::parse(tag, content)? {
                Some(list) => {
                    let bytes = list.bytes(self.reader.raw)?;
                    if list.kind() == Kind::Bytes {
                        show_bytes(bytes, visitor)
                    } else {
                        let counted = self.is_collection.then_some(&mut self.reader.allowance);
                        Elements::new(counted, list.kind(), bytes)?.show(visitor)
                    }
                }
                None => self.extension(tag, value, visitor),
            },
        }
    }

    /// Reads a list. If the visitor is serde's own for a `Vec`, which its type shows, the whole
    /// list is built at once.
    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        if let Some(len) = self.reader.take_short_array() {
            return Members::new(self.reader, len, self.is_collection).show_seq(visitor);
        }
        self.unmark();
        match self.reader.take_list()? {
            Some((kind, bytes)) => match raw::visit_whole::<V>(kind, bytes)? {
                Some(whole) => Ok(whole),
                None => Elements::new(Some(&mut self.reader.allowance), kind, bytes)?.show(visitor),
            },
            None => self.deserialize_any(visitor),
        }
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        self.tuple(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Box<DecodeError>> {
        self.tuple(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        self.unmark();
        let before = self.reader.rest;
        match self.reader.take_list()? {
            Some((kind, bytes)) if kind.reads_as(Kind::U8) => show_bytes(bytes, visitor),
            _ => {
                self.reader.rest = before;
                self.deserialize_any(visitor)
            }
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        self.deserialize_bytes(visitor)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        self.unmark();
        if self.reader.take_nil() {
            return visitor.visit_none();
        }
        let somes = check_somes(self.somes + 1)?;
        self.reader.check_stack::<V::Value>()?;
        visitor.visit_some(Self { somes, ..self })
    }

    fn deserialize_unit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        self.somes = 1;
        self.deserialize_any(visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Box<DecodeError>> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Box<DecodeError>> {
        let value = self.reader.rest;
        if name != MSGPACK_EXT_STRUCT_NAME || list::is_reserved(value) {
            return visitor.visit_newtype_struct(self);
        }
        self.reader.skip_value()?;
        let mut extension = rmp_serde::Deserializer::from_read_ref(value);
        extension.deserialize_newtype_struct(name, visitor).map_err(de::Error::custom)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Box<DecodeError>> {
        self.unmark();
        self.reader.check_stack::<V::Value>()?;
        match self.reader.peek()? {
            (Token::Map(1), after) => {
                self.reader.rest = after;
                visitor.visit_enum(Variant::with_content(self.reader))
            }
            (Token::Shaped(shape), after) if self.reader.shapes.get(shape)?.arity() == 1 => {
                self.reader.rest = after;
                visitor.visit_enum(Variant::shaped(self.reader, shape))
            }
            _ => visitor.visit_enum(Variant::unit(self.reader)),
        }
    }

    fn deserialize_i128<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        match self.take_128()? {
            Some(bytes) => visitor.visit_i128(i128::from_be_bytes(bytes)),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        match self.take_128()? {
            Some(bytes) => visitor.visit_u128(u128::from_be_bytes(bytes)),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        self.reader.skip_value()?;
        visitor.visit_unit()
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Box<DecodeError>> {
        self.is_collection = false;
        if let Some(len) = self.reader.take_short_map() {
            return Members::new(self.reader, len, false).show_map(visitor);
        }
        if let Some(shape) = self.reader.take_shaped() {
            return Row::new(self.reader, shape, false)?.show_struct(fields, visitor);
        }
        self.deserialize_any(visitor)
    }

    /// Reads text. If the visitor is serde's own for a path, which its type shows, the path may be
    /// bytes that are not UTF-8.
    #[inline]
    fn deserialize_str<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        if let Some(text) = self.reader.take_short_text() {
            return visitor.visit_borrowed_str(text);
        }
        match self.take_path::<V>()? {
            Some(path) => Ok(path),
            None => self.deserialize_any(visitor),
        }
    }

    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        self.deserialize_str(visitor)
    }

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        match self.reader.take_short_text() {
            Some(text) => visitor.visit_borrowed_str(text),
            None => self.deserialize_any(visitor),
        }
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        match self.reader.take_short_map() {
            Some(len) => Members::new(self.reader, len, self.is_collection).show_map(visitor),
            None => self.deserialize_any(visitor),
        }
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    leaves! {
        deserialize_f64: take_f64 => visit_f64,
        deserialize_f32: take_f32 => visit_f32,
        deserialize_bool: take_bool => visit_bool,
    }

    forward_to_deserialize_any! { char }
}
