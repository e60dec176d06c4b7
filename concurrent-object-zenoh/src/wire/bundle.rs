//! Several small messages in one message of Zenoh.
//!
//! Invariant: a bundle holds no bundle, and at most `BUNDLE` bytes.

use zenoh::bytes::ZBytes;

use super::{HEADER, Header, Kind, WireError, copy, encode};

/// The largest message that goes into a bundle.
pub const SMALL: usize = 4 << 10;

/// The most that a bundle holds.
pub const BUNDLE: usize = 32 << 10;

/// The bytes of a length.
const LENGTH: usize = 4;

/// Puts messages of at most `SMALL` bytes into one. Together, they have at most `BUNDLE` bytes.
pub fn several(messages: &[ZBytes]) -> ZBytes {
    let mut bytes = Vec::with_capacity(messages.iter().map(|message| LENGTH + message.len()).sum());
    for message in messages {
        let length = u32::try_from(message.len()).expect("it is small");
        bytes.extend_from_slice(&length.to_le_bytes());
        message.slices().for_each(|slice| bytes.extend_from_slice(slice));
    }
    encode(Header { raw: bytes.len() as u64, ..Header::bare(Kind::Several, 0) }, &[], bytes)
}

/// The messages of a bundle, whose header was checked. Ends with an error if they do not fill it.
pub fn bundled(bundle: &ZBytes) -> impl Iterator<Item = Result<ZBytes, WireError>> {
    let bytes = copy(bundle, HEADER, bundle.len() - HEADER);
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let message = rest.split_first_chunk().and_then(|(length, rest)| {
            let length = u32::from_le_bytes(*length) as usize;
            rest.get(..length).filter(|message| message.get(1) != Some(&(Kind::Several as u8)))
        });
        at = message.map_or(bytes.len(), |message| at + LENGTH + message.len());
        Some(message.map(ZBytes::from).ok_or(WireError::Length))
    })
}
