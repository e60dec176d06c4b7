//! The `Serialize` and `Deserialize` of [`Shared`]: a list inside a newtype struct with a reserved
//! name.
//!
//! This library's serializer recognises the name, and sends the file instead of the elements. Its
//! deserializer recognises the visitor's type, and returns a handle to the file. Any other
//! serializer sees a list.
//!
//! Knows serde's data model; must not know messages.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

use super::Shared;
use crate::memory::plain::Plain;

/// The name of the newtype struct around the list.
pub(crate) const NAME: &str = "$concurrent_object::Shared";

impl<T: Plain + Serialize> Serialize for Shared<[T]> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(NAME, &self[..])
    }
}

impl<'de, T: Plain + Deserialize<'de>> Deserialize<'de> for Shared<[T]> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NAME, NewtypeVisitor(PhantomData))
    }
}

/// The visitor of the newtype struct.
struct NewtypeVisitor<T>(PhantomData<fn() -> T>);

/// The visitor of the list. This library's deserializer recognises its type, and returns the file
/// instead of showing the elements.
pub(crate) struct SharedVisitor<T>(PhantomData<fn() -> T>);

impl<'de, T: Plain + Deserialize<'de>> Visitor<'de> for NewtypeVisitor<T> {
    type Value = Shared<[T]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of numbers")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Shared<[T]>, D::Error> {
        inner.deserialize_seq(SharedVisitor(PhantomData))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Shared<[T]>, A::Error> {
        SharedVisitor(PhantomData).visit_seq(list)
    }
}

impl<'de, T: Plain + Deserialize<'de>> Visitor<'de> for SharedVisitor<T> {
    type Value = Shared<[T]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shared<[T]>, A::Error> {
        // The length is the sender's claim, so no memory is reserved for it.
        let mut numbers = Vec::new();
        while let Some(number) = list.next_element()? {
            numbers.push(number);
        }
        Shared::new(&numbers).map_err(de::Error::custom)
    }
}
