//! How a constructor's error is told: it needs only `Display`; if it is an `Error`, or holds one, its sources are told too.
//!
//! Which of the three traits applies is found by the compiler, by how many references it has to take away.

use std::error::Error;
use std::fmt::Display;
use std::iter;

use crate::error::failure::Failure;

/// Keeps references to the error apart from those that the compiler takes away.
#[derive(Debug)]
pub struct Described<'e, E>(pub &'e E);

/// The error is an `Error`.
pub trait Chain {
    fn describe(&self) -> Failure;
}

impl<E: Error> Chain for &&Described<'_, E> {
    fn describe(&self) -> Failure {
        with_sources(self.0.to_string(), self.0.source())
    }
}

/// The error holds an `Error`, as boxes and `anyhow`'s do.
pub trait Sources {
    fn describe(&self) -> Failure;
}

impl<E: Display + AsRef<dyn Error>> Sources for &Described<'_, E> {
    fn describe(&self) -> Failure {
        with_sources(self.0.to_string(), self.0.as_ref().source())
    }
}

/// The error can be shown, no more.
pub trait Plain {
    fn describe(&self) -> Failure;
}

impl<E: Display> Plain for Described<'_, E> {
    fn describe(&self) -> Failure {
        with_sources(self.0.to_string(), None)
    }
}

fn with_sources(message: String, source: Option<&(dyn Error + 'static)>) -> Failure {
    let chain = iter::successors(source, |&error| error.source()).map(ToString::to_string).collect();
    Failure::Constructor { message, chain }
}
