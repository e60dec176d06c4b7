//! What the parent knows of an object's methods: their names, and how to read what they return.

use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::failure::Failure;
use crate::wire::{DecodeError, Decoder, Raw};

/// The enum of an object's results, one variant for each method. Implemented by `#[concurrent_object]`; there is no other
/// use for it.
pub trait Methods: Sized {
    /// The methods' names, by their numbers.
    #[doc(hidden)]
    const METHODS: &'static [&'static str];

    /// How long methods may run, by their numbers, where an attribute says so.
    #[doc(hidden)]
    const TIMEOUTS: &'static [(u32, Duration)] = &[];

    /// The numbers of the methods that may be run once more.
    #[doc(hidden)]
    const IDEMPOTENT: &'static [u32] = &[];

    /// Reads what the method of this number returned.
    #[doc(hidden)]
    fn decode(method: u32, result: &mut ResultReader<'_>) -> Result<Self, Failure>;
}

/// Gives a method's result.
pub struct ResultReader<'m> {
    decoder: Decoder<'m>,
}

impl<'m> ResultReader<'m> {
    /// The structured part is a private copy; the raw part may still lie where the child can write.
    pub(crate) fn new(structured: &'m [u8], raw: Raw<'m>) -> Self {
        Self { decoder: Decoder::new(structured, raw) }
    }

    /// The same, for a result whose lists may take so many bytes of memory.
    pub(crate) fn limited(structured: &'m [u8], raw: Raw<'m>, max_decoded_size: usize) -> Self {
        Self { decoder: Decoder::limited(structured, raw, max_decoded_size) }
    }

    /// The result, which is all there is.
    #[inline]
    pub fn take<T: DeserializeOwned>(&mut self) -> Result<T, Failure> {
        let value = self.take_part()?;
        self.end()?;
        Ok(value)
    }

    /// The result, or the next changed argument after it.
    #[inline]
    pub fn take_part<T: DeserializeOwned>(&mut self) -> Result<T, Failure> {
        self.decoder.take().map_err(|error| refused(&error))
    }

    /// There are no more.
    #[inline]
    pub fn end(&mut self) -> Result<(), Failure> {
        self.decoder.finish().map_err(|error| refused(&error))
    }
}

#[cold]
fn refused(error: &DecodeError) -> Failure {
    let reason = error.to_string();
    match error {
        DecodeError::Refused { .. } => Failure::Decode { argument: None, reason },
        DecodeError::Malformed { .. } => Failure::Malformed { reason },
    }
}

impl fmt::Debug for ResultReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultReader").finish_non_exhaustive()
    }
}
