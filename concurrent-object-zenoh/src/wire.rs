//! How a message lies in the bytes that Zenoh carries: a header, the structured part, the raw part.
//!
//! Knows sizes and limits; knows nothing of methods or of what the parts mean. The bytes come from
//! another machine. Invariant: a header is accepted only if all its sizes are within the limits and
//! add up to the bytes that are there; so no later step allocates more than a limit.

mod bundle;
mod cutting;
mod pieces;

pub use bundle::{BUNDLE, SMALL, bundled, several};
pub use cutting::message;
pub use pieces::Assembly;

use std::io::Read;
use std::time::Duration;

use concurrent_object::bridge::{CallLimits, Message, RawPart, TraceParent};
use zenoh::bytes::ZBytes;
use zenoh::query::Reply;

/// The version of the form below. Also a part of each key.
pub const VERSION: u8 = 1;

/// The most that one message of Zenoh carries of a part. A larger message travels in pieces.
pub const PIECE: usize = 1 << 20;

/// The id of an answer that is none: the object's saved state.
pub const SAVED: u128 = 1 << 64;

/// `[version u8, kind u8, id u128, tag u32, counted u64, structured u32, raw u64, wait u64, run u64,
/// traceparent 26 bytes]`, little-endian.
pub const HEADER: usize = 1 + 1 + 16 + 4 + 8 + 4 + 8 + 8 + 8 + 26;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A call.
    Call = 0,
    /// The sizes of a call or an answer. Its parts follow in pieces.
    Announced = 1,
    /// A piece of what was announced: `counted` is its position, `raw` its length.
    Piece = 2,
    /// The object began the call.
    Begun = 3,
    /// What came of the call.
    Answer = 4,
    /// Something that happened to the object, or a refusal.
    Event = 5,
    /// A start, a cancellation, an end, a probe; and the answer to a probe.
    Control = 6,
    /// The host has the object, and takes calls: `tag` is how many it holds, `id` how often that changed.
    Taken = 7,
    /// Several small messages, each behind its length.
    Several = 8,
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::Call,
        Self::Announced,
        Self::Piece,
        Self::Begun,
        Self::Answer,
        Self::Event,
        Self::Control,
        Self::Taken,
        Self::Several,
    ];
}

/// The header of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the message is.
    pub kind: Kind,
    /// The call: chosen by the proxy's session, and never used twice.
    pub id: u128,
    /// The number of a method, or the kind of an answer.
    pub tag: u32,
    /// The size of the message as the encoder counted it. It has no placeholders to look into.
    pub counted: u64,
    /// The length of the structured part.
    pub structured: u32,
    /// The length of the raw part. In a message that was sent in pieces, of all of them.
    pub raw: u64,
    /// What is left of the limits of a call, in microseconds. No limit is the largest number.
    pub limits: CallLimits,
    /// The span that the call belongs to. No span is zeros.
    pub traceparent: Option<TraceParent>,
}

/// A message that is not in this form, or too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Fewer bytes than a header.
    #[error("the message is shorter than its header")]
    Short,
    /// Another version of the protocol.
    #[error("the message has version {0}, and this side has version {VERSION}")]
    Version(u8),
    /// A kind that this version does not know.
    #[error("the message has the unknown kind {0}")]
    Kind(u8),
    /// The sizes in the header do not add up to the message.
    #[error("the sizes in the header do not match the length of the message")]
    Length,
    /// More than the limit of this side.
    #[error("the message has {needed} bytes, and the limit is {limit}; raise `limits.message` on both sides")]
    TooLarge {
        /// What the header asks for.
        needed: u64,
        /// What this side accepts.
        limit: u64,
    },
}

impl Header {
    /// A header for a message without parts.
    pub fn bare(kind: Kind, id: u128) -> Self {
        let (limits, traceparent) = (CallLimits::default(), None);
        Self { kind, id, tag: 0, counted: 0, structured: 0, raw: 0, limits, traceparent }
    }

    /// A header for a message of a structured part alone.
    pub fn with(kind: Kind, id: u128, structured: &[u8]) -> Self {
        let length = u32::try_from(structured.len()).expect("the caller's texts are small");
        Self { structured: length, ..Self::bare(kind, id) }
    }

    /// The message whose header it is.
    fn message(&self, structured: Vec<u8>, raw: impl Into<RawPart>) -> Message {
        let mut message = Message::new(self.tag, self.counted, structured, raw);
        (message.limits, message.traceparent) = (self.limits, self.traceparent);
        message
    }

    fn to_bytes(self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[0] = VERSION;
        bytes[1] = self.kind as u8;
        bytes[2..18].copy_from_slice(&self.id.to_le_bytes());
        bytes[18..22].copy_from_slice(&self.tag.to_le_bytes());
        bytes[22..30].copy_from_slice(&self.counted.to_le_bytes());
        bytes[30..34].copy_from_slice(&self.structured.to_le_bytes());
        bytes[34..42].copy_from_slice(&self.raw.to_le_bytes());
        bytes[42..50].copy_from_slice(&microseconds(self.limits.wait).to_le_bytes());
        bytes[50..58].copy_from_slice(&microseconds(self.limits.run).to_le_bytes());
        bytes[58..84].copy_from_slice(&self.traceparent.map_or([0; 26], TraceParent::to_bytes));
        bytes
    }

    fn from_bytes(bytes: &[u8; HEADER]) -> Result<Self, WireError> {
        if bytes[0] != VERSION {
            return Err(WireError::Version(bytes[0]));
        }
        let known = Kind::ALL.into_iter().find(|kind| *kind as u8 == bytes[1]);
        Ok(Self {
            kind: known.ok_or(WireError::Kind(bytes[1]))?,
            id: u128::from_le_bytes(field(bytes, 2)),
            tag: u32::from_le_bytes(field(bytes, 18)),
            counted: u64::from_le_bytes(field(bytes, 22)),
            structured: u32::from_le_bytes(field(bytes, 30)),
            raw: u64::from_le_bytes(field(bytes, 34)),
            limits: CallLimits::new(duration(field(bytes, 42)), duration(field(bytes, 50))),
            // What is none is no reason to refuse a call.
            traceparent: TraceParent::from_bytes(field(bytes, 58)),
        })
    }

    /// Fails if a size is over the limit, or the parts are not exactly `length` bytes.
    fn check(&self, length: usize, limit: u64) -> Result<(), WireError> {
        let needed = self.raw.saturating_add(self.structured.into());
        // A piece says where it lies in `counted`, so that is at most the limit as well.
        let needed = needed.max(self.counted);
        let limit = if self.kind == Kind::Several { BUNDLE as u64 } else { limit };
        if needed > limit {
            return Err(WireError::TooLarge { needed, limit });
        }
        let parts = match self.kind {
            // The parts were sent before: here are their sizes only.
            Kind::Announced => 0,
            Kind::Begun | Kind::Taken if needed > 0 => return Err(WireError::Length),
            _ => self.raw + u64::from(self.structured),
        };
        if u64::try_from(length).is_ok_and(|length| length == parts) { Ok(()) } else { Err(WireError::Length) }
    }
}

fn microseconds(limit: Option<Duration>) -> u64 {
    limit.and_then(|limit| u64::try_from(limit.as_micros()).ok()).unwrap_or(u64::MAX)
}

fn duration(microseconds: [u8; 8]) -> Option<Duration> {
    let microseconds = u64::from_le_bytes(microseconds);
    (microseconds != u64::MAX).then(|| Duration::from_micros(microseconds))
}

fn field<const N: usize>(bytes: &[u8; HEADER], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("each field lies within the header")
}

/// Puts a message together. The raw part is not copied.
pub fn encode(header: Header, structured: &[u8], raw: impl Into<ZBytes>) -> ZBytes {
    let raw = raw.into();
    debug_assert!(header.kind == Kind::Announced || header.raw == raw.len() as u64, "the sizes are those of the parts");
    let mut front = Vec::with_capacity(HEADER + structured.len());
    front.extend_from_slice(&header.to_bytes());
    front.extend_from_slice(structured);
    if raw.is_empty() {
        return front.into();
    }
    let mut writer = ZBytes::writer();
    writer.append(front.into());
    writer.append(raw);
    writer.finish()
}

/// A message without parts.
pub fn bare(kind: Kind, id: u128) -> ZBytes {
    encode(Header::bare(kind, id), &[], ZBytes::new())
}

/// A message of bytes that are a value's wire form.
pub fn valued(kind: Kind, id: u128, bytes: &[u8]) -> ZBytes {
    encode(Header::with(kind, id, bytes), bytes, ZBytes::new())
}

/// Whether a reply says that the host has the object.
pub fn is_taken(reply: &Reply) -> bool {
    let header = reply.result().ok().and_then(|sample| decode(sample.payload(), 0).ok());
    header.is_some_and(|header| header.kind == Kind::Taken)
}

/// The parts of a message whose header was checked.
pub fn parts(payload: &ZBytes, header: &Header) -> Message {
    let structured = header.structured as usize;
    let raw = payload.len() - HEADER - structured;
    let parts = (copy(payload, HEADER, structured), copy(payload, HEADER + structured, raw));
    header.message(parts.0, parts.1)
}

/// Reads the header of a message, and checks all its sizes before anything is allocated.
pub fn decode(message: &ZBytes, limit: u64) -> Result<Header, WireError> {
    let mut bytes = [0; HEADER];
    message.reader().read_exact(&mut bytes).map_err(|_| WireError::Short)?;
    let header = Header::from_bytes(&bytes)?;
    header.check(message.len() - HEADER, limit)?;
    Ok(header)
}

/// The parts of a message after `from` bytes, in the slices that Zenoh has them in: each with its
/// position. Nothing is copied.
pub fn slices(message: &ZBytes, from: usize) -> impl Iterator<Item = (usize, &[u8])> {
    message
        .slices()
        .scan(0, |end, slice| {
            let begin = *end;
            *end += slice.len();
            Some((begin, slice))
        })
        .filter_map(move |(begin, slice)| {
            let rest = slice.get(from.saturating_sub(begin)..).filter(|rest| !rest.is_empty())?;
            Some((begin.max(from) - from, rest))
        })
}

/// Copies `length` bytes from `from` on. The header was checked, so they are there.
pub fn copy(message: &ZBytes, from: usize, length: usize) -> Vec<u8> {
    let mut part = Vec::with_capacity(length);
    for (_, slice) in slices(message, from) {
        part.extend_from_slice(&slice[..slice.len().min(length - part.len())]);
    }
    part
}

#[cfg(test)]
mod tests;
