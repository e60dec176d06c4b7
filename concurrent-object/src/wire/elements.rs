//! Hands a plain list to a visitor element by element, where the visitor does not take it whole.
//!
//! Knows the kinds of elements; must not know which type reads them.

use std::borrow::Cow;

use serde::de::{self, DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::access::check_all_read;
use super::allowance::Allowance;
use super::decode::truth;
use super::kind::Kind;
use super::list::{Bytes, SharedBytes};
use super::token::number;
use super::{DecodeError, MAX_DEPTH};

/// The unread rest of a list.
#[derive(Debug)]
pub(super) struct Elements<'r, 'de> {
    /// The allowance that the elements count towards, if they are stored in memory of their own.
    counted: Option<&'r mut Allowance>,
    kind: Kind,
    bytes: Cow<'de, [u8]>,
    /// The number of bytes that were read.
    read: usize,
}

impl<'r, 'de> Elements<'r, 'de> {
    pub(super) fn new(
        counted: Option<&'r mut Allowance>,
        kind: Kind,
        bytes: Bytes<'de>,
    ) -> Result<Self, Box<DecodeError>> {
        let bytes = match bytes.unshared()? {
            Bytes::Trusted(bytes) | Bytes::Shared(SharedBytes { bytes, .. }) => Cow::Borrowed(bytes),
            Bytes::Foreign(memory) => {
                let mut copy = Vec::new();
                memory.append_to(&mut copy);
                Cow::Owned(copy)
            }
        };
        Ok(Self { counted, kind, bytes, read: 0 })
    }

    pub(super) fn show<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        let value = visitor.visit_seq(&mut self)?;
        check_all_read(self.left())?;
        Ok(value)
    }

    fn left(&self) -> usize {
        (self.bytes.len() - self.read) / self.kind.size()
    }
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = Box<DecodeError>;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Box<DecodeError>> {
        if self.left() == 0 {
            return Ok(None);
        }
        if let Some(allowance) = &mut self.counted {
            allowance.take(size_of::<S::Value>())?;
        }
        let bytes = &self.bytes[self.read..];
        self.read += self.kind.size();
        if let Kind::Declared(declared) = self.kind {
            let encoded = declared.encode_element(&bytes[..self.kind.size()])?;
            let mut reader = rmp_serde::Deserializer::new(&encoded[..]).with_human_readable();
            return seed.deserialize(&mut reader).map(Some).map_err(de::Error::custom);
        }
        seed.deserialize(ListElement::new(self.kind, bytes)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left())
    }
}

/// The first element of `bytes`.
pub(super) struct ListElement<'e> {
    kind: Kind,
    bytes: &'e [u8],
    somes: usize,
}

impl<'e> ListElement<'e> {
    #[inline]
    pub(super) fn new(kind: Kind, bytes: &'e [u8]) -> Self {
        Self { kind, bytes, somes: 0 }
    }
}

/// Limits the `Some`s that are read without taking a byte. A `struct S(Option<Box<S>>)` would read
/// them without end.
pub(super) fn check_somes(somes: usize) -> Result<usize, Box<DecodeError>> {
    match somes {
        0..=MAX_DEPTH => Ok(somes),
        _ => Err(DecodeError::malformed(format_args!("options nested more than {MAX_DEPTH} levels deep"))),
    }
}

/// Methods for the types whose elements are read most often, inlined.
macro_rules! scalars {
    ($($method:ident: $kind:ident $scalar:ident $visit:ident,)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
            match (self.kind, self.bytes.first_chunk()) {
                (Kind::$kind, Some(bytes)) => visitor.$visit($scalar::from_ne_bytes(*bytes)),
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for ListElement<'_> {
    type Error = Box<DecodeError>;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        let mut bytes = self.bytes;
        let bytes = &mut bytes;
        match self.kind {
            Kind::Bytes | Kind::U8 => visitor.visit_u8(u8::from_ne_bytes(number(bytes)?)),
            Kind::U16 => visitor.visit_u16(u16::from_ne_bytes(number(bytes)?)),
            Kind::U32 => visitor.visit_u32(u32::from_ne_bytes(number(bytes)?)),
            Kind::U64 => visitor.visit_u64(u64::from_ne_bytes(number(bytes)?)),
            Kind::U128 => visitor.visit_u128(u128::from_ne_bytes(number(bytes)?)),
            Kind::I8 => visitor.visit_i8(i8::from_ne_bytes(number(bytes)?)),
            Kind::I16 => visitor.visit_i16(i16::from_ne_bytes(number(bytes)?)),
            Kind::I32 => visitor.visit_i32(i32::from_ne_bytes(number(bytes)?)),
            Kind::I64 => visitor.visit_i64(i64::from_ne_bytes(number(bytes)?)),
            Kind::I128 => visitor.visit_i128(i128::from_ne_bytes(number(bytes)?)),
            Kind::F32 => visitor.visit_f32(f32::from_ne_bytes(number(bytes)?)),
            Kind::F64 => visitor.visit_f64(f64::from_ne_bytes(number(bytes)?)),
            Kind::Bool => visitor.visit_bool(number(bytes).and_then(truth)?),
            Kind::Declared(_) => Err(DecodeError::malformed("an element of a declared type is not a number")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        self.somes = check_somes(self.somes + 1)?;
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Box<DecodeError>> {
        visitor.visit_newtype_struct(self)
    }

    scalars! {
        deserialize_u8: U8 u8 visit_u8,
        deserialize_i8: I8 i8 visit_i8,
        deserialize_f32: F32 f32 visit_f32,
        deserialize_f64: F64 f64 visit_f64,
    }

    forward_to_deserialize_any! {
        bool i16 i32 i64 i128 u16 u32 u64 u128 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
