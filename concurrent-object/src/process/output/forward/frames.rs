//! Takes the frames of events out of what a child writes to its standard error.
//!
//! Knows bytes. What is no whole frame is text, byte for byte. Invariant: no more than one frame is held back.

/// How a frame begins. Two bytes follow with the length of the rest, the lower one first.
pub(crate) const MARK: &[u8] = b"\x02concurrent-object: event\x03";

/// The kernel writes no more than this to a pipe in one piece.
const PIPE_BUF: usize = 4096;

const HEADER: usize = MARK.len() + 2;

/// What is in a frame, at most.
pub(crate) const MAX_CONTENT: usize = PIPE_BUF - HEADER;

/// A frame with this content.
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

/// What has come of a frame that is not complete.
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

    /// What was held is no frame. Its last byte may begin the next one.
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

    /// No more of the frame comes: it is text.
    pub(crate) fn end(&mut self, mut take: impl FnMut(Part<'_>)) {
        if !self.0.is_empty() {
            take(Part::Text(&self.0));
            self.0.clear();
        }
    }

    /// How many bytes are to be looked at next; `None` if this is no frame.
    fn wanted(&self) -> Option<usize> {
        let held = &self.0[..];
        if held.len() < MARK.len() {
            // One by one, so that nothing is taken in that is not of a frame.
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

    /// Text, and the contents of frames in brackets.
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
    fn frames_are_taken_out_wherever_they_stand_and_however_they_come() {
        let stream = [b"beg", &framed(b"\x02one\n")[..], &framed(b""), b"un\n\x02concurrent", &framed(b"two")].concat();
        for size in 1..=stream.len() {
            let chunks: Vec<_> = stream.chunks(size).collect();
            assert_eq!(parts(&chunks), b"beg[\x02one\n][]un\n\x02concurrent[two]", "by {size}");
        }
    }

    #[test]
    fn what_is_no_frame_is_text_as_it_came() {
        let long = [MARK, &[0xff, 0xff], b"text"].concat();
        let cut = &framed(b"begun")[..HEADER + 2];
        for text in [&long[..], cut, MARK, b"\x02\x02\x02", b"\x02concurrent-object: a panic begins\x03\n"] {
            assert_eq!(parts(&[text]), text);
        }
    }
}
