//! Which message of a call an error concerns: the arguments, the result, or an item of a stream.
//!
//! Knows the option of the builder that limits each.

use std::fmt;

/// One of the messages of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The arguments, from the caller to the method.
    Arguments,
    /// The result, from the method to the caller.
    Result,
    /// An item of a stream, from the method to the caller.
    Item,
}

impl Payload {
    /// Returns what to do if it is too large.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Arguments => "raise `max_input_size` of the builder",
            Self::Result => "raise `max_output_size` of the builder",
            Self::Item => {
                "raise `max_output_size` of the builder: an item may take half of the largest power of two within it"
            }
        }
    }
}

impl Payload {
    /// The verb that belongs to its `Display`: the arguments need, the result needs.
    pub(super) fn needs(self) -> &'static str {
        match self {
            Self::Arguments => "need",
            Self::Result | Self::Item => "needs",
        }
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arguments => "arguments",
            Self::Result => "result",
            Self::Item => "item",
        })
    }
}
