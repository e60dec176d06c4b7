//! Recognises serde's own visitors.
//!
//! Problem: a list may be handed over as a whole only to the visitor of serde's own `Vec<T>`.
//! Another visitor may also build a `Vec<T>`, but filter or change the elements, and must see each
//! of them. Comparing the visitor's `Value` with `Vec<T>` cannot distinguish the two. The visitor's
//! type can, but it is private to serde, so no code here can name it.
//!
//! Way: a *probe* deserializer. `Vec<T>::deserialize` hands its visitor to the probe; the probe
//! notes the id of the visitor's type and returns it as an error. The optimising compiler evaluates
//! this at compile time.
//!
//! Knows serde's traits; must not know messages.
//!
//! Invariant: the probe reads no input and never calls a visitor, so probing has no effect.

use std::any::TypeId;
use std::fmt::{self, Display};

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

/// Whether `V` is the visitor that `T` hands to `deserialize_seq`, `deserialize_str` or
/// `deserialize_string`.
#[inline(always)]
pub(super) fn is_visitor_of<'de, T: Deserialize<'de>, V: Visitor<'de>>() -> bool {
    matches!(T::deserialize(Probe), Err(Caught(Some(visitor))) if visitor == typeid::of::<V>())
}

/// Returns the id of the visitor that `T` hands to one of these methods; `None` if `T` calls
/// another.
pub(super) fn visitor_of<'de, T: Deserialize<'de>>() -> Option<TypeId> {
    T::deserialize(Probe).err().and_then(|Caught(visitor)| visitor)
}

/// A deserializer that reads nothing, and returns the id of the visitor's type as its error.
struct Probe;

#[derive(Debug)]
/// The id of the visitor's type, if the type called one of the three methods.
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
