//! How much memory the lists of a message may become.
//!
//! An element that takes one byte in a message may take hundreds in memory. Counted are the elements of lists and the entries
//! of maps, each with the size of its type. What an element holds elsewhere, as a `Box` does, is not known here.

use serde::de;

use super::DecodeError;

/// What is left of the limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    limit: usize,
    left: usize,
}

impl Allowance {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, left: limit }
    }

    /// Counts one element of so many bytes.
    #[inline]
    pub(super) fn take(&mut self, size: usize) -> Result<(), Box<DecodeError>> {
        match self.left.checked_sub(size) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(exceeded(self.limit)),
        }
    }
}

#[cold]
fn exceeded(limit: usize) -> Box<DecodeError> {
    de::Error::custom(format_args!(
        "its lists would take more than {limit} bytes of memory, the limit `max_decoded_size`: raise it if that is meant"
    ))
}
