//! A call's arguments, as the parent writes them.

use std::fmt;

use serde::Serialize;

use crate::wire::{EncodeError, Encoder, Extent, RawSink};

/// Takes a call's arguments, one after the other. After the first that cannot be encoded it ignores the rest.
pub struct ArgumentWriter<'a> {
    encoder: Encoder<'a>,
    failed: Option<(&'static str, EncodeError)>,
}

impl<'a> ArgumentWriter<'a> {
    pub(crate) fn new(structured: &'a mut Vec<u8>, raw: &'a mut dyn RawSink) -> Self {
        Self { encoder: Encoder::new(structured, raw), failed: None }
    }

    /// Writes the argument of this name.
    #[inline]
    pub fn put<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        if self.failed.is_none()
            && let Err(error) = self.encoder.put(value)
        {
            self.failed = Some((name, error));
        }
    }

    /// Writes an optional argument of this name: whether it is there, then the argument.
    #[inline]
    pub fn put_option<T: Serialize + ?Sized>(&mut self, name: &'static str, value: Option<&T>) {
        self.put(name, &value.is_some());
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// How much was written, or the argument that could not be.
    #[inline]
    pub(crate) fn finish(self) -> Result<Extent, (&'static str, EncodeError)> {
        match self.failed {
            Some(failed) => Err(failed),
            None => Ok(self.encoder.finish()),
        }
    }
}

impl fmt::Debug for ArgumentWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArgumentWriter").field("failed", &self.failed).finish_non_exhaustive()
    }
}
