//! The parent's knowledge of an object's methods: their names, limits, and how to decode their
//! results.
//!
//! Knows numbers of methods, not their code. Invariant: a result is decoded to its last byte, or
//! refused.

use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::failure::Failure;
use super::hello::PROTOCOL;
use crate::wire::{DecodeError, Decoder, Raw};

/// The enum of an object's outputs, with one variant for each method. The attribute
/// `#[concurrent_object]` implements it; programs need not use it.
pub trait Methods: Sized {
    /// The names of the methods, indexed by their numbers.
    #[doc(hidden)]
    const METHODS: &'static [&'static str];

    /// A number for the names and the spelled types of all constructors and methods.
    #[doc(hidden)]
    const SHAPE: u64 = 0;

    /// The timeouts that attributes set, with the numbers of their methods.
    #[doc(hidden)]
    const TIMEOUTS: &'static [(u32, Duration)] = &[];

    /// The numbers of the methods that may run again after a restart.
    #[doc(hidden)]
    const IDEMPOTENT: &'static [u32] = &[];

    /// Whether results can contain handles to objects that the child keeps.
    #[doc(hidden)]
    const HANDLES: bool = false;

    /// Decodes the result of the method with this number.
    #[doc(hidden)]
    fn decode(method: u32, result: &mut ResultReader<'_>) -> Result<Self, Failure>;
}

/// Returns a number by which two programs recognise that they mean the same by a type: a hash
/// (FNV-1a) of the protocol, the type's name, the methods' names, and how its functions are
/// spelled.
pub(crate) fn fingerprint<O: Methods>(type_name: &str) -> u64 {
    let names = [type_name].into_iter().chain(O::METHODS.iter().copied());
    let hash = names.flat_map(|name| name.bytes().chain([0])).fold(mixed(0, PROTOCOL.into()), step);
    mixed(hash, O::SHAPE)
}

/// Returns a hash of a number, after what was hashed before.
pub(crate) const fn mixed(hash: u64, number: u64) -> u64 {
    let (bytes, mut hash, mut at) = (number.to_le_bytes(), hash ^ 0xcbf2_9ce4_8422_2325, 0);
    while at < bytes.len() {
        hash = step(hash, bytes[at]);
        at += 1;
    }
    hash
}

const fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0x0100_0000_01b3)
}

/// Decodes the result of a method.
pub struct ResultReader<'m> {
    decoder: Decoder<'m>,
}

impl<'m> ResultReader<'m> {
    /// Creates a reader. The structured part is a private copy; the child may still write the raw
    /// part.
    pub(crate) fn new(structured: &'m [u8], raw: Raw<'m>) -> Self {
        Self { decoder: Decoder::new(structured, raw) }
    }

    /// Creates a reader that refuses a result whose lists need more than `max_decoded_size` bytes.
    pub(crate) fn limited(structured: &'m [u8], raw: Raw<'m>, max_decoded_size: usize) -> Self {
        Self { decoder: Decoder::limited(structured, raw, max_decoded_size) }
    }

    /// Decodes the result, and checks that nothing follows it.
    #[inline]
    pub fn take<T: DeserializeOwned>(&mut self) -> Result<T, Failure> {
        let value = self.take_part()?;
        self.end()?;
        Ok(value)
    }

    /// Decodes the result, or the next changed argument after it.
    #[inline]
    pub fn take_part<T: DeserializeOwned>(&mut self) -> Result<T, Failure> {
        self.decoder.take().map_err(|error| refused(&error))
    }

    /// Checks that nothing follows.
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
