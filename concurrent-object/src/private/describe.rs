//! Turns an error into text, for a type of error that is not sent as data.
//!
//! Problem: the error type needs only `Display`, or `Debug` if it has no `Display`. If it is also
//! an [`Error`], or contains one, as `Box<dyn Error>` and `anyhow::Error` do, then its sources are
//! sent too. Overlapping impls, one for each case, would need specialization.
//!
//! Way: *autoref specialization*. Four traits have a method of the same name, and are implemented
//! for `&&&Described`, `&&Described`, `&Described` and `Described`. Generated code calls
//! `(&&&&Described(&error)).tell()`. Method lookup removes one reference at a time and takes the
//! first impl whose bounds hold: [`Chain`], then [`Sources`], [`Displays`] and [`Plain`]. This
//! needs the concrete type, so the call is in generated code.
//!
//! Knows errors and their sources; must not know how a failure is sent.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::{any, iter};

use crate::error::RemoteError;
use crate::protocol::failure::Failure;

/// The text of an error, and the texts of its sources.
#[derive(Debug)]
pub struct ErrorText {
    type_name: &'static str,
    message: String,
    chain: Vec<String>,
}

impl ErrorText {
    fn new<E>(message: String, source: Option<&(dyn Error + 'static)>) -> Self {
        let chain = iter::successors(source, |&error| error.source()).map(ToString::to_string).collect();
        Self { type_name: any::type_name::<E>(), message, chain }
    }

    /// Returns the error as the failure of a constructor.
    pub fn into_failure(self) -> Failure {
        Failure::Constructor { message: self.message, chain: self.chain }
    }

    /// Returns the error as the failure of a snapshot.
    pub fn into_unsaved(self) -> Failure {
        let causes = self.chain.iter().map(|cause| format!(": {cause}"));
        Failure::Unsaved { reason: self.message.clone() + &causes.collect::<String>() }
    }

    /// Returns the error as a method's error, which also contains the name of its type.
    pub fn into_remote(self) -> RemoteError {
        RemoteError::new(self.type_name.to_owned(), self.message, self.chain)
    }
}

/// Wraps the error. So method lookup removes the references around the wrapper, and leaves those
/// that the error's own type may have.
#[derive(Debug)]
pub struct Described<'e, E>(pub &'e E);

/// The first choice: the error implements [`Error`].
pub trait Chain {
    fn tell(&self) -> ErrorText;
}

impl<E: Error> Chain for &&&Described<'_, E> {
    fn tell(&self) -> ErrorText {
        ErrorText::new::<E>(self.0.to_string(), self.0.source())
    }
}

/// The second choice: the error contains an [`Error`], as boxes and `anyhow::Error` do.
pub trait Sources {
    fn tell(&self) -> ErrorText;
}

impl<E: Display + AsRef<dyn Error>> Sources for &&Described<'_, E> {
    fn tell(&self) -> ErrorText {
        ErrorText::new::<E>(self.0.to_string(), self.0.as_ref().source())
    }
}

/// The third choice: the error has text, and no sources.
pub trait Displays {
    fn tell(&self) -> ErrorText;
}

impl<E: Display> Displays for &Described<'_, E> {
    fn tell(&self) -> ErrorText {
        ErrorText::new::<E>(self.0.to_string(), None)
    }
}

/// The last choice: `Debug` prints the error.
///
/// The bound is on the method, not on the impl, so that method lookup always ends here. For an
/// error without `Debug`, the compiler then shows the message of [`ToMessage`].
pub trait Plain {
    type Error;
    fn tell(&self) -> ErrorText
    where
        Self::Error: ToMessage;
}

impl<E> Plain for Described<'_, E> {
    type Error = E;

    fn tell(&self) -> ErrorText
    where
        E: ToMessage,
    {
        ErrorText::new::<E>(self.0.to_message(), None)
    }
}

/// An error that can be printed.
#[diagnostic::on_unimplemented(
    message = "the error `{Self}` cannot be turned into text",
    label = "its text is what `std::fmt::Display` writes, or `std::fmt::Debug` if it has no `Display`",
    note = "implement `std::fmt::Display` for it or derive `Debug`",
    note = "or, if it is data, derive `serde::Serialize` and `serde::Deserialize` and send it as a value: `#[concurrent_object(error = \"value\")]` on the method or on the impl block"
)]
pub trait ToMessage {
    fn to_message(&self) -> String;
}

#[diagnostic::do_not_recommend]
impl<E: Debug> ToMessage for E {
    fn to_message(&self) -> String {
        format!("{self:?}")
    }
}

/// An error that names a type parameter of the object, such as `T::Error`.
#[diagnostic::on_unimplemented(
    message = "the error `{Self}` cannot be turned into text",
    label = "its text is what `std::fmt::Display` writes",
    note = "implement `std::fmt::Display` for it, or send it as a value: `#[concurrent_object(error = \"value\")]` on the method or on the impl block"
)]
pub trait Text: Display {}

#[diagnostic::do_not_recommend]
impl<E: Display> Text for E {}
