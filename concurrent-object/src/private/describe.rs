//! How an error that is no data is told: it needs only `Display`; if it is an `Error`, or holds one, its sources are told
//! too.
//!
//! Which of the three traits applies is found by the compiler, by how many references it has to take away.

use std::error::Error;
use std::fmt::Display;
use std::{any, iter};

use crate::error::RemoteError;
use crate::protocol::failure::Failure;

/// What an error had to say: itself, and its sources.
#[derive(Debug)]
pub struct Told {
    type_name: &'static str,
    message: String,
    chain: Vec<String>,
}

impl Told {
    fn new<E>(message: String, source: Option<&(dyn Error + 'static)>) -> Self {
        let chain = iter::successors(source, |&error| error.source()).map(ToString::to_string).collect();
        Self { type_name: any::type_name::<E>(), message, chain }
    }

    /// As a constructor's error.
    pub fn into_failure(self) -> Failure {
        Failure::Constructor { message: self.message, chain: self.chain }
    }

    /// As why a state is not saved.
    pub fn into_unsaved(self) -> Failure {
        let causes = self.chain.iter().map(|cause| format!(": {cause}"));
        Failure::Unsaved { reason: self.message.clone() + &causes.collect::<String>() }
    }

    /// As a method's error.
    pub fn into_remote(self) -> RemoteError {
        RemoteError::new(self.type_name.to_owned(), self.message, self.chain)
    }
}

/// Keeps references to the error apart from those that the compiler takes away.
#[derive(Debug)]
pub struct Described<'e, E>(pub &'e E);

/// The error is an `Error`.
pub trait Chain {
    fn tell(&self) -> Told;
}

impl<E: Error> Chain for &&Described<'_, E> {
    fn tell(&self) -> Told {
        Told::new::<E>(self.0.to_string(), self.0.source())
    }
}

/// The error holds an `Error`, as boxes and `anyhow`'s do.
pub trait Sources {
    fn tell(&self) -> Told;
}

impl<E: Display + AsRef<dyn Error>> Sources for &Described<'_, E> {
    fn tell(&self) -> Told {
        Told::new::<E>(self.0.to_string(), self.0.as_ref().source())
    }
}

/// The error can be shown, no more.
pub trait Plain {
    type Error;
    fn tell(&self) -> Told
    where
        Self::Error: Shown;
}

impl<E> Plain for Described<'_, E> {
    type Error = E;

    fn tell(&self) -> Told
    where
        E: Shown,
    {
        Told::new::<E>(self.0.show(), None)
    }
}

/// What is left of an error that is no data.
#[diagnostic::on_unimplemented(
    message = "the error `{Self}` cannot say what went wrong",
    label = "what is told of an error is what its `std::fmt::Display` says",
    note = "implement `std::fmt::Display` for it, or return an error that does"
)]
pub trait Shown {
    fn show(&self) -> String;
}

#[diagnostic::do_not_recommend]
impl<E: Display> Shown for E {
    fn show(&self) -> String {
        self.to_string()
    }
}
