//! Takes the frames of events out of what a child writes to its standard error.
//!
//! Knows bytes. Bytes that are not a whole frame are text, unchanged. Invariant: at most one frame
//! is held back.

/// The beginning of a frame. The length of the content follows as two bytes, little-endian.
pub(crate) const MARK: &[u8] = b"\x02concurrent-object: event\x03";

/// The most that the kernel writes to a pipe atomically.
const PIPE_BUF: usize = 4096;

const HEADER: usize = MARK.len() + 2;

/// The longest content of a frame.
pub(crate) const MAX_CONTENT: usize = PIPE_BUF - HEADER;

/// Returns a frame with this content.
pub(crate) fn framed(content: &[u8]) -> Vec<u8> {
    let len = u16::try_from(content.len()).expect("a record is shorter than a frame");
    [MARK, &len.to_le_bytes(), content].concat()
}

/// A part of the stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Text(&'a [u8]),
    /// The content of a frame.
    Event(&'a [u8]),
}

/// The bytes of a frame that is not complete yet.
#[derive(Debug, Default)]
pub(crate) struct Frames(Vec<u8>);

impl Frames {
    pub(crate) fn push(&mut self, mut bytes: &[u8], mut take: impl FnMut(Part<'_>)) {
        while !bytes.is_empty() {
            if self.0.is_empty() {
                let begin = bytes.iter().position(|byte| *byte == MARK[0]).unwrap_or(bytes.len());
                let (text, rest) = bytes.split_at(begin);
                if !text.is_empty() {
                    take(Part::Text(text));
                }
                bytes = rest;
            }
            let Some(wanted) = self.wanted() else {
                self.give_up(&mut take);
                continue;
            };
            let (more, rest) = bytes.split_at(bytes.len().min(wanted));
            self.0.extend_from_slice(more);
            bytes = rest;
            if self.wanted() == Some(0) {
                take(Part::Event(&self.0[HEADER..]));
                self.0.clear();
            }
        }
        while self.wanted().is_none() {
            self.give_up(&mut take);
        }
    }

    /// Handles held bytes that are not a frame: they are text. The last byte may begin the next
    /// frame.
    fn give_up(&mut self, take: &mut impl FnMut(Part<'_>)) {
        let may_begin = self.0.len() > 1 && self.0.last() == MARK.first();
        if may_begin {
            self.0.pop();
        }
        self.end(take);
        if may_begin {
            self.0.push(MARK[0]);
        }
    }

    /// Called when no more bytes of the frame come: the held bytes are text.
    pub(crate) fn end(&mut self, mut take: impl FnMut(Part<'_>)) {
        if !self.0.is_empty() {
            take(Part::Text(&self.0));
            self.0.clear();
        }
    }

    /// Returns how many bytes to take next, or `None` if the held bytes are not a frame.
    fn wanted(&self) -> Option<usize> {
        let held = &self.0[..];
        if held.len() < MARK.len() {
            // One by one, so that no byte is held that does not belong to a frame.
            return MARK.starts_with(held).then_some(1);
        }
        if !held.starts_with(MARK) {
            return None;
        }
        let Some(&[low, high]) = held.get(MARK.len()..HEADER) else { return Some(HEADER - held.len()) };
        let len = usize::from(u16::from_le_bytes([low, high]));
        (len <= MAX_CONTENT).then(|| HEADER + len - held.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the text, with the contents of frames in square brackets.
    fn parts(chunks: &[&[u8]]) -> Vec<u8> {
        let (mut frames, mut parts) = (Frames::default(), Vec::new());
        let mut take = |part: Part<'_>| match part {
            Part::Text(text) => parts.extend_from_slice(text),
            Part::Event(content) => parts.extend([b"[", content, b"]"].concat()),
        };
        chunks.iter().for_each(|chunk| frames.push(chunk, &mut take));
        frames.end(&mut take);
        parts
    }

    #[test]
    fn frames_are_found_at_every_place_for_every_chunk_size() {
        let stream = [b"beg", &framed(b"\x02one\n")[..], &framed(b""), b"un\n\x02concurrent", &framed(b"two")].concat();
        for size in 1..=stream.len() {
            let chunks: Vec<_> = stream.chunks(size).collect();
            assert_eq!(parts(&chunks), b"beg[\x02one\n][]un\n\x02concurrent[two]", "by {size}");
        }
    }

    #[test]
    fn bytes_that_are_no_frame_are_text_unchanged() {
        let long = [MARK, &[0xff, 0xff], b"text"].concat();
        let cut = &framed(b"begun")[..HEADER + 2];
        for text in [&long[..], cut, MARK, b"\x02\x02\x02", b"\x02concurrent-object: a panic begins\x03\n"] {
            assert_eq!(parts(&[text]), text);
        }
    }
}
