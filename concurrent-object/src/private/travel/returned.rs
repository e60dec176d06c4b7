//! Results: written in the child, read in the parent.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::child::{Answer, Reply};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;
use crate::proxy::call::{self, Call, Target};

/// What a result can do, whichever of the two traits below it is asked through.
macro_rules! signatures {
    () => {
        /// Makes a call in the parent.
        fn call(target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Call<Self>;
        /// Sends it from the child.
        fn send(&self, reply: &mut Reply<'_>) -> Result<(), Failure>;
        /// Writes it in the child, before the arguments that were changed.
        fn put(&self, answer: &mut Answer<'_>) -> Result<(), Failure>;
        /// Reads it in the parent.
        fn take(result: &mut ResultReader<'_>) -> Result<Self, Failure>;
        /// Reads it in the parent, before the arguments that were changed.
        fn take_part(result: &mut ResultReader<'_>) -> Result<Self, Failure>;
    };
}

/// The same, done.
macro_rules! bodies {
    () => {
        #[inline]
        fn call(target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Call<Self> {
            call::make(target, method, write)
        }

        #[inline]
        fn send(&self, reply: &mut Reply<'_>) -> Result<(), Failure> {
            reply.send(self)
        }

        #[inline]
        fn put(&self, answer: &mut Answer<'_>) -> Result<(), Failure> {
            answer.put(self)
        }

        #[inline]
        fn take(result: &mut ResultReader<'_>) -> Result<Self, Failure> {
            result.take()
        }

        #[inline]
        fn take_part(result: &mut ResultReader<'_>) -> Result<Self, Failure> {
            result.take_part()
        }
    };
}

/// `-> Vec<Detection>`: a result that borrows nothing, or what a borrowed one is read as.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot come back from another process, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; what it holds needs the same"
)]
pub trait Returned<Method>: Sized {
    signatures!();
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned, Method> Returned<Method> for T {
    bodies!();
}

/// `-> Result<Detection, DetectError>`: a result that is one of two things, each of which is asked for by itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is called `Result` in `{Method}`, but is not the standard library's",
    label = "this is taken for a `core::result::Result`, by its name",
    note = "give it another name, or import it under one: `use … as …`"
)]
pub trait ReturnedResult<Method>: Sized {
    signatures!();
}

impl<T: ReturnedValue<Method>, E: ReturnedError<Method>, Method> ReturnedResult<Method> for Result<T, E> {
    bodies!();
}

/// The value of a `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot come back from another process, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; what it holds needs the same"
)]
pub trait ReturnedValue<Method>: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned, Method> ReturnedValue<Method> for T {}

/// The error of a `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot come back from another process, as the error of `{Method}`",
    label = "the error needs `serde::Serialize` and `serde::Deserialize`",
    note = "to get what it says instead, write `#[concurrent_object(error = \"text\")]` on the method or on the impl block",
    note = "or, if the type is yours, add `#[derive(serde::Serialize, serde::Deserialize)]` to it"
)]
pub trait ReturnedError<Method>: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<E: Serialize + DeserializeOwned, Method> ReturnedError<Method> for E {}

/// What `fmt::Result` and the like are the results of: an alias does not show it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is called `Result`, but is not the standard library's",
    label = "this is taken for a `core::result::Result`, by its name",
    note = "give it another name, or import it under one: `use … as …`"
)]
pub trait Fallible {
    /// `T` of `Result<T, E>`
    type Value;
}

impl<T, E> Fallible for Result<T, E> {
    type Value = T;
}
