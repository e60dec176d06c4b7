//! What one panic has printed so far, collected to be reported as one event.
//!
//! Knows lines and limits. Invariants: a group takes no more memory than `MAX_TEXT` and one line,
//! and is held for at most `HOLD`. So a child that never writes the closing mark delays and loses
//! little.

use std::time::Duration;

use super::piece::Piece;
use crate::clock::Moment;

/// How much text of a panic is kept, in bytes. Lines that do not fit are counted.
const MAX_TEXT: usize = 64 * 1024;

/// How long printing a panic may take. Resolving the symbols of a backtrace takes seconds in a
/// large program.
const HOLD: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Group {
    text: Vec<u8>,
    left_out: u64,
    /// Number of open marks: several threads may panic at once, and hooks may call each other.
    pub(crate) depth: u32,
    began: Moment,
}

impl Group {
    pub(crate) fn new() -> Self {
        Self { text: Vec::new(), left_out: 0, depth: 0, began: Moment::now() }
    }

    pub(crate) fn push(&mut self, line: &[u8]) {
        if self.text.len() + line.len() >= MAX_TEXT {
            self.left_out += 1;
            return;
        }
        self.text.extend_from_slice(line);
        self.text.push(b'\n');
    }

    pub(crate) fn is_overdue(&self) -> bool {
        self.began.elapsed() >= HOLD
    }

    /// Returns the event, or `None` if nothing was printed.
    pub(crate) fn into_piece(self) -> Option<Piece> {
        let is_empty = self.left_out == 0 && self.text.trim_ascii().is_empty();
        (!is_empty).then_some(Piece::Panic { text: self.text, left_out: self.left_out })
    }
}
