//! Tests of `wire`: values that are encoded and decoded, hostile bytes, and the counting of bytes.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{DecodeError, Decoder, EncodeError, Encoder, Extent, Raw};
use crate::memory::Foreign;

mod adapted;
mod capped;
mod counting;
#[expect(unsafe_code, reason = "the macro's attribute counts as such in its own crate")]
mod declared;
mod hostile;
mod known;
mod lent;
mod lists;
mod message;
mod options;
mod pack;
mod paths;
mod positions;
mod random;
mod repeated;
mod shapes;
mod stack;
mod truths;

/// Raw memory that is aligned as a slot's regions are: to 64 bytes.
#[repr(align(64))]
#[derive(Clone, Copy)]
struct Line([u8; 64]);

/// An encoded message.
struct Message {
    structured: Vec<u8>,
    raw: Vec<Line>,
    extent: Extent,
}

impl Message {
    /// Encodes the values that `put` writes.
    fn of(put: impl FnOnce(&mut Encoder<'_>) -> Result<(), EncodeError>) -> Result<Self, EncodeError> {
        let (mut structured, mut raw) = (Vec::new(), Vec::new());
        let mut encoder = Encoder::new(&mut structured, &mut raw);
        put(&mut encoder)?;
        let extent = encoder.finish();
        assert_eq!(raw.len(), extent.raw_end);
        Ok(Self { structured, raw: aligned(&raw), extent })
    }

    /// Encodes one value.
    fn one<T: Serialize + ?Sized>(value: &T) -> Self {
        Self::of(|encoder| encoder.put(value)).expect("the value can be encoded")
    }

    fn raw(&self) -> &[u8] {
        &self.raw.as_flattened_bytes()[..self.extent.raw_end]
    }

    fn trusted(&self) -> Decoder<'_> {
        Decoder::new(&self.structured, Raw::Trusted(self.raw()))
    }

    fn foreign(&self) -> Decoder<'_> {
        Decoder::new(&self.structured, Raw::Foreign(Foreign::of(self.raw())))
    }
}

/// Returns the bytes in memory that is aligned as a slot's regions are.
fn aligned(bytes: &[u8]) -> Vec<Line> {
    let line = |chunk: &[u8]| {
        let mut line = Line([0; 64]);
        line.0[..chunk.len()].copy_from_slice(chunk);
        line
    };
    bytes.chunks(64).map(line).collect()
}

trait Lines {
    fn as_flattened_bytes(&self) -> &[u8];
}

impl Lines for [Line] {
    fn as_flattened_bytes(&self) -> &[u8] {
        let base = self.as_ptr().cast::<u8>();
        #[expect(unsafe_code, reason = "no safe function returns aligned memory as bytes")]
        // SAFETY: a `Line` is 64 bytes without padding, all initialised, and the result borrows
        // `self`.
        unsafe {
            std::slice::from_raw_parts(base, size_of_val(self))
        }
    }
}

/// Decodes a message that has one value.
fn only<T: DeserializeOwned>(mut decoder: Decoder<'_>) -> Result<T, DecodeError> {
    let value = decoder.take().map_err(|error| *error)?;
    decoder.finish().map_err(|error| *error)?;
    Ok(value)
}

/// Asserts that a value is decoded as it was encoded, from trusted and from foreign memory.
#[track_caller]
fn assert_returns<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let message = Message::one(value);
    assert_eq!(only::<T>(message.trusted()).as_ref(), Ok(value), "trusted");
    assert_eq!(only::<T>(message.foreign()).as_ref(), Ok(value), "foreign");
}

/// Asserts that a value is decoded as it was encoded, alone and inside every kind of container.
#[track_caller]
fn assert_returns_everywhere<T: Serialize + DeserializeOwned + PartialEq + Debug + Clone>(value: &T) {
    assert_returns(value);
    assert_returns(&Some(value.clone()));
    assert_returns(&Some(Some(value.clone())));
    assert_returns(&(1_u8, value.clone(), "after".to_owned()));
    assert_returns(&vec![value.clone(), value.clone()]);
    assert_returns(&Ok::<_, String>(value.clone()));
    assert_returns(&std::collections::BTreeMap::from([("key".to_owned(), value.clone())]));
}
