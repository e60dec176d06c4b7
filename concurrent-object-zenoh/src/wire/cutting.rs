//! The messages of Zenoh that carry one call or one answer.
//!
//! Knows the two parts, and where each piece begins. Invariant: a piece is copied when it is about to
//! leave, and no sooner: a large part may lie in a slot.

use std::iter;
use std::ops::Range;

use concurrent_object::bridge::{Gone, Message};
use zenoh::bytes::ZBytes;

use super::pieces::ranges;
use super::{HEADER, Header, Kind, PIECE, encode};

/// The messages that carry a call or an answer: one, or its sizes and then its pieces. The structured
/// part was checked to be shorter than 4 GiB. They end early if the call has its outcome meanwhile.
pub fn message(kind: Kind, id: u128, message: Message) -> impl Iterator<Item = ZBytes> {
    let size = u32::try_from(message.structured.len()).expect("the caller checked it");
    let Message { tag, counted, limits, traceparent, .. } = message;
    let raw = message.raw.len();
    let header = Header { kind, id, tag, counted, structured: size, raw: raw as u64, limits, traceparent };
    let length = message.structured.len() + raw;
    let is_one = HEADER + length <= PIECE;
    let first = match is_one {
        true => joined(header, &message, 0..length).ok(),
        false => Some(encode(Header { kind: Kind::Announced, ..header }, &[], ZBytes::new())),
    };
    let piece = move |range: Range<usize>| {
        let header = Header { counted: range.start as u64, raw: range.len() as u64, ..Header::bare(Kind::Piece, id) };
        joined(header, &message, range).ok()
    };
    iter::once(first).chain(ranges(if is_one { 0 } else { length }).map(piece)).map_while(|part| part)
}

/// A header, and a range of the two parts behind each other.
fn joined(header: Header, message: &Message, range: Range<usize>) -> Result<ZBytes, Gone> {
    let Message { structured, raw, .. } = message;
    let mut bytes = Vec::with_capacity(HEADER + range.len());
    bytes.extend_from_slice(&header.to_bytes());
    let border = structured.len();
    bytes.extend_from_slice(&structured[range.start.min(border)..range.end.min(border)]);
    raw.append_to(range.start.max(border) - border..range.end.max(border) - border, &mut bytes)?;
    Ok(bytes.into())
}
