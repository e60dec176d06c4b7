//! Hands the elements of arrays and maps, and the content of variants, to the visitor that reads
//! them.
//!
//! Knows how many elements are left; leaves each of them to [`super::deserializer`].
//!
//! Invariant: decoding fails if a visitor leaves elements unread.

use serde::Deserializer;
use serde::de::{self, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor};

use super::DecodeError;
use super::list::{Bytes, SharedBytes};
use super::reader::Reader;
use super::value::ValueDeserializer;

/// The unread rest of an array or a map.
#[derive(Debug)]
pub(super) struct Members<'r, 'de> {
    reader: &'r mut Reader<'de>,
    left: usize,
    /// Whether the elements count towards the allowance. They do if the type stores them in memory
    /// of their own, as a `Vec` does.
    is_collection: bool,
}

impl<'r, 'de> Members<'r, 'de> {
    #[inline]
    pub(super) fn new(reader: &'r mut Reader<'de>, len: usize, is_collection: bool) -> Self {
        Self { reader, left: len, is_collection }
    }

    #[inline]
    pub(super) fn show_seq<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        self.reader.check_stack::<V::Value>()?;
        let value = visitor.visit_seq(&mut self)?;
        check_all_read(self.left)?;
        Ok(value)
    }

    #[inline]
    pub(super) fn show_map<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        self.reader.check_stack::<V::Value>()?;
        let value = visitor.visit_map(&mut self)?;
        check_all_read(self.left)?;
        Ok(value)
    }

    /// Reads the next element or key.
    #[inline]
    fn next<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Box<DecodeError>> {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                self.count::<S::Value>()?;
                seed.deserialize(ValueDeserializer::new(self.reader)).map(Some)
            }
            None => Ok(None),
        }
    }

    #[inline]
    fn count<T>(&mut self) -> Result<(), Box<DecodeError>> {
        if self.is_collection { self.reader.allowance.take(size_of::<T>()) } else { Ok(()) }
    }
}

/// Fails if a type left elements unread. Without this check, the next value would begin in the
/// middle of this one.
pub(super) fn check_all_read(left: usize) -> Result<(), Box<DecodeError>> {
    match left {
        0 => Ok(()),
        _ => Err(de::Error::custom(format_args!("the type left {left} elements unread"))),
    }
}

impl<'de> SeqAccess<'de> for Members<'_, 'de> {
    type Error = Box<DecodeError>;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Box<DecodeError>> {
        self.next(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Box<DecodeError>;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Box<DecodeError>> {
        self.next(seed)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Box<DecodeError>> {
        self.count::<S::Value>()?;
        seed.deserialize(ValueDeserializer::new(self.reader))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// A variant of an enum: its name, then its content if it has one.
#[derive(Debug)]
pub(super) struct Variant<'r, 'de> {
    reader: &'r mut Reader<'de>,
    has_content: bool,
    /// The shape whose only key is the name. `None` if the name comes next in the bytes.
    shape: Option<u8>,
}

impl<'r, 'de> Variant<'r, 'de> {
    /// A variant without content. The name comes next in the bytes.
    pub(super) fn unit(reader: &'r mut Reader<'de>) -> Self {
        Self { reader, has_content: false, shape: None }
    }

    /// A variant with content. The name comes next in the bytes, as the only key of a map.
    pub(super) fn with_content(reader: &'r mut Reader<'de>) -> Self {
        Self { reader, has_content: true, shape: None }
    }

    /// A variant with content. The name is the only key of a shape.
    pub(super) fn shaped(reader: &'r mut Reader<'de>, shape: u8) -> Self {
        Self { reader, has_content: true, shape: Some(shape) }
    }

    #[inline]
    fn content(self, expected: &'static str) -> Result<ValueDeserializer<'r, 'de>, Box<DecodeError>> {
        if !self.has_content {
            return Err(de::Error::invalid_type(Unexpected::UnitVariant, &expected));
        }
        Ok(ValueDeserializer::new(self.reader))
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Box<DecodeError>;
    type Variant = Self;

    #[inline]
    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Box<DecodeError>> {
        let name = match self.shape {
            None => seed.deserialize(ValueDeserializer::new(self.reader))?,
            Some(shape) => {
                let name = self.reader.read_key(shape, 0, seed)?;
                name.ok_or_else(|| DecodeError::malformed("a variant without a name"))?
            }
        };
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Box<DecodeError>;

    fn unit_variant(self) -> Result<(), Box<DecodeError>> {
        if self.has_content {
            return de::Deserialize::deserialize(ValueDeserializer::new(self.reader));
        }
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Box<DecodeError>> {
        seed.deserialize(self.content("newtype variant")?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Box<DecodeError>> {
        self.content("tuple variant")?.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Box<DecodeError>> {
        self.content("struct variant")?.deserialize_struct("", fields, visitor)
    }
}

/// Hands bytes to a visitor. It may borrow them if no other process can write them.
pub(super) fn show_bytes<'de, V: Visitor<'de>>(bytes: Bytes<'de>, visitor: V) -> Result<V::Value, Box<DecodeError>> {
    match bytes.unshared()? {
        Bytes::Trusted(bytes) | Bytes::Shared(SharedBytes { bytes, .. }) => visitor.visit_borrowed_bytes(bytes),
        Bytes::Foreign(memory) => {
            let mut copy = Vec::new();
            memory.append_to(&mut copy);
            visitor.visit_byte_buf(copy)
        }
    }
}
