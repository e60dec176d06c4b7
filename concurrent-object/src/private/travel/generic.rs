//! The traits that generated code requires of the type parameters of a generic object, and of types
//! that contain them.
//!
//! Knows serde's traits; must not know messages.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// `T` of `impl<T> Grid<T>`, if a signature names it. Implemented for every type that is
/// `Serialize` and `DeserializeOwned`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot go to another process, or come back from there",
    label = "for this object it needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; the types inside it need the same"
)]
pub trait Travels: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Travels for T {}

/// The same for an argument that borrows from the message. Instead of `DeserializeOwned`,
/// `Deserialize<'m>` is enough for it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot go to another process",
    label = "for this object it needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; the types inside it need the same"
)]
pub trait TravelsTo<'m>: Serialize + Deserialize<'m> {}

#[diagnostic::do_not_recommend]
impl<'m, T: Serialize + Deserialize<'m>> TravelsTo<'m> for T {}
