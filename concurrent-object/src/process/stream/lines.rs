//! Makes lines of what a child has printed, and keeps them until they are told.
//!
//! Knows bytes and limits; tells nothing itself. Invariant: what waits takes no more memory than `MAX_QUEUED` and a line, however
//! much is printed and however slowly it is told. What does not fit is counted.

use std::collections::VecDeque;

/// The longest line; what comes after it is left out.
const MAX_LINE: usize = 16 * 1024;

/// How much may wait, lines and what it takes to keep them.
const MAX_QUEUED: usize = 1 << 20;

/// What a line takes besides its bytes: more than its place in the queue, so that empty lines count too.
const OVERHEAD: usize = 64;

/// Something to be told.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Line(Vec<u8>),
    /// The line before was longer by so many bytes.
    Cut(u64),
    /// So many lines were left out here.
    Dropped(u64),
}

#[derive(Debug, Default)]
pub(super) struct Lines {
    queue: VecDeque<Piece>,
    queued: usize,
    /// The line that has not ended yet.
    partial: Vec<u8>,
    /// How much of it was left out.
    cut: u64,
    /// Lines left out after the last one in the queue. No more are queued until this was told.
    dropped: u64,
}

impl Lines {
    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
            self.extend(&bytes[..end]);
            self.end_line();
            bytes = &bytes[end + 1..];
        }
        self.extend(bytes);
    }

    /// Nothing comes any more: a line that has begun has ended.
    pub(super) fn end(&mut self) {
        if self.cut > 0 || !self.partial.is_empty() {
            self.end_line();
        }
    }

    /// The next piece to be told.
    pub(super) fn next(&mut self) -> Option<Piece> {
        let Some(piece) = self.queue.pop_front() else {
            return (self.dropped > 0).then(|| Piece::Dropped(std::mem::take(&mut self.dropped)));
        };
        self.queued -= piece.size();
        Some(piece)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.dropped == 0
    }

    fn extend(&mut self, bytes: &[u8]) {
        let room = if self.cut > 0 { 0 } else { MAX_LINE - self.partial.len() };
        let (kept, rest) = bytes.split_at(bytes.len().min(room));
        self.partial.extend_from_slice(kept);
        if !rest.is_empty() {
            // A line without end is told as far as it goes, and not when it ends.
            if self.cut == 0 {
                self.queue_line();
            }
            self.cut += rest.len() as u64;
        }
    }

    fn end_line(&mut self) {
        match std::mem::take(&mut self.cut) {
            0 => self.queue_line(),
            cut => self.queue(Piece::Cut(cut)),
        }
    }

    fn queue_line(&mut self) {
        let line = std::mem::take(&mut self.partial);
        self.queue(Piece::Line(line));
    }

    fn queue(&mut self, piece: Piece) {
        if self.dropped > 0 || self.queued + piece.size() > MAX_QUEUED {
            self.dropped += u64::from(matches!(piece, Piece::Line(_)));
            return;
        }
        self.queued += piece.size();
        self.queue.push_back(piece);
    }
}

impl Piece {
    fn size(&self) -> usize {
        let bytes = if let Self::Line(line) = self { line.len() } else { 0 };
        bytes + OVERHEAD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lines: &mut Lines) -> Vec<Piece> {
        std::iter::from_fn(|| lines.next()).collect()
    }

    fn line(text: &str) -> Piece {
        Piece::Line(text.as_bytes().to_vec())
    }

    #[test]
    fn lines_are_put_together_from_whatever_parts() {
        let mut lines = Lines::default();
        for part in ["a", "b\n\nc", "d\ne"] {
            lines.push(part.as_bytes());
        }
        assert_eq!(told(&mut lines), [line("ab"), line(""), line("cd")]);
        lines.end();
        lines.end();
        assert_eq!(told(&mut lines), [line("e")]);
    }

    #[test]
    fn long_lines_are_cut_and_the_rest_is_counted() {
        let mut lines = Lines::default();
        lines.push(&[b'x'; MAX_LINE]);
        assert!(lines.is_empty(), "it may end here");
        for _ in 0..10 {
            lines.push(&[b'y'; MAX_LINE]);
        }
        assert_eq!(told(&mut lines), [line(&"x".repeat(MAX_LINE))]);
        lines.push(b"\nnext\n");
        assert_eq!(told(&mut lines), [Piece::Cut(10 * MAX_LINE as u64), line("next")]);
    }

    #[test]
    fn what_is_too_much_is_left_out_and_counted_where_it_would_stand() {
        let mut lines = Lines::default();
        for _ in 0..1000 {
            lines.push(&b"\n".repeat(1000));
            assert!(lines.queued <= MAX_QUEUED);
        }
        let all = told(&mut lines);
        let (last, before) = all.split_last().expect("many");
        assert!(before.len() > 1000 && before.iter().all(|piece| *piece == line("")));
        assert_eq!(*last, Piece::Dropped(1_000_000 - before.len() as u64));
        lines.push(b"later\n");
        assert_eq!(told(&mut lines), [line("later")]);
    }
}
