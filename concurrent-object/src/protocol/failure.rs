//! What a child tells its parent when there is no result to send.

use serde::{Deserialize, Serialize};

use crate::error::Panic;

/// Why a child could not construct, understand, run or answer. Generated code passes it on and never looks inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[doc(hidden)]
pub enum Failure {
    /// The constructor's error.
    Constructor { message: String, chain: Vec<String> },
    /// An argument, or (without one) the result, that could not be read back.
    Decode { argument: Option<String>, reason: String },
    /// Shared memory that the arguments refer to, and for which the child has no room at the moment.
    Lacking { reason: String },
    /// A result that could not be written.
    Encode { reason: String },
    /// A result that needs more room than there is.
    TooLarge { needed: usize, limit: usize },
    /// A panic that was caught.
    Panicked(Panic),
    /// The method has returned, and the state that it left could not be saved.
    Unsaved { reason: String },
    /// Something that no sound peer sends.
    Malformed { reason: String },
}

/// What a child leaves behind when it ends before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CrashRecord {
    /// A panic, which may have been the end, and its backtrace if it was to be taken.
    Panic(Panic, Option<String>),
    /// Why there is no object.
    NotConstructed(Failure),
}

impl Failure {
    /// The constructor returned `None`.
    #[must_use]
    pub fn none() -> Self {
        Self::Constructor { message: "the constructor returned `None`".into(), chain: Vec::new() }
    }

    /// A constructor's number that the object does not have.
    #[must_use]
    pub fn no_constructor(number: u32) -> Self {
        Self::Malformed { reason: format!("there is no constructor number {number}") }
    }

    /// A method's number that the object does not have.
    #[must_use]
    pub fn no_method(number: u32) -> Self {
        Self::Malformed { reason: format!("there is no method number {number}") }
    }

    /// Shortens texts that could be of any length, so that the failure fits wherever it has to be written.
    pub(crate) fn shortened(mut self) -> Self {
        match &mut self {
            Self::Constructor { message, chain } => {
                shorten(message);
                chain.truncate(16);
                chain.iter_mut().for_each(|text| shorten_to(text, 256));
            }
            Self::Decode { reason, .. }
            | Self::Lacking { reason }
            | Self::Encode { reason }
            | Self::Unsaved { reason }
            | Self::Malformed { reason } => shorten(reason),
            Self::Panicked(panic) => shorten(&mut panic.message),
            Self::TooLarge { .. } => {}
        }
        self
    }
}

/// The longest text of a failure, in bytes.
const MAX_TEXT_SIZE: usize = 4096;

/// The text, cut where it gets too long to be told.
pub(crate) fn shortened(mut text: String) -> String {
    shorten(&mut text);
    text
}

/// The longest backtrace, in bytes: with the longest message and a path it fits where last words are left.
const MAX_BACKTRACE_SIZE: usize = 6 * 1024;

/// The backtrace, cut where it gets too long to be left.
pub(crate) fn shortened_backtrace(mut text: String) -> String {
    shorten_to(&mut text, MAX_BACKTRACE_SIZE);
    text
}

fn shorten(text: &mut String) {
    shorten_to(text, MAX_TEXT_SIZE);
}

fn shorten_to(text: &mut String, limit: usize) {
    if text.len() > limit {
        text.truncate(text.floor_char_boundary(limit));
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        let long = "ä".repeat(MAX_TEXT_SIZE);
        let Failure::Malformed { reason } = (Failure::Malformed { reason: long }).shortened() else {
            panic!("changed")
        };
        assert_eq!(reason.len(), MAX_TEXT_SIZE + '…'.len_utf8());
    }
}
