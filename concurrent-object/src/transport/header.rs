//! The header of a message: its kind, and where its structured part lies.
//!
//! A header is the inline payload of a ring entry. A short message without raw regions is contained
//! in it. Any other message lies in the slot's region, raw regions first.
//!
//! Knows the seven words of an inline payload. Does not know what the structured part means.
//! Invariant: a header that `from_words` returns lies within the region; the words may come from
//! the child, so it checks them.

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
    fn invalid_headers_are_refused() {
        let region =
            |offset: usize, len: usize| Header { tag: 1, files: 2, body: Body::InRegion { offset, len } }.to_words();
        assert!(Header::from_words(&region(64, 37), 100).is_err());
        assert!(Header::from_words(&region(usize::MAX, 2), 100).is_err());
        assert!(Header::from_words(&[(INLINE_SIZE as u64 + 2) << INLINE_SHIFT, 0, 0, 0, 0, 0, 0], 100).is_err());
        assert!(Header::from_words(&[u64::MAX; 7], 100).is_err());
    }
}
