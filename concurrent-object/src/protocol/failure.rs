//! The failures that a child reports to its parent when it has no result to send.
//!
//! Knows what a failure contains and how long its texts may be; knows nothing of how it is sent.
//! Invariant: a shortened failure has a bounded size.

use serde::{Deserialize, Serialize};

use crate::error::{ConfinementError, HandleProblem, Panic};

/// Why a child could not construct the object, decode arguments, run a method or encode a result.
/// Generated code passes it on, and never inspects it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[doc(hidden)]
pub enum Failure {
    /// The constructor returned an error.
    Constructor { message: String, chain: Vec<String> },
    /// An argument could not be decoded, or the result if no argument is named.
    Decode { argument: Option<String>, reason: String },
    /// The child has no room at the moment to map shared memory that the arguments refer to.
    Lacking { reason: String },
    /// The result could not be encoded.
    Encode { reason: String },
    /// The result needs more bytes than a slot has.
    TooLarge { needed: usize, limit: usize },
    /// An item of a stream needs more bytes than half of the ring.
    ItemTooLarge { needed: usize, limit: usize },
    /// A panic, which the child caught.
    Panicked(Panic),
    /// A handle cannot be used. The method was not called.
    Handle(HandleProblem),
    /// The method has returned, but the state after it could not be saved.
    Unsaved { reason: String },
    /// The child cannot have the limits or the sandbox of its builder.
    Confinement(ConfinementError),
    /// The other process sent something that a correct one never sends.
    Malformed { reason: String },
}

/// The content of a crash note: what a child writes before it ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CrashRecord {
    /// A panic, which may have ended the process. With its backtrace, if one was captured.
    Panic(Panic, Option<String>),
    /// Why the object was not constructed.
    NotConstructed(Failure),
}

impl Failure {
    /// Creates the failure of a constructor that returned `None`.
    #[must_use]
    pub fn none() -> Self {
        Self::Constructor { message: "the constructor returned `None`".into(), chain: Vec::new() }
    }

    /// Creates the failure for a constructor number that the object does not have.
    #[must_use]
    pub fn no_constructor(number: u32) -> Self {
        Self::Malformed { reason: format!("there is no constructor number {number}") }
    }

    /// Creates the failure for a method number that the object does not have.
    #[must_use]
    pub fn no_method(number: u32) -> Self {
        Self::Malformed { reason: format!("there is no method number {number}") }
    }

    /// Shortens the texts, so that the failure fits into a slot and into the crash note.
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
            Self::TooLarge { .. } | Self::ItemTooLarge { .. } | Self::Handle(_) | Self::Confinement(_) => {}
        }
        self
    }
}

/// The longest text of a failure, in bytes.
const MAX_TEXT_SIZE: usize = 4096;

/// Returns the text, cut to [`MAX_TEXT_SIZE`].
pub(crate) fn shortened(mut text: String) -> String {
    shorten(&mut text);
    text
}

/// The longest backtrace, in bytes. It fits into the crash note together with the longest message
/// and a path.
const MAX_BACKTRACE_SIZE: usize = 6 * 1024;

/// Returns the backtrace, cut to [`MAX_BACKTRACE_SIZE`].
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
