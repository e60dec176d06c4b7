//! How a constructor's error is told: it needs only `Display`; if it is an `Error`, or holds one, its sources are told too.
//!
//! Which of the three traits applies is found by the compiler, by how many references it has to take away.

use std::error::Error;
use std::fmt::Display;
use std::iter;

use crate::error::failure::Failure;

/// The error is an `Error`.
pub trait Chain {
    fn describe(&self) -> Failure;
}

impl<E: Error> Chain for &&&E {
    fn describe(&self) -> Failure {
        with_sources(self.to_string(), self.source())
    }
}

/// The error holds an `Error`, as boxes and `anyhow`'s do.
pub trait Sources {
    fn describe(&self) -> Failure;
}

impl<E: Display + AsRef<dyn Error>> Sources for &&E {
    fn describe(&self) -> Failure {
        let inner: &dyn Error = (***self).as_ref();
        with_sources(self.to_string(), inner.source())
    }
}

/// The error can be shown, no more.
pub trait Plain {
    fn describe(&self) -> Failure;
}

impl<E: Display> Plain for &E {
    fn describe(&self) -> Failure {
        with_sources(self.to_string(), None)
    }
}

fn with_sources(message: String, source: Option<&(dyn Error + 'static)>) -> Failure {
    let chain = iter::successors(source, |&error| error.source()).map(ToString::to_string).collect();
    Failure::Constructor { message, chain }
}
