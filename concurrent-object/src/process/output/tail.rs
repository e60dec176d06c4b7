//! The last bytes that a child has printed, kept independently of the lines.
//!
//! Knows bytes. Invariant: it keeps at most `CAPACITY` bytes.

use std::collections::VecDeque;

use super::bracket::without_marks;

const CAPACITY: usize = 4096;

/// The largest number of bytes that are dropped so that the tail begins with a whole line.
const LONGEST_SCRAP: usize = 1024;

#[derive(Debug, Default)]
pub(crate) struct Tail {
    bytes: VecDeque<u8>,
    /// Whether bytes before the first kept byte were dropped.
    cut: bool,
}

impl Tail {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let last = &bytes[bytes.len().saturating_sub(CAPACITY)..];
        let excess = (self.bytes.len() + last.len()).saturating_sub(CAPACITY);
        self.cut |= excess > 0 || last.len() < bytes.len();
        self.bytes.drain(..excess);
        self.bytes.extend(last);
    }

    /// Returns the text, without marks. If bytes were dropped, the text begins with the first whole
    /// line. If that line begins after `LONGEST_SCRAP`, the text begins with the first whole
    /// character instead.
    pub(crate) fn text(&self) -> String {
        let bytes: Vec<u8> = self.bytes.iter().copied().collect();
        let is_inner = |byte: &u8| byte & 0b1100_0000 == 0b1000_0000;
        let begin = match bytes.iter().position(|&byte| byte == b'\n') {
            _ if !self.cut => 0,
            Some(end) if end < LONGEST_SCRAP => end + 1,
            // A UTF-8 character has at most three continuation bytes.
            _ => bytes.iter().take(3).take_while(|byte| is_inner(byte)).count(),
        };
        without_marks(&String::from_utf8_lossy(&bytes[begin..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(parts: &[&[u8]]) -> String {
        let mut tail = Tail::default();
        parts.iter().for_each(|part| tail.push(part));
        assert!(tail.bytes.len() <= CAPACITY);
        tail.text()
    }

    #[test]
    fn short_output_is_kept_unchanged() {
        assert_eq!(tail(&[]), "");
        assert_eq!(tail(&[b"one\n", b"two"]), "one\ntwo");
        assert_eq!(tail(&[b"\xffx"]), "\u{fffd}x");
        let marked =
            format!("one{}\ntwo{}\n", crate::process::output::bracket::BEGIN, crate::process::output::bracket::END);
        assert_eq!(tail(&[marked.as_bytes()]), "onetwo");
        assert_eq!(tail(&[&[b'x'; CAPACITY]]).len(), CAPACITY);
    }

    #[test]
    fn excess_is_cut_at_a_line_or_else_at_a_character() {
        let lines = b"0123456\n".repeat(1000);
        let text = tail(&[&lines, b"end"]);
        assert!(text.starts_with("0123456\n") && text.ends_with("0123456\nend"), "{text}");
        assert!(text.len() > CAPACITY - 16);
        let text = tail(&["ä".repeat(CAPACITY).as_bytes(), b"x"]);
        assert!(text.starts_with('ä') && text.ends_with("äx"));
        let text = tail(&[&[b'x'; 2 * CAPACITY], b"\nnote\n"]);
        assert!(
            text.starts_with('x') && text.len() == CAPACITY,
            "a long line is not dropped to begin with a whole one"
        );
    }

    #[test]
    fn many_small_pieces_give_the_same_tail_as_one() {
        let lines = b"some line\n".repeat(2000);
        let pieces: Vec<_> = lines.chunks(7).collect();
        assert_eq!(tail(&pieces), tail(&[&lines]));
    }
}
