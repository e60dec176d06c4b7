//! Results: encoded in the child, decoded in the parent.
//!
//! Knows the child's reply and the parent's reader; must not know the form of a message.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::child::{Answer, Reply};
use crate::error::RemoteError;
use crate::parent::calls::arguments::ArgumentWriter;
use crate::private::describe::ErrorText;
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;
use crate::proxy::call::{self, Call, Target};
use crate::proxy::items::{self, Items};

/// The methods of a result, for both traits below.
macro_rules! signatures {
    () => {
        /// Submits a call in the parent.
        fn call(target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Call<Self>;
        /// Submits a call in the parent of a method that streams such values.
        fn items(target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Items<Self>;
        /// Sends the result from the child.
        fn send(&self, reply: &mut Reply<'_>) -> Result<(), Failure>;
        /// Writes the result in the child, before the changed arguments.
        fn put(&self, answer: &mut Answer<'_>) -> Result<(), Failure>;
        /// Reads the result in the parent.
        fn take(result: &mut ResultReader<'_>) -> Result<Self, Failure>;
        /// Reads the result in the parent, before the changed arguments.
        fn take_part(result: &mut ResultReader<'_>) -> Result<Self, Failure>;
    };
}

/// The bodies of these methods, for both traits below.
macro_rules! bodies {
    () => {
        #[inline]
        fn call(target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Call<Self> {
            call::make(target, method, write)
        }

        fn items(target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Items<Self> {
            items::make(target, method, write)
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

/// `-> Vec<Detection>`: a result that borrows nothing, or the owned form of one that borrows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot come back from another process, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; the types inside it need the same",
    note = "or keep it in the child, and get a handle to it: write `opaque(Type)` on the impl block; if `Type` has methods to call there, write `handles(Type)`, or `handles(Type<'_>)` if it borrows from the object, and `#[concurrent_object(handle)]` on the impl block of `Type`; `handles(Self)` is for the object's own type; if the method writes an alias of the type, name what it stands for, `result(Alias = Type)`",
    note = "or name the form in which it is sent with `carry` on the impl block, or write `#[concurrent_object(skip)]` on the function, which leaves it out"
)]
pub trait Returned<'r, Method>: Sized {
    signatures!();
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned, Method> Returned<'_, Method> for T {
    bodies!();
}

/// `-> Result<Detection, DetectError>`: a `Result`. Its value and its error each have a trait of
/// their own, with its own message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is called `Result` in `{Method}`, but is not the standard library's",
    label = "the macro takes this for `core::result::Result`, because of its name",
    note = "give it another name, or import it under one: `use … as …`"
)]
pub trait ReturnedResult<'r, Method>: Sized {
    signatures!();
}

impl<T: ReturnedValue<Method>, E: ReturnedError<Method>, Method> ReturnedResult<'_, Method> for Result<T, E> {
    bodies!();
}

/// The value of a `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot come back from another process, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; the types inside it need the same",
    note = "or keep it in the child, and get a handle to it: write `opaque(Type)` on the impl block; if `Type` has methods to call there, write `handles(Type)`, or `handles(Type<'_>)` if it borrows from the object, and `#[concurrent_object(handle)]` on the impl block of `Type`; `handles(Self)` is for the object's own type; if the method writes an alias of the type, name what it stands for, `result(Alias = Type)`",
    note = "or name the form in which it is sent with `carry` on the impl block, or write `#[concurrent_object(skip)]` on the function, which leaves it out"
)]
pub trait ReturnedValue<Method>: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned, Method> ReturnedValue<Method> for T {}

/// The error of a `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot come back from another process, as the error of `{Method}`",
    label = "the error needs `serde::Serialize` and `serde::Deserialize`",
    note = "to send its text instead, remove `error = \"value\"`, or write `#[concurrent_object(error = \"text\")]` on the method",
    note = "or, if the type is yours, add `#[derive(serde::Serialize, serde::Deserialize)]` to it"
)]
pub trait ReturnedError<Method>: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<E: Serialize + DeserializeOwned, Method> ReturnedError<Method> for E {}

/// A `Result`, perhaps behind an alias such as `fmt::Result`, whose error is sent as text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is called `Result`, but is not the standard library's",
    label = "the macro takes this for `core::result::Result`, because of its name",
    note = "to send it as the value that it is, write `#[concurrent_object(error = \"value\")]` on the method",
    note = "or give it another name, or import it under one: `use … as …`"
)]
pub trait Fallible {
    /// `T` of `Result<T, E>`
    type Value;
    /// `E` of `Result<T, E>`
    type Error;
    /// Converts the error to text in the child.
    fn told(self, tell: impl FnOnce(Self::Error) -> ErrorText) -> Result<Self::Value, RemoteError>;
}

impl<T, E> Fallible for Result<T, E> {
    type Value = T;
    type Error = E;

    #[inline]
    fn told(self, tell: impl FnOnce(E) -> ErrorText) -> Result<T, RemoteError> {
        self.map_err(|error| tell(error).into_remote())
    }
}
