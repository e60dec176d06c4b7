//! The header of a message: its kind, and where its structured part lies.
//!
//! A header is the inline payload of a ring entry. A short message without raw regions is contained
//! in it. Any other message lies in the slot's region, raw regions first.
//!
//! Knows the seven words of an inline payload. Does not know what the structured part means.
//! Invariant: a header that `from_words` returns lies within the region; the words may come from
//! the child, so it checks them.

use bytemuck::{cast_slice, cast_slice_mut};

use super::ring::InlinePayload;

/// The longest structured part that travels in a ring entry, in bytes.
pub(crate) const INLINE_SIZE: usize = 48;

const WORD: usize = size_of::<u64>();
const INLINE_SHIFT: u32 = 32;
const FILES_SHIFT: u32 = 48;

/// The description of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The method's number in a request, the kind in a reply.
    pub(crate) tag: u32,
    /// The number of shared files that the message refers to.
    pub(crate) files: u16,
    pub(crate) body: Body,
}

/// The place of a message's structured part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// In the header itself.
    Inline(Inline),
    /// In the slot's region, after the raw regions.
    InRegion { offset: usize, len: usize },
}

/// A structured part of at most `INLINE_SIZE` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Inline {
    len: u8,
    bytes: [u8; INLINE_SIZE],
}

impl Inline {
    /// Copies a structured part. `None` if it is longer than `INLINE_SIZE`.
    #[inline]
    pub(crate) fn new(structured: &[u8]) -> Option<Self> {
        let mut bytes = [0; INLINE_SIZE];
        bytes.get_mut(..structured.len())?.copy_from_slice(structured);
        Some(Self { len: structured.len() as u8, bytes })
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl Header {
    /// The number of bytes that the message occupies in the slot's region.
    #[inline]
    pub(crate) fn region_len(&self) -> usize {
        match self.body {
            Body::Inline(_) => 0,
            Body::InRegion { offset, len } => offset + len,
        }
    }

    #[inline]
    pub(crate) fn to_words(self) -> InlinePayload {
        let mut words = [0; 7];
        words[0] = u64::from(self.tag) | u64::from(self.files) << FILES_SHIFT;
        match self.body {
            Body::Inline(inline) => {
                // Zero stands for a message in the region, so the length is stored plus one.
                words[0] |= (u64::from(inline.len) + 1) << INLINE_SHIFT;
                for (word, chunk) in words[1..].iter_mut().zip(inline.bytes.as_chunks::<WORD>().0) {
                    *word = u64::from_ne_bytes(*chunk);
                }
            }
            Body::InRegion { offset, len } => (words[1], words[2]) = (offset as u64, len as u64),
        }
        words
    }

    /// Reads the payload of an entry. `region_size` is the size of the slot's region.
    #[inline]
    pub(crate) fn from_words(words: &InlinePayload, region_size: usize) -> Result<Self, &'static str> {
        let tag = words[0] as u32;
        let files = (words[0] >> FILES_SHIFT) as u16;
        let body = match words[0] >> INLINE_SHIFT & u64::from(u16::MAX) {
            0 => {
                let (offset, len) = (words[1] as usize, words[2] as usize);
                let end = offset.checked_add(len).ok_or("a message whose length overflows")?;
                if end > region_size {
                    return Err("a message that lies outside its region");
                }
                Body::InRegion { offset, len }
            }
            len => Body::Inline(inline_from_words(words, len - 1)?),
        };
        Ok(Self { tag, files, body })
    }
}

/// Returns the payload of a message whose structured part is short, and which has no raw region.
/// `None` if that part is longer than `INLINE_SIZE`.
#[inline]
pub(crate) fn short_payload(tag: u32, files: u16, structured: &[u8]) -> Option<InlinePayload> {
    let mut words = [0; 7];
    let (first, rest) = words.split_first_mut()?;
    *first = u64::from(tag) | u64::from(files) << FILES_SHIFT | (structured.len() as u64 + 1) << INLINE_SHIFT;
    // The words in memory are the bytes, as in `to_words`.
    cast_slice_mut(rest).get_mut(..structured.len())?.copy_from_slice(structured);
    Some(words)
}

/// Returns the tag and the structured part of a short message without files. `None` if the words
/// describe another message, or none.
#[inline]
pub(crate) fn short_message(words: &InlinePayload) -> Option<(u32, &[u8])> {
    let (first, rest) = words.split_first()?;
    // With files, `len` is more than any structured part has.
    let len = (first >> INLINE_SHIFT).checked_sub(1)?;
    Some((*first as u32, cast_slice(rest).get(..usize::try_from(len).ok()?)?))
}

#[inline]
fn inline_from_words(words: &InlinePayload, len: u64) -> Result<Inline, &'static str> {
    let len = u8::try_from(len).ok().filter(|&len| usize::from(len) <= INLINE_SIZE);
    let len = len.ok_or("a short message that is too long")?;
    let mut bytes = [0; INLINE_SIZE];
    for (chunk, word) in bytes.as_chunks_mut::<WORD>().0.iter_mut().zip(&words[1..]) {
        *chunk = word.to_ne_bytes();
    }
    Ok(Inline { len, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_survive_the_ring() {
        let texts: [&[u8]; 3] = [b"", b"short", &[7; INLINE_SIZE]];
        for text in texts {
            let header =
                Header { tag: u32::MAX, files: u16::MAX, body: Body::Inline(Inline::new(text).expect("short")) };
            let back = Header::from_words(&header.to_words(), 0).expect("sound");
            assert_eq!(back, header);
            let Body::Inline(inline) = back.body else { panic!("inline") };
            assert_eq!(inline.bytes(), text);
        }
        let header = Header { tag: 1, files: 2, body: Body::InRegion { offset: 64, len: 36 } };
        assert_eq!(Header::from_words(&header.to_words(), 100), Ok(header));
        assert_eq!(Inline::new(&[0; INLINE_SIZE + 1]), None);
    }

    #[test]
    fn short_messages_have_the_words_of_their_headers() {
        for len in 0..=INLINE_SIZE {
            let text: Vec<u8> = (1..=len as u8).collect();
            let header = Header { tag: u32::MAX, files: 0, body: Body::Inline(Inline::new(&text).expect("short")) };
            assert_eq!(short_payload(u32::MAX, 0, &text), Some(header.to_words()));
            let with_files = Header { files: u16::MAX, ..header }.to_words();
            assert_eq!(short_payload(u32::MAX, u16::MAX, &text), Some(with_files));
            assert_eq!(short_message(&header.to_words()), Some((u32::MAX, &text[..])));
            assert_eq!(short_message(&Header { files: 1, ..header }.to_words()), None);
        }
        assert_eq!(short_payload(1, 0, &[0; INLINE_SIZE + 1]), None);
        let too_long = (INLINE_SIZE as u64 + 2) << INLINE_SHIFT;
        for first in [0, 7, too_long, u64::from(u16::MAX) << INLINE_SHIFT, 1 << FILES_SHIFT, u64::MAX] {
            assert_eq!(short_message(&[first, 0, 0, 0, 0, 0, 0]), None, "{first:#x}");
        }
    }

    #[test]
    fn invalid_headers_are_refused() {
        let region =
            |offset: usize, len: usize| Header { tag: 1, files: 2, body: Body::InRegion { offset, len } }.to_words();
        assert!(Header::from_words(&region(64, 37), 100).is_err());
        assert!(Header::from_words(&region(usize::MAX, 2), 100).is_err());
        assert!(Header::from_words(&[(INLINE_SIZE as u64 + 2) << INLINE_SHIFT, 0, 0, 0, 0, 0, 0], 100).is_err());
        assert!(Header::from_words(&[u64::MAX; 7], 100).is_err());
    }
}
