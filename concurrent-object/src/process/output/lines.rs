//! Splits a child's output into lines, and queues them until they are reported.
//!
//! Knows bytes and limits; reports nothing itself. Invariant: what is queued takes no more memory
//! than `MAX_QUEUED`, one panic and one line, however much the child prints and however slow the
//! subscriber is. What does not fit is counted. Empty lines are left out.
//!
//! In standard error, the lines between two marks (`bracket`) are one piece. A child may print
//! marks at will. Then its own lines are put together, for a limited time and size (`group`), and
//! there is no other effect.

use std::collections::VecDeque;

use super::bracket::{BEGIN, END};
use super::group::Group;
use super::piece::Piece;

/// The longest line, in bytes. The rest of a longer line is left out.
const MAX_LINE: usize = 16 * 1024;

/// How much may be queued: the bytes of the pieces and their overhead.
const MAX_QUEUED: usize = 1 << 20;

#[derive(Debug, Default)]
pub(crate) struct Lines {
    queue: VecDeque<Piece>,
    queued: usize,
    /// The line that has not ended yet.
    partial: Vec<u8>,
    /// How many bytes of that line were left out.
    cut: u64,
    /// Number of lines left out after the last queued piece. While it is not zero, nothing more is
    /// queued. It becomes zero when it is reported.
    dropped: u64,
    /// Whether marks are recognised: only in standard error.
    has_marks: bool,
    /// Whether bytes are queued as they come.
    is_raw: bool,
    /// The panic that is being printed.
    group: Option<Group>,
}

impl Lines {
    /// Returns an empty queue that recognises marks, for standard error.
    pub(crate) fn with_marks() -> Self {
        Self { has_marks: true, ..Self::default() }
    }

    /// Returns an empty queue that keeps all bytes as they are.
    pub(crate) fn raw() -> Self {
        Self { is_raw: true, ..Self::default() }
    }

    #[cfg(feature = "tracing-forward")]
    pub(crate) fn is_raw(&self) -> bool {
        self.is_raw
    }

    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        if self.is_raw {
            return self.queue(Piece::Raw(bytes.to_vec()));
        }
        while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
            self.extend(&bytes[..end]);
            self.end_line();
            bytes = &bytes[end + 1..];
        }
        self.extend(bytes);
    }

    /// Queues a forwarded event, which arrived between two bytes of text.
    #[cfg(feature = "tracing-forward")]
    pub(crate) fn push_event(&mut self, content: &[u8]) {
        self.queue(Piece::Event(content.to_vec()));
    }

    /// Called when no more bytes will come: ends the partial line and the group.
    pub(crate) fn end(&mut self) {
        if self.cut > 0 || !self.partial.is_empty() {
            self.end_line();
        }
        self.end_group();
    }

    /// Whether lines are held until a panic is printed completely.
    pub(crate) fn is_holding(&self) -> bool {
        self.group.is_some()
    }

    /// Queues the held lines if the panic has taken too long.
    pub(crate) fn release(&mut self) {
        if self.group.as_ref().is_some_and(Group::is_overdue) {
            self.end_group();
        }
    }

    /// Removes and returns the next piece to report.
    pub(crate) fn next(&mut self) -> Option<Piece> {
        let Some(piece) = self.queue.pop_front() else {
            return (self.dropped > 0).then(|| Piece::Dropped(std::mem::take(&mut self.dropped)));
        };
        self.queued -= piece.size();
        Some(piece)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.dropped == 0
    }

    fn extend(&mut self, bytes: &[u8]) {
        let room = if self.cut > 0 { 0 } else { MAX_LINE - self.partial.len() };
        let (kept, rest) = bytes.split_at(bytes.len().min(room));
        self.partial.extend_from_slice(kept);
        if !rest.is_empty() {
            // The beginning of a line that is too long is queued at once, before the line ends.
            if self.cut == 0 {
                self.queue_line();
            }
            self.cut += rest.len() as u64;
        }
    }

    fn end_line(&mut self) {
        match (std::mem::take(&mut self.cut), &mut self.group) {
            (0, _) => self.queue_line(),
            (cut, None) => self.queue(Piece::Cut(cut)),
            (cut, Some(group)) => group.push(format!("({cut} more bytes of this line were left out)").as_bytes()),
        }
    }

    fn queue_line(&mut self) {
        let mut line = std::mem::take(&mut self.partial);
        let ends_with = |mark: &str| self.has_marks && line.ends_with(mark.as_bytes());
        let (begins, ends) = (ends_with(BEGIN), ends_with(END));
        // Text before a mark, without a line break between, is a line itself.
        let mark = if begins { BEGIN.len() } else { END.len() * usize::from(ends) };
        line.truncate(line.len() - mark);
        match &mut self.group {
            Some(group) if mark == 0 || !line.is_empty() => group.push(&line),
            None if !line.trim_ascii().is_empty() => self.queue(Piece::Line(line)),
            _ => {}
        }
        if begins {
            self.group.get_or_insert_with(Group::new).depth += 1;
        }
        if ends {
            self.close_bracket();
        }
    }

    fn close_bracket(&mut self) {
        // A closing mark without an opening one has no effect.
        let Some(group) = &mut self.group else { return };
        group.depth -= 1;
        if group.depth == 0 {
            self.end_group();
        }
    }

    fn end_group(&mut self) {
        if let Some(piece) = self.group.take().and_then(Group::into_piece) {
            self.queue(piece);
        }
    }

    fn queue(&mut self, piece: Piece) {
        if self.dropped > 0 || self.queued + piece.size() > MAX_QUEUED {
            self.dropped += u64::from(!matches!(piece, Piece::Cut(_)));
            return;
        }
        self.queued += piece.size();
        self.queue.push_back(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(lines: &mut Lines) -> Vec<Piece> {
        std::iter::from_fn(|| lines.next()).collect()
    }

    fn line(text: &str) -> Piece {
        Piece::Line(text.as_bytes().to_vec())
    }

    #[test]
    fn lines_are_joined_from_parts_of_any_size() {
        let mut lines = Lines::default();
        for part in ["a", "b\n\nc", "d\ne"] {
            lines.push(part.as_bytes());
        }
        assert_eq!(taken(&mut lines), [line("ab"), line("cd")]);
        lines.end();
        lines.end();
        assert_eq!(taken(&mut lines), [line("e")]);
    }

    #[test]
    fn long_lines_are_cut_and_the_rest_is_counted() {
        let mut lines = Lines::default();
        lines.push(&[b'x'; MAX_LINE]);
        assert!(lines.is_empty(), "it may end here");
        for _ in 0..10 {
            lines.push(&[b'y'; MAX_LINE]);
        }
        assert_eq!(taken(&mut lines), [line(&"x".repeat(MAX_LINE))]);
        lines.push(b"\nnext\n");
        assert_eq!(taken(&mut lines), [Piece::Cut(10 * MAX_LINE as u64), line("next")]);
    }

    #[test]
    fn excess_lines_are_dropped_and_counted_at_their_place() {
        let mut lines = Lines::default();
        for _ in 0..1000 {
            lines.push(&b"x\n".repeat(1000));
            assert!(lines.queued <= MAX_QUEUED);
        }
        let all = taken(&mut lines);
        let (last, before) = all.split_last().expect("many");
        assert!(before.len() > 1000 && before.iter().all(|piece| *piece == line("x")));
        assert_eq!(*last, Piece::Dropped(1_000_000 - before.len() as u64));
        lines.push(b"later\n");
        assert_eq!(taken(&mut lines), [line("later")]);
    }

    fn panic(text: &str, left_out: u64) -> Piece {
        Piece::Panic { text: text.as_bytes().to_vec(), left_out }
    }

    #[test]
    fn text_between_marks_is_one_piece_for_every_chunk_size() {
        let text = format!("before\nbegun{BEGIN}\n\nthread panicked\n\n  at a place{END}\nafter\n{BEGIN}\n\n{END}\n");
        for part in 1..text.len() {
            let mut lines = Lines::with_marks();
            text.as_bytes().chunks(part).for_each(|part| lines.push(part));
            let expected = panic("\nthread panicked\n\n  at a place\n", 0);
            assert_eq!(taken(&mut lines), [line("before"), line("begun"), expected, line("after")]);
            assert!(!lines.is_holding());
        }
    }

    #[test]
    fn nested_marks_are_one_piece_and_unmatched_marks_are_ignored() {
        let mut lines = Lines::with_marks();
        lines.push(format!("{END}\n{BEGIN}\n{BEGIN}\na\n{END}\nb\n{END}\n{END}\nc\n").as_bytes());
        assert_eq!(taken(&mut lines), [panic("a\nb\n", 0), line("c")]);
        let mut others = Lines::default();
        others.push(format!("{BEGIN}\n").as_bytes());
        assert_eq!(taken(&mut others), [line(BEGIN)], "standard output has no marks");
    }

    #[test]
    fn an_unclosed_mark_holds_a_bounded_text_until_the_stream_ends() {
        let mut lines = Lines::with_marks();
        lines.push(format!("{BEGIN}\n").as_bytes());
        lines.push(&[b'x'; 2 * MAX_LINE]);
        lines.push(&b"\ny".repeat(1_000_000));
        lines.release();
        assert!(lines.is_holding() && lines.is_empty(), "for some seconds");
        lines.end();
        let all = taken(&mut lines);
        let [Piece::Panic { text, left_out }] = &all[..] else { panic!("{} pieces", all.len()) };
        let text = String::from_utf8_lossy(text);
        assert!(text.contains("(16384 more bytes of this line were left out)\ny\ny\n"));
        let kept = text.lines().filter(|line| *line == "y").count() as u64;
        assert!(text.len() <= 64 * 1024 && kept > 1000 && kept + left_out == 1_000_000);
    }
}
