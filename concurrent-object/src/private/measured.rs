//! Structured values to and from memory, for the benchmarks of this library.
//!
//! Knows the encoder and the decoder; must not know calls.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::wire::{DecodeError, Decoder, Encoder, Raw};

/// Appends the structured bytes of a value. The raw regions of its plain lists are dropped.
///
/// # Errors
/// The text of the encoder's error.
pub fn write_structured<T: Serialize>(value: &T, structured: &mut Vec<u8>) -> Result<(), String> {
    let mut raw = Vec::new();
    let mut encoder = Encoder::new(structured, &mut raw);
    encoder.put(value).map_err(|error| error.to_string())?;
    encoder.finish();
    Ok(())
}

/// Reads a value that has no raw regions.
///
/// # Errors
/// Another value was written, or one with raw regions.
pub fn read_structured<T: DeserializeOwned>(structured: &[u8]) -> Result<T, Box<DecodeError>> {
    let mut decoder = Decoder::new(structured, Raw::Trusted(&[]));
    let value = decoder.take()?;
    decoder.finish()?;
    Ok(value)
}
