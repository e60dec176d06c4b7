//! The values that a child keeps for the arguments that a method takes by reference, while it runs.
//!
//! Knows which types can be borrowed from a message; all other types are decoded and owned for the
//! time of the call. Must not know calls.

use std::ffi::{CStr, OsStr};
use std::ops::Deref;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::{DecodeError, Decoder};

/// A type that a method may take by reference.
pub trait Parameter {
    /// The value that the child keeps while the method runs.
    type Held<'m>: Deref<Target = Self>
    where
        Self: 'm;

    #[doc(hidden)]
    fn take<'m>(decoder: &mut Decoder<'m>) -> Result<Self::Held<'m>, Box<DecodeError>>
    where
        Self: 'm;
}

/// A list of elements: a borrow of the message where that is possible.
#[derive(Debug)]
pub enum Slice<'m, T> {
    /// The bytes of the list in the message are those of the slice in memory.
    Borrowed(&'m [T]),
    /// The list was decoded into a `Vec`.
    Owned(Vec<T>),
}

impl<T> Deref for Slice<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::Borrowed(elements) => elements,
            Self::Owned(elements) => elements,
        }
    }
}

/// A value that was decoded, and does not borrow from the message.
#[derive(Debug)]
pub struct Owned<T>(T);

impl<T> Deref for Owned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned> Parameter for T {
    type Held<'m>
        = Owned<T>
    where
        T: 'm;

    fn take<'m>(decoder: &mut Decoder<'m>) -> Result<Owned<T>, Box<DecodeError>>
    where
        T: 'm,
    {
        decoder.take().map(Owned)
    }
}

impl<T: DeserializeOwned> Parameter for [T] {
    type Held<'m>
        = Slice<'m, T>
    where
        T: 'm;

    fn take<'m>(decoder: &mut Decoder<'m>) -> Result<Slice<'m, T>, Box<DecodeError>>
    where
        T: 'm,
    {
        decoder.take_slice()
    }
}

macro_rules! borrowed {
    ($($type:ty: $take:ident,)*) => {$(
        impl Parameter for $type {
            type Held<'m> = &'m $type;

            fn take<'m>(decoder: &mut Decoder<'m>) -> Result<&'m $type, Box<DecodeError>>
            where
                Self: 'm,
            {
                decoder.$take()
            }
        }
    )*};
}

borrowed! {
    str: take_str,
    Path: take_path,
    OsStr: take_os_str,
    CStr: take_c_str,
}
