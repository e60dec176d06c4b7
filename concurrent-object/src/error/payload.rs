//! Which of the two messages of a call an error is about.

use std::fmt;

/// One of the two messages of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// From the caller to the method.
    Arguments,
    /// From the method to the caller.
    Result,
}

impl Payload {
    /// The builder's option that limits it.
    pub(crate) fn option(self) -> &'static str {
        match self {
            Self::Arguments => "max_input_size",
            Self::Result => "max_output_size",
        }
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arguments => "arguments",
            Self::Result => "results",
        })
    }
}
