//! A panic, as the child reports it to the parent.
//!
//! Knows the text of a panic and its place. Invariant: its fields keep the text as it was; its
//! `Display` is one line without control characters.

use std::any::Any;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::printable::{one_line, printable};

/// A panic in the child: its message, and its place in the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Panic {
    /// The unchanged message. It may have many lines and control characters; `Display` escapes
    /// them.
    pub message: String,
    /// The path of the source file, as the compiler recorded it.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column, counted from 1.
    pub column: u32,
}

impl Panic {
    pub(crate) fn new(message: String, file: String, line: u32, column: u32) -> Self {
        Self { message, file, line, column }
    }

    /// Returns the message of a panic from its payload, or [`NO_TEXT`] if the payload is not text.
    pub(crate) fn text_of(payload: &(dyn Any + Send)) -> String {
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| NO_TEXT.to_owned())
    }
}

/// The message of a panic whose payload is not text.
pub(crate) const NO_TEXT: &str = "a panic payload that is not text";

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message, file, line, column } = self;
        write!(f, "{} ({}:{line}:{column})", one_line(message), printable(file))
    }
}
