//! Recognises serde's own visitors.
//!
//! Their types are private to serde, so a deserializer that reads nothing catches them.

use std::any::TypeId;
use std::fmt::{self, Display};

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

/// Whether `V` is what `T` hands to `deserialize_seq`, `deserialize_str` or `deserialize_string`. The types of serde's own visitors
/// are private to it, so they are caught.
#[inline(always)]
pub(super) fn is_visitor_of<'de, T: Deserialize<'de>, V: Visitor<'de>>() -> bool {
    matches!(T::deserialize(Probe), Err(Caught(Some(visitor))) if visitor == typeid::of::<V>())
}

/// The type of what `T` hands to `deserialize_seq` and its like; `None` if it asks for something else.
pub(super) fn visitor_of<'de, T: Deserialize<'de>>() -> Option<TypeId> {
    T::deserialize(Probe).err().and_then(|Caught(visitor)| visitor)
}

/// A deserializer that only tells which visitor it was given.
struct Probe;

#[derive(Debug)]
struct Caught(Option<TypeId>);

impl<'de> Deserializer<'de> for Probe {
    type Error = Caught;

    #[inline(always)]
    fn deserialize_seq<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Caught> {
        Err(Caught(Some(typeid::of::<V>())))
    }

    #[inline(always)]
    fn deserialize_str<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Caught> {
        Err(Caught(Some(typeid::of::<V>())))
    }

    #[inline(always)]
    fn deserialize_string<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Caught> {
        Err(Caught(Some(typeid::of::<V>())))
    }

    #[inline(always)]
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Caught> {
        Err(Caught(None))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf option unit unit_struct
        newtype_struct tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl Display for Caught {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a probe reads nothing")
    }
}

impl std::error::Error for Caught {}

impl de::Error for Caught {
    fn custom<T: Display>(_: T) -> Self {
        Self(None)
    }
}
