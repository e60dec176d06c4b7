//! How serde sees what is shared: as a list inside a struct of this name, which our own encoding knows.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

use super::Shared;
use crate::memory::plain::Plain;

/// The name of the struct around the list.
pub(crate) const NAME: &str = "$concurrent_object::Shared";

impl<T: Plain + Serialize> Serialize for Shared<[T]> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(NAME, &self[..])
    }
}

impl<'de, T: Plain + Deserialize<'de>> Deserialize<'de> for Shared<[T]> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NAME, Around(PhantomData))
    }
}

/// Reads what is inside the struct.
struct Around<T>(PhantomData<fn() -> T>);

/// Reads the list. Our own decoding knows it by its type, and then gives the file instead.
pub(crate) struct SharedVisitor<T>(PhantomData<fn() -> T>);

impl<'de, T: Plain + Deserialize<'de>> Visitor<'de> for Around<T> {
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
        // How long the list says it is may be anything.
        let mut numbers = Vec::new();
        while let Some(number) = list.next_element()? {
            numbers.push(number);
        }
        Shared::new(&numbers).map_err(de::Error::custom)
    }
}
