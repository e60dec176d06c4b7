//! References and the standard library's pointers: their targets are sent.
//!
//! Invariant: the receiver gets a target of its own. Two `Arc`s of one target become two targets.

use std::borrow::Cow;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use serde::{Deserializer, Serializer};

use super::{Composite, Reads, Writes};

/// A type that a pointer may point to.
pub trait Pointee {
    /// The form in which it is read: the type itself, or the owned form of an unsized type.
    type Owned;

    #[doc(hidden)]
    fn boxed(owned: Self::Owned) -> Box<Self>;
    #[doc(hidden)]
    fn counted(owned: Self::Owned) -> Rc<Self>;
    #[doc(hidden)]
    fn shared(owned: Self::Owned) -> Arc<Self>;
}

macro_rules! targets {
    ($([$($parameter:ident)?] $target:ty, $owned:ty;)*) => {$(
        impl<$($parameter)?> Pointee for $target {
            type Owned = $owned;

            fn boxed(owned: $owned) -> Box<Self> {
                owned.into()
            }

            fn counted(owned: $owned) -> Rc<Self> {
                owned.into()
            }

            fn shared(owned: $owned) -> Arc<Self> {
                owned.into()
            }
        }
    )*};
}

targets! {
    [T] T, T;
    [T] [T], Vec<T>;
    [] str, String;
    [] Path, PathBuf;
    [] OsStr, OsString;
    [] CStr, CString;
}

macro_rules! pointers {
    ($($pointer:ident: $make:ident,)*) => {$(
        impl<T: ?Sized, A: Writes<T>> Writes<$pointer<T>> for Composite<(A,)> {
            fn write<S: Serializer>(value: &$pointer<T>, serializer: S) -> Result<S::Ok, S::Error> {
                A::write(value, serializer)
            }
        }

        impl<'de, T: Pointee + ?Sized, A: Reads<'de, T::Owned>> Reads<'de, $pointer<T>> for Composite<(A,)> {
            fn read<D: Deserializer<'de>>(deserializer: D) -> Result<$pointer<T>, D::Error> {
                A::read(deserializer).map(T::$make)
            }
        }
    )*};
}

pointers! {
    Box: boxed,
    Rc: counted,
    Arc: shared,
}

impl<T: ToOwned + ?Sized, A: Writes<T>> Writes<Cow<'_, T>> for Composite<(A,)> {
    fn write<S: Serializer>(value: &Cow<'_, T>, serializer: S) -> Result<S::Ok, S::Error> {
        A::write(value, serializer)
    }
}

impl<'de, 'x, T: ToOwned + ?Sized, A: Reads<'de, T::Owned>> Reads<'de, Cow<'x, T>> for Composite<(A,)> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'x, T>, D::Error> {
        A::read(deserializer).map(Cow::Owned)
    }
}

/// The adapter of a reference, which is only written. `A` is the adapter of its target.
#[derive(Debug)]
pub struct Behind<A>(PhantomData<A>);

impl<A> Behind<A> {
    /// Returns the adapter. The argument only determines its type.
    #[must_use]
    pub fn new(_: A) -> Self {
        Self(PhantomData)
    }
}

impl<T: ?Sized, A: Writes<T>> Writes<&T> for Behind<A> {
    fn write<S: Serializer>(value: &&T, serializer: S) -> Result<S::Ok, S::Error> {
        A::write(value, serializer)
    }
}
