//! What a child prints. A thread prints to the streams of its program, and nothing reads them.

pub use crate::process::streams::ChildStdio;
#[cfg(feature = "tracing-forward")]
pub(crate) mod forward;

use std::io;

pub(crate) use crate::process::streams::Wanted;
#[cfg(feature = "bridge")]
pub(crate) use crate::process::streams::{OutputTaker, Which};

/// Marks around what a panic prints.
pub(crate) mod bracket {
    /// Prints without marks: there is no reader.
    pub(crate) fn around(print: impl FnOnce()) {
        print();
    }
}

/// The captured streams of a child. A type without values.
#[derive(Debug)]
pub(crate) enum Captured {}

impl Captured {
    /// Returns nothing: `start` refuses an object whose output is wanted.
    pub(crate) fn fed(_: &str, _: u32, _: &Wanted) -> io::Result<Option<Self>> {
        Ok(None)
    }

    pub(crate) fn feed(&self, _: bool, _: &[u8]) {
        match *self {}
    }

    pub(crate) fn set_pid(&self, _: u32) {
        match *self {}
    }

    pub(crate) fn end(&self) -> String {
        match *self {}
    }

    pub(crate) fn tell_rest(&self) {
        match *self {}
    }
}

impl Wanted {
    /// Whether a process that recognises marks reads what the object prints.
    pub(crate) fn has_reader(&self) -> bool {
        false
    }
}

/// Whether the calling thread reads what children print.
pub(crate) fn is_reader() -> bool {
    false
}
