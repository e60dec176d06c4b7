//! What a panic has printed so far, gathered to be logged as one event.
//!
//! Knows lines and limits. Invariants: it takes no more memory than `MAX_TEXT` and a line; it is held back for `HOLD` at most,
//! so a child that never closes its bracket delays and loses little.

use std::time::Duration;

use super::piece::Piece;
use crate::clock::Moment;

/// How much text of a panic is kept. Lines that do not fit are counted.
const MAX_TEXT: usize = 64 * 1024;

/// How long a panic may take to be printed. Finding the names in a backtrace takes seconds in a large program.
const HOLD: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Group {
    text: Vec<u8>,
    left_out: u64,
    /// Brackets that are open: several threads may panic at once, and hooks call each other.
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

    /// The event; nothing if nothing was printed.
    pub(crate) fn into_piece(self) -> Option<Piece> {
        let is_empty = self.left_out == 0 && self.text.trim_ascii().is_empty();
        (!is_empty).then_some(Piece::Panic { text: self.text, left_out: self.left_out })
    }
}
