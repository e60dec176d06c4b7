//! Chooses how a foreign type is converted into the type that the user named in `carry`.
//!
//! Way: *autoderef specialization*, as in [`super::adapter`]. The first choice converts a
//! reference, the last a clone.
//!
//! Knows adapters; must not know messages.

use std::fmt::Display;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::adapter::{Never, NoAdapter};
use crate::wire::{Through, ThroughReference};

/// A type that has the adapter `A`, because it can be converted into a `U` and back.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as `{U}`, as `{Method}` asks",
    label = "`carry` needs conversions in both directions, and `serde` for `{U}`",
    note = "implement `TryFrom<{U}>` for `{Self}`, and `TryFrom<&{Self}>` for `{U}`; if `{Self}` is `Clone`, `TryFrom<{Self}>` is enough; a `From` counts as a `TryFrom`",
    note = "for a type from another crate, write a module with `serialize` and `deserialize` instead, as for `#[serde(with = \"…\")]`"
)]
pub trait Converts<U, Method, A> {}

#[diagnostic::do_not_recommend]
impl<T, U, Method> Converts<U, Method, Through<U>> for T
where
    T: Clone + TryFrom<U, Error: Display>,
    U: TryFrom<T, Error: Display> + Serialize + DeserializeOwned,
{
}
#[diagnostic::do_not_recommend]
impl<T: Never, U, Method> Converts<U, Method, NoAdapter> for T {}

/// The first choice: a reference can be converted.
#[derive(Debug)]
pub struct Conversion<T, U, Method>(Cloning<T, U, Method>);

/// The last choice: a clone can be converted.
#[derive(Debug)]
pub struct Cloning<T, U, Method>(PhantomData<fn(T, U, Method)>);

impl<T, U, Method> Conversion<T, U, Method> {
    /// Begins the choice.
    #[expect(clippy::new_without_default, reason = "only generated code creates it")]
    pub fn new() -> Self {
        Self(Cloning(PhantomData))
    }
}

impl<T, U, Method, E: Display> Conversion<T, U, Method>
where
    for<'v> U: TryFrom<&'v T, Error = E>,
    U: Serialize + DeserializeOwned,
    T: TryFrom<U, Error: Display>,
{
    /// Chooses the conversion of a reference.
    pub fn adapter(&self) -> ThroughReference<U> {
        ThroughReference::default()
    }
}

impl<T, U, Method> Deref for Conversion<T, U, Method> {
    type Target = Cloning<T, U, Method>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T, U, Method> Cloning<T, U, Method> {
    /// Chooses the conversion of a clone.
    pub fn adapter<A: Default>(&self) -> A
    where
        T: Converts<U, Method, A>,
    {
        A::default()
    }
}
