//! What a ring entry carries: what kind of message it announces, and where its structured part is.
//!
//! Knows seven words. A short message without raw regions is in them; any other lies in the slot's area, raw regions
//! first. A header may come from the child, so reading one checks that it makes sense.

use super::ring::InlinePayload;

/// The longest structured part that travels in the ring itself.
pub(crate) const INLINE_SIZE: usize = 48;

const WORD: usize = size_of::<u64>();
const INLINE_SHIFT: u32 = 32;
const FILES_SHIFT: u32 = 48;

/// A message's announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The method's number in a request, the kind in a reply.
    pub(crate) tag: u32,
    /// How many shared files the message refers to.
    pub(crate) files: u16,
    pub(crate) body: Body,
}

/// Where a message's structured part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// Here.
    Inline(Inline),
    /// In the area; the raw regions lie before it.
    InRegion { offset: usize, len: usize },
}

/// A short structured part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Inline {
    len: u8,
    bytes: [u8; INLINE_SIZE],
}

impl Inline {
    /// Nothing if it is too long.
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
    /// How much of the slot's area the message takes.
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
                words[0] |= (u64::from(inline.len) + 1) << INLINE_SHIFT;
                for (word, chunk) in words[1..].iter_mut().zip(inline.bytes.as_chunks::<WORD>().0) {
                    *word = u64::from_ne_bytes(*chunk);
                }
            }
            Body::InRegion { offset, len } => (words[1], words[2]) = (offset as u64, len as u64),
        }
        words
    }

    /// Reads the words that came with an entry; `area_size` is what there is of the slot's area.
    #[inline]
    pub(crate) fn from_words(words: &InlinePayload, area_size: usize) -> Result<Self, &'static str> {
        let tag = words[0] as u32;
        let files = (words[0] >> FILES_SHIFT) as u16;
        let body = match words[0] >> INLINE_SHIFT & u64::from(u16::MAX) {
            0 => {
                let (offset, len) = (words[1] as usize, words[2] as usize);
                let end = offset.checked_add(len).ok_or("a message whose length overflows")?;
                if end > area_size {
                    return Err("a message that lies outside its area");
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
    fn heads_survive_the_ring() {
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
    fn heads_that_make_no_sense_are_refused() {
        let region =
            |offset: usize, len: usize| Header { tag: 1, files: 2, body: Body::InRegion { offset, len } }.to_words();
        assert!(Header::from_words(&region(64, 37), 100).is_err());
        assert!(Header::from_words(&region(usize::MAX, 2), 100).is_err());
        assert!(Header::from_words(&[(INLINE_SIZE as u64 + 2) << INLINE_SHIFT, 0, 0, 0, 0, 0, 0], 100).is_err());
        assert!(Header::from_words(&[u64::MAX; 7], 100).is_err());
    }
}
