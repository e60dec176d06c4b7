//! The limit of memory that the decoded lists and maps of a message may take.
//!
//! An element that takes one byte in a message may take hundreds of bytes in memory. The elements
//! of lists and the entries of maps count, each with the size of its type. Memory that an element
//! owns elsewhere, as a `Box` does, does not count: its size is not known here.
//!
//! Knows sizes; must not know messages.

use serde::de;

use super::DecodeError;

/// The limit, and how much of it is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    limit: usize,
    left: usize,
}

impl Allowance {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, left: limit }
    }

    /// Counts one element of `size` bytes. Fails if the limit does not allow it.
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
        "its lists and maps would take more than {limit} bytes of memory, the limit `max_decoded_size`: raise the limit to allow this"
    ))
}
