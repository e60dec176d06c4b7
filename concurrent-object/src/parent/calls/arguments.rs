//! The writer that encodes a call's arguments in the parent.

use std::fmt;

use serde::Serialize;

use crate::wire::{EncodeError, Encoder, Extent, RawSink};

/// Encodes a call's arguments, one after the other. After the first argument that cannot be
/// encoded, it ignores the rest.
pub struct ArgumentWriter<'a> {
    encoder: Encoder<'a>,
    failed: Option<(&'static str, EncodeError)>,
    /// The address of the object that is called, to which handles must belong.
    object: usize,
    /// Whether an argument names something that only this object has.
    is_pinned: bool,
}

impl<'a> ArgumentWriter<'a> {
    /// `object`: the address of the object that is called, or 0.
    #[inline]
    pub(crate) fn new(structured: &'a mut Vec<u8>, raw: &'a mut dyn RawSink, object: usize) -> Self {
        Self { encoder: Encoder::new(structured, raw), failed: None, object, is_pinned: false }
    }

    /// Whether this is the object that is called. Then the call cannot move to another one.
    pub(crate) fn pin_to(&mut self, object: usize) -> bool {
        self.is_pinned |= self.object == object;
        self.object == object
    }

    /// Whether only this object can serve the call.
    #[inline]
    pub(crate) fn is_pinned(&self) -> bool {
        self.is_pinned
    }

    /// Refuses the call because of this argument.
    pub(crate) fn refuse(&mut self, name: &'static str, reason: &str) {
        self.failed.get_or_insert_with(|| (name, EncodeError::Refused { reason: reason.to_owned() }));
    }

    /// Writes one argument. An error names it.
    #[inline]
    pub fn put<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        if self.failed.is_none()
            && let Err(error) = self.encoder.put(value)
        {
            self.failed = Some((name, error));
        }
    }

    /// Writes an optional argument: first whether it is present, then its value. An error names it.
    #[inline]
    pub fn put_option<T: Serialize + ?Sized>(&mut self, name: &'static str, value: Option<&T>) {
        self.put(name, &value.is_some());
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// Returns how much was written, or the argument that could not be encoded.
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
