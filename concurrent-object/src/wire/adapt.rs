//! Encodes values whose type has no `serde`: types of the standard library, and foreign types.
//!
//! Problem: `Ordering` and `Instant` implement neither `Serialize` nor `Deserialize`, and no other
//! crate can implement them. A container of such a type has neither trait as well.
//!
//! Way: an *adapter* is a type without values that writes and reads another type, as `SerializeAs`
//! of `serde_with` does. Adapters have the structure of the type: the adapter of
//! `Vec<(Instant, u8)>` is `Composite<(Composite<(Standard, Itself)>,)>`. The macro builds the
//! adapter from the tokens of a type. [`Adapted`] and [`ReadAs`] connect an adapter to serde.
//!
//! Knows serde's data model and types of the standard library; must not know messages.
//!
//! Invariant: the adapter of a container writes what the container's own `Serialize` would write.
//! So one side may use an adapter where the other side uses the type's own implementation.

mod arrays;
mod conversions;
mod instant;
mod lists;
mod maps;
mod pointers;
mod standard;
mod sums;
mod tuples;

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::conversions::{Through, ThroughReference};
pub use self::pointers::Behind;

/// An adapter that can write a `T`.
pub trait Writes<T: ?Sized>: Sized {
    /// Writes the value.
    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error>;

    /// Writes a list of values.
    fn write_list<S: Serializer>(list: &[T], serializer: S) -> Result<S::Ok, S::Error>
    where
        T: Sized,
    {
        serializer.collect_seq(list.iter().map(Adapted::<T, Self>::new))
    }
}

/// An adapter that can read a `T`.
pub trait Reads<'de, T>: Sized {
    /// Reads a value.
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>;

    /// Reads a list of values.
    fn read_list<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        Vec::<ReadAs<T, Self>>::deserialize(deserializer).map(all)
    }
}

/// The adapter of a type that has `Serialize` and `Deserialize`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Itself;

impl<T: Serialize + ?Sized> Writes<T> for Itself {
    /// Passes the value on in a newtype struct, which adds nothing to the message. So the
    /// serializer sees the value's type, and recognises paths.
    #[inline]
    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct("", value)
    }

    /// Passes the list on as a whole, so that the serializer recognises lists of numbers.
    #[inline]
    fn write_list<S: Serializer>(list: &[T], serializer: S) -> Result<S::Ok, S::Error>
    where
        T: Sized,
    {
        list.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Reads<'de, T> for Itself {
    #[inline]
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }

    #[inline]
    fn read_list<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        Vec::deserialize(deserializer)
    }
}

/// The adapter of a type of the standard library that has no type parameters, or borrows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standard;

/// The adapter of a container of the standard library, a tuple or an array. `P` is a tuple of the
/// adapters of its type arguments or elements.
#[derive(Debug)]
pub struct Composite<P>(PhantomData<P>);

impl<P> Default for Composite<P> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<P> Composite<P> {
    /// Returns the adapter. The arguments only determine its type.
    #[must_use]
    pub fn new(_: P) -> Self {
        Self(PhantomData)
    }
}

/// A value with the adapter that writes it.
#[derive(Debug)]
pub struct Adapted<'v, T: ?Sized, A>(&'v T, PhantomData<A>);

impl<'v, T: ?Sized, A> Adapted<'v, T, A> {
    #[inline]
    pub(crate) fn new(value: &'v T) -> Self {
        Self(value, PhantomData)
    }
}

impl<T: ?Sized, A: Writes<T>> Serialize for Adapted<'_, T, A> {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        A::write(self.0, serializer)
    }
}

/// A value that an adapter has read.
#[derive(Debug)]
pub(crate) struct ReadAs<T, A>(T, PhantomData<A>);

impl<T, A> ReadAs<T, A> {
    #[inline]
    pub(crate) fn into_inner(self) -> T {
        self.0
    }
}

impl<'de, T, A: Reads<'de, T>> Deserialize<'de> for ReadAs<T, A> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        A::read(deserializer).map(|value| Self(value, PhantomData))
    }
}

/// Takes the values out of a container.
fn all<T, A, C: FromIterator<T>>(read: impl IntoIterator<Item = ReadAs<T, A>>) -> C {
    read.into_iter().map(ReadAs::into_inner).collect()
}

// The values are compared and hashed as they are without the adapter. So they can be the keys of
// maps while they are read.

impl<T: PartialEq, A> PartialEq for ReadAs<T, A> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Eq, A> Eq for ReadAs<T, A> {}

impl<T: PartialOrd, A> PartialOrd for ReadAs<T, A> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

impl<T: Ord, A> Ord for ReadAs<T, A> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<T: Hash, A> Hash for ReadAs<T, A> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
