//! Writes a structured value as MessagePack, and moves its longer plain lists into raw regions.
//!
//! Structs are written as maps. In an array, a field that `skip_serializing_if` leaves out would
//! shift all later fields. Structs in lists have the short form of [`super::shape`]. Both processes
//! use the human-readable forms of types. With the other forms, an `IpAddr` inside `flatten` would
//! fail.
//!
//! Knows serde's data model; must not know the forms of top-level values.

use std::any::type_name;

use rmp_serde::MSGPACK_EXT_STRUCT_NAME;
use serde::{Serialize, Serializer, ser};

use super::compound::Compound;
use super::encode::Writer;
use super::kind::{INLINE_MAX, Kind};
use super::{EncodeError, list, pack, raw};
use crate::shared::travel;

/// The place of a value in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ElementPlace {
    /// At top level, and the type is a plain list: always a raw region.
    TopList,
    /// Anywhere else: inside another value, or at top level if the type is no plain list.
    Inside,
    /// Directly inside `Some`, where `nil` would be decoded as `None`.
    InsideSome,
    /// The list inside a [`Shared`](crate::Shared).
    Shared,
}

/// Writes one value.
#[derive(Debug)]
pub(super) struct ValueSerializer<'w, 'a> {
    writer: &'w mut Writer<'a>,
    place: ElementPlace,
}

type EncodeResult = Result<(), Box<EncodeError>>;

/// Writes a value. A path is written without its `Serialize`, which fails if the path is not UTF-8.
#[inline]
pub(super) fn write<T: Serialize + ?Sized>(writer: &mut Writer<'_>, place: ElementPlace, value: &T) -> EncodeResult {
    match raw::path_of(value) {
        Some(path) => writer.path(path),
        None => value.serialize(ValueSerializer::new(writer, place)),
    }
}

impl<'w, 'a> ValueSerializer<'w, 'a> {
    #[inline]
    pub(super) fn new(writer: &'w mut Writer<'a>, place: ElementPlace) -> Self {
        Self { writer, place }
    }

    /// Writes an option. Inside another option it gets the mark of a nested one.
    #[inline]
    fn option(self, content: impl FnOnce(&mut Writer<'a>) -> EncodeResult) -> EncodeResult {
        let levels = usize::from(self.place == ElementPlace::InsideSome);
        if levels > 0 {
            self.writer.enter(levels)?;
            list::write_nested(self.writer.out());
        }
        content(self.writer)?;
        self.writer.leave(levels);
        Ok(())
    }

    /// Writes a MessagePack extension of the user. It fails if its tag is reserved.
    fn extension<T: Serialize + ?Sized>(self, value: &T) -> EncodeResult {
        let before = self.writer.out().len();
        let mut theirs = rmp_serde::Serializer::new(self.writer.out());
        theirs
            .serialize_newtype_struct(MSGPACK_EXT_STRUCT_NAME, value)
            .map_err(<Box<EncodeError> as ser::Error>::custom)?;
        if list::is_reserved(&self.writer.out()[before..]) {
            return Err(ser::Error::custom("MessagePack extensions 100 to 105 are reserved"));
        }
        Ok(())
    }

    /// Writes the name of a variant as the key of a map of one entry.
    #[inline]
    fn variant(&mut self, variant: &'static str) -> EncodeResult {
        self.writer.enter(1)?;
        pack::write_map(self.writer.out(), 1);
        pack::write_str(self.writer.out(), variant);
        Ok(())
    }
}

/// The scalars that a function of `pack` writes. It takes the widest integer type; the size of an
/// integer in the message depends on its value alone.
macro_rules! leaves {
    ($($method:ident: $value:ty => $write:ident,)*) => {$(
        #[inline]
        fn $method(self, value: $value) -> EncodeResult {
            pack::$write(self.writer.out(), value.into());
            Ok(())
        }
    )*};
}

impl<'w, 'a> Serializer for ValueSerializer<'w, 'a> {
    type Ok = ();
    type Error = Box<EncodeError>;
    type SerializeSeq = Compound<'w, 'a>;
    type SerializeTuple = Compound<'w, 'a>;
    type SerializeTupleStruct = Compound<'w, 'a>;
    type SerializeTupleVariant = Compound<'w, 'a>;
    type SerializeMap = Compound<'w, 'a>;
    type SerializeStruct = Compound<'w, 'a>;
    type SerializeStructVariant = Compound<'w, 'a>;

    leaves! {
        serialize_bool: bool => write_bool,
        serialize_i8: i8 => write_signed,
        serialize_i16: i16 => write_signed,
        serialize_i32: i32 => write_signed,
        serialize_i64: i64 => write_signed,
        serialize_u8: u8 => write_unsigned,
        serialize_u16: u16 => write_unsigned,
        serialize_u32: u32 => write_unsigned,
        serialize_u64: u64 => write_unsigned,
        serialize_f32: f32 => write_f32,
        serialize_f64: f64 => write_f64,
    }

    fn serialize_i128(self, value: i128) -> EncodeResult {
        pack::write_bin(self.writer.out(), &value.to_be_bytes());
        Ok(())
    }

    fn serialize_u128(self, value: u128) -> EncodeResult {
        pack::write_bin(self.writer.out(), &value.to_be_bytes());
        Ok(())
    }

    fn serialize_char(self, value: char) -> EncodeResult {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn is_human_readable(&self) -> bool {
        true
    }

    #[inline]
    fn serialize_str(self, text: &str) -> EncodeResult {
        self.writer.text(text)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> EncodeResult {
        if bytes.len() > INLINE_MAX {
            return self.writer.list(Kind::Bytes, bytes, true);
        }
        pack::write_bin(self.writer.out(), bytes);
        Ok(())
    }

    #[inline]
    fn serialize_none(self) -> EncodeResult {
        self.option(|writer| {
            writer.out().push(pack::NIL);
            Ok(())
        })
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> EncodeResult {
        self.option(|writer| write(writer, ElementPlace::InsideSome, value))
    }

    fn serialize_unit(self) -> EncodeResult {
        if self.place == ElementPlace::InsideSome {
            list::write_unit(self.writer.out());
        } else {
            self.writer.out().push(pack::NIL);
        }
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> EncodeResult {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> EncodeResult {
        self.serialize_str(variant)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> EncodeResult {
        if name == MSGPACK_EXT_STRUCT_NAME {
            return self.extension(value);
        }
        let place = if name == travel::NAME { ElementPlace::Shared } else { self.place };
        write(self.writer, place, value)
    }

    #[inline]
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> EncodeResult {
        self.variant(variant)?;
        write(self.writer, ElementPlace::Inside, value)?;
        self.writer.leave(1);
        Ok(())
    }

    #[inline]
    fn serialize_seq(self, len: Option<usize>) -> Result<Compound<'w, 'a>, Box<EncodeError>> {
        self.writer.enter(1)?;
        Compound::array(self.writer, len)
    }

    #[inline]
    fn serialize_tuple(self, len: usize) -> Result<Compound<'w, 'a>, Box<EncodeError>> {
        self.serialize_seq(Some(len))
    }

    #[inline]
    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Compound<'w, 'a>, Box<EncodeError>> {
        self.serialize_seq(Some(len))
    }

    #[inline]
    fn serialize_tuple_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Compound<'w, 'a>, Box<EncodeError>> {
        self.variant(variant)?;
        Compound::array(self.writer, Some(len))
    }

    #[inline]
    fn serialize_map(self, len: Option<usize>) -> Result<Compound<'w, 'a>, Box<EncodeError>> {
        self.writer.enter(1)?;
        Compound::map(self.writer, len)
    }

    #[inline]
    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Compound<'w, 'a>, Box<EncodeError>> {
        self.writer.enter(1)?;
        Compound::structure(self.writer, name, len)
    }

    #[inline]
    fn serialize_struct_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Compound<'w, 'a>, Box<EncodeError>> {
        self.variant(variant)?;
        Compound::structure(self.writer, variant, len)
    }

    /// Writes a sequence. serde passes a `Vec` or a slice whole, so its type can be recognised
    /// here.
    #[inline]
    fn collect_seq<I>(self, items: I) -> EncodeResult
    where
        I: IntoIterator,
        I::Item: Serialize,
    {
        if let Some((kind, bytes)) = raw::plain_list(&items) {
            if self.place == ElementPlace::Shared {
                return self.writer.shared_list(kind, bytes);
            }
            return self.writer.list(kind, bytes, self.place == ElementPlace::TopList);
        }
        if self.place == ElementPlace::Shared {
            return Err(ser::Error::custom(raw::undeclared(type_name::<I::Item>().trim_start_matches('&'))));
        }
        let items = items.into_iter();
        let len = match items.size_hint() {
            (least, Some(most)) if least == most => Some(least),
            _ => None,
        };
        let mut array = self.serialize_seq(len)?;
        for item in items {
            array.item(&item)?;
        }
        array.finish()
    }
}
