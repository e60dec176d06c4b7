//! A panic as it is told to the other process.

use std::any::Any;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A panic in the child: what it said, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Panic {
    /// The message; empty if the payload was not text.
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
        write!(f, "{} ({file}:{line}:{column})", one_line(message))
    }
}

/// Messages of panics and constructors may have many lines; an error is shown in one.
pub(crate) fn one_line(message: &str) -> String {
    message.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}
