//! The bytes of a request or of a reply.
//!
//! Knows bytes, not what they mean. Invariant: a stated length takes no memory before the bytes are
//! there.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::protocol::failure::Failure;
use crate::protocol::tag::FAILURE;
use crate::wire;

use super::raw::RawPart;
use super::{CallLimits, TraceParent, as_bytes};

/// The bytes of a request or of a reply.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// The number of the method in a request, the kind in a reply.
    pub tag: u32,
    /// The size that counts against the size limit, in bytes.
    pub counted: u64,
    /// The structured part.
    #[serde(with = "as_bytes")]
    pub structured: Vec<u8>,
    /// The bytes of lists, as they lie in a slot: multiples of 64 bytes apart.
    pub raw: RawPart,
    /// The limits of the call, in a request.
    pub limits: CallLimits,
    /// The span that the call belongs to, in a request, if its caller has one.
    #[serde(default)]
    pub traceparent: Option<TraceParent>,
}

impl Message {
    /// Creates a message from its parts, without limits and without a span.
    #[must_use]
    pub fn new(tag: u32, counted: u64, structured: Vec<u8>, raw: impl Into<RawPart>) -> Self {
        Self { tag, counted, structured, raw: raw.into(), limits: CallLimits::default(), traceparent: None }
    }

    /// Creates the reply that reports a failure, as a child writes it.
    pub(crate) fn of_failure(failure: Failure) -> Self {
        let (mut structured, mut raw) = (Vec::new(), Vec::new());
        let mut encoder = wire::Encoder::new(&mut structured, &mut raw);
        encoder.put(&failure.shortened()).expect("a text can be encoded");
        encoder.finish();
        Self::new(FAILURE, 0, structured, raw)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tag, counted, structured, raw, limits: _, traceparent: _ } = self;
        let (structured, raw) = (structured.len(), raw.len());
        write!(f, "Message {{ tag: {tag}, counted: {counted}, structured: {structured} bytes, raw: {raw} bytes }}")
    }
}
