//! Foreign types that are sent as another type, with the conversions between the two.
//!
//! Knows `TryFrom`, which every `From` implements too. Invariant: a conversion that fails is an
//! error with the text of its cause.

use std::fmt::Display;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::{Itself, Reads, Writes};

/// The adapter of a type that can be cloned and converted into a `U`.
#[derive(Debug)]
pub struct Through<U>(PhantomData<U>);

/// The adapter of a type of which a reference can be converted into a `U`.
#[derive(Debug)]
pub struct ThroughReference<U>(PhantomData<U>);

impl<U> Default for Through<U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<U> Default for ThroughReference<U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T: Clone, U: TryFrom<T, Error: Display> + Serialize> Writes<T> for Through<U> {
    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        let form = U::try_from(value.clone()).map_err(ser::Error::custom)?;
        Itself::write(&form, serializer)
    }
}

impl<T, U: Serialize, E: Display> Writes<T> for ThroughReference<U>
where
    for<'v> U: TryFrom<&'v T, Error = E>,
{
    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        let form = U::try_from(value).map_err(ser::Error::custom)?;
        Itself::write(&form, serializer)
    }
}

macro_rules! reads {
    ($($adapter:ident)*) => {$(
        impl<'de, T: TryFrom<U, Error: Display>, U: Deserialize<'de>> Reads<'de, T> for $adapter<U> {
            fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
                T::try_from(U::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    )*};
}

reads! { Through ThroughReference }
