//! Which of the two messages of a call an error concerns: the arguments or the result.
//!
//! Knows the option of the builder that limits each.

use std::fmt;

/// One of the two messages of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The arguments, from the caller to the method.
    Arguments,
    /// The result, from the method to the caller.
    Result,
}

impl Payload {
    /// Returns the option of the builder that limits its size.
    pub(crate) fn option(self) -> &'static str {
        match self {
            Self::Arguments => "max_input_size",
            Self::Result => "max_output_size",
        }
    }
}

impl Payload {
    /// The verb that belongs to its `Display`: the arguments need, the result needs.
    pub(super) fn needs(self) -> &'static str {
        match self {
            Self::Arguments => "need",
            Self::Result => "needs",
        }
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arguments => "arguments",
            Self::Result => "result",
        })
    }
}
