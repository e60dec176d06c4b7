//! A panic as it is told to the other process.

use std::any::Any;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::printable::{one_line, printable};

/// A panic in the child: what it said, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Panic {
    /// The message as it is, which may have many lines and control characters; those are escaped where the panic is printed.
    pub message: String,
    /// The source file, as the compiler knew it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl Panic {
    pub(crate) fn new(message: String, file: String, line: u32, column: u32) -> Self {
        Self { message, file, line, column }
    }

    /// What a panic said; nothing if its payload is not text.
    pub(crate) fn text_of(payload: &(dyn Any + Send)) -> String {
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| NO_TEXT.to_owned())
    }
}

/// The message of a panic whose value is no text.
pub(crate) const NO_TEXT: &str = "a value that is no text";

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message, file, line, column } = self;
        write!(f, "{} ({}:{line}:{column})", one_line(message), printable(file))
    }
}
