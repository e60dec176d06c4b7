//! The adapter of a part whose function is on the proxy only if the part can be sent.
//!
//! The where clause of the function has the bound [`JudgedPart`] on the part. Code behind the
//! clause cannot rely on serde's traits, so this trait has the functions of an adapter.
//!
//! Knows serde's traits; must not know messages.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::{Itself, Reads, Writes};

/// A part of a type, such as `Config` of `Arc<Config>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot go to another process, or come back from there, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; the types inside it need the same",
    note = "or name the form in which it is sent with `carry` on the impl block, or write `#[concurrent_object(skip)]` on the function, which leaves it out"
)]
pub trait JudgedPart<'m, Method>: Sized {
    /// Writes the value.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
    /// Writes a list of values.
    fn write_list<S: Serializer>(list: &[Self], serializer: S) -> Result<S::Ok, S::Error>;
    /// Reads a value.
    fn read<D: Deserializer<'m>>(deserializer: D) -> Result<Self, D::Error>;
    /// Reads a list of values.
    fn read_list<D: Deserializer<'m>>(deserializer: D) -> Result<Vec<Self>, D::Error>;
}

#[diagnostic::do_not_recommend]
impl<'m, T: Serialize + Deserialize<'m>, Method> JudgedPart<'m, Method> for T {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Itself::write(self, serializer)
    }

    fn write_list<S: Serializer>(list: &[Self], serializer: S) -> Result<S::Ok, S::Error> {
        Itself::write_list(list, serializer)
    }

    fn read<D: Deserializer<'m>>(deserializer: D) -> Result<Self, D::Error> {
        Itself::read(deserializer)
    }

    fn read_list<D: Deserializer<'m>>(deserializer: D) -> Result<Vec<Self>, D::Error> {
        Itself::read_list(deserializer)
    }
}

/// The adapter of such a part.
pub struct Judged<Method>(PhantomData<fn(Method)>);

impl<Method> Judged<Method> {
    /// Returns the adapter.
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<Method> Default for Judged<Method> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: for<'m> JudgedPart<'m, Method>, Method> Writes<T> for Judged<Method> {
    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.write(serializer)
    }

    fn write_list<S: Serializer>(list: &[T], serializer: S) -> Result<S::Ok, S::Error> {
        T::write_list(list, serializer)
    }
}

impl<'de, T: JudgedPart<'de, Method>, Method> Reads<'de, T> for Judged<Method> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }

    fn read_list<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        T::read_list(deserializer)
    }
}

impl<Method> fmt::Debug for Judged<Method> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Judged")
    }
}
