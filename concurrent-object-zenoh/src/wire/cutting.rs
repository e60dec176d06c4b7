//! The messages of Zenoh that carry one call or one answer.
//!
//! Knows the two parts, and where each piece begins. Invariant: the parts are not copied, and each piece is
//! made when it is about to leave.

use std::iter;
use std::ops::Range;

use bytes::Bytes;
use concurrent_object::bridge::Message;
use zenoh::bytes::ZBytes;

use super::pieces::ranges;
use super::{HEADER, Header, Kind, PIECE, encode};

/// The messages that carry a call or an answer: one, or its sizes and then its pieces. The structured
/// part was checked to be shorter than 4 GiB.
pub fn message(kind: Kind, id: u128, message: Message) -> impl Iterator<Item = ZBytes> {
    let Message { tag, counted, structured, raw, .. } = message;
    let size = u32::try_from(structured.len()).expect("the caller checked it");
    let header = Header { kind, id, tag, counted, structured: size, raw: raw.len() as u64 };
    let is_one = HEADER + structured.len() + raw.len() <= PIECE;
    let parts = [structured, raw].map(Bytes::from);
    let (first, length) = match is_one {
        true => (encode(header, &parts[0], parts[1].clone()), 0),
        false => {
            let announced = encode(Header { kind: Kind::Announced, ..header }, &[], ZBytes::new());
            (announced, parts[0].len() + parts[1].len())
        }
    };
    let piece = move |range: Range<usize>| {
        let header = Header { counted: range.start as u64, raw: range.len() as u64, ..Header::bare(Kind::Piece, id) };
        encode(header, &[], span(&parts, range))
    };
    iter::once(first).chain(ranges(length).map(piece))
}

/// A range of two parts, the second one of which begins where the first one ends.
fn span([first, second]: &[Bytes; 2], range: Range<usize>) -> ZBytes {
    let border = first.len();
    let front = first.slice(range.start.min(border)..range.end.min(border));
    let back = second.slice(range.start.max(border) - border..range.end.max(border) - border);
    if front.is_empty() {
        return back.into();
    }
    let mut writer = ZBytes::writer();
    writer.append(front.into());
    writer.append(back.into());
    writer.finish()
}
