//! The traits with which serde writes the elements of its seven kinds of containers.
//!
//! Knows serde's traits; leaves headers, keys and counts to [`super::compound`].

use serde::{Serialize, ser};

use super::EncodeError;
use super::compound::{Compound, CompoundResult};

macro_rules! elements {
    ($($compound:ident: $method:ident,)*) => {$(
        impl ser::$compound for Compound<'_, '_> {
            type Ok = ();
            type Error = Box<EncodeError>;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> CompoundResult {
                self.item(value)
            }

            #[inline]
            fn end(self) -> CompoundResult {
                self.finish()
            }
        }
    )*};
}

elements! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field,
}

macro_rules! fields {
    ($($compound:ident,)*) => {$(
        impl ser::$compound for Compound<'_, '_> {
            type Ok = ();
            type Error = Box<EncodeError>;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> CompoundResult {
                self.field(name, value)
            }

            #[inline]
            fn end(self) -> CompoundResult {
                self.finish()
            }
        }
    )*};
}

fields! { SerializeStruct, SerializeStructVariant, }

impl ser::SerializeMap for Compound<'_, '_> {
    type Ok = ();
    type Error = Box<EncodeError>;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> CompoundResult {
        self.check_turn(true)?;
        self.item(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> CompoundResult {
        self.check_turn(false)?;
        self.uncounted(value)
    }

    fn end(self) -> CompoundResult {
        self.finish()
    }
}
