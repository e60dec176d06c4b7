//! Scripts to begin with, and the replies in them: sound ones, and ones that are wrong in any part.

use crate::fuzz::choices::Choices;
use crate::parent::object::tests::player::SLOTS;
use crate::protocol::tag::VALUE;
use crate::transport::ring::{Entry, InlinePayload, NOTICE};

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let scripts: [&[u8]; 9] = [
        // A short result, one in the region, and one that comes with a file.
        &[0, 0, 5, 2, 0, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 0],
        &[0, 0, 5, 2, 0, 6, 0, 0, 10, 1, 2, 3, 4, 5, 6, 7, 8, 10, 0, 12, 0, 0],
        &[0, 0, 5, 2, 0, 13, 0, 0, 0, 0, 7, 0, 1, 2, 1, 1, 1, 10, 0],
        &[0, 0, 5, 2, 0, 13, 0, 0, 0, 0, 13, 0, 0, 0, 1, 12, 0, 0, 7, 0, 1, 2, 1, 2, 1, 10, 0],
        // More calls than slots.
        &[
            0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 2, 0, 2, 1, 6, 0, 1, 3, 9, 9, 9, 9, 9, 9, 9, 9, 2, 4,
            10, 0,
        ],
        // A call that is cancelled and skipped; one that is cancelled while it runs.
        &[0, 0, 5, 11, 0, 8, 0, 0, 0, 0, 12, 0, 0],
        &[0, 0, 5, 2, 0, 11, 0, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 0],
        // A death after an answer that was not published; a state that cannot be.
        &[0, 0, 5, 0, 0, 5, 2, 0, 2, 1, 14, 0, 15, 0],
        &[0, 0, 5, 9, 0, 3, 1, 11, 0],
    ];
    scripts.map(<[u8]>::to_vec).to_vec()
}

pub(crate) fn short(value: u64) -> InlinePayload {
    [u64::from(VALUE) | 9 << 32, value, 0, 0, 0, 0, 0]
}

pub(crate) fn in_region(at: usize) -> InlinePayload {
    [u64::from(VALUE), at as u64, 8, 0, 0, 0, 0]
}

/// The words of a reply that is sound but for one part, or for many.
pub(crate) fn odd_words(choices: &mut Choices<'_>, region_size: usize) -> InlinePayload {
    let mut words = if choices.flag() { short(7) } else { in_region(choices.below(200)) };
    let parts = choices.byte();
    let files = if choices.below(4) == 0 { choices.number(0) & 0xffff } else { choices.below(4) as u64 };
    if parts.is_multiple_of(2) {
        words[0] |= files << 48;
    }
    if parts.is_multiple_of(5) {
        words[0] = words[0] >> 32 << 32 | choices.number(VALUE.into()) & 0xffff_ffff;
    }
    if parts.is_multiple_of(7) {
        words[0] = words[0] & !(0xffff << 32) | (choices.number(9) & 0xffff) << 32;
    }
    if parts.is_multiple_of(3) {
        words[1] = choices.number(region_size as u64);
        words[2] = choices.number((region_size as u64).wrapping_sub(words[1]));
    }
    words
}

pub(crate) fn odd_entry(choices: &mut Choices<'_>, entry: Entry) -> Entry {
    let slot = match choices.below(5) {
        0 | 1 => entry.slot,
        2 => choices.below(SLOTS) as u16,
        3 => SLOTS as u16 + u16::from(choices.byte()),
        _ => choices.number(NOTICE.into()) as u16 & NOTICE,
    };
    let call = if choices.flag() { choices.number(entry.call) << 13 >> 13 } else { entry.call };
    Entry { slot, call }
}
