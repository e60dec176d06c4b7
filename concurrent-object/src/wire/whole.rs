//! Messages of one value in one piece of memory, for all data that the processes exchange besides
//! calls.
//!
//! Knows the encoder and the decoder; must not know what the value is used for.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{DecodeError, Decoder, EncodeError, Encoder, Raw};

/// Encodes a value. The bytes are the length of the structured part, the structured part, and the
/// raw regions.
pub(crate) fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut structured = Vec::new();
    let mut raw: Vec<u8> = Vec::new();
    let mut encoder = Encoder::new(&mut structured, &mut raw);
    encoder.put(value)?;
    encoder.finish();
    let mut bytes = (structured.len() as u64).to_ne_bytes().to_vec();
    bytes.append(&mut structured);
    bytes.append(&mut raw);
    Ok(bytes)
}

/// Decodes the bytes that [`to_bytes`] returned.
pub(crate) fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Box<DecodeError>> {
    let short = || DecodeError::malformed("the message is cut short");
    let (len, rest) = bytes.split_first_chunk::<8>().ok_or_else(short)?;
    let len = usize::try_from(u64::from_ne_bytes(*len)).map_err(|_| short())?;
    let (structured, raw) = rest.split_at_checked(len).ok_or_else(short)?;
    let mut decoder = Decoder::new(structured, Raw::Trusted(raw));
    let value = decoder.take()?;
    decoder.finish()?;
    Ok(value)
}
