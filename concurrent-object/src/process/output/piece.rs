//! One piece of a child's output to report: a line, a panic, an event, or a count of what was left
//! out.
//!
//! Knows how much memory each piece takes. Does not know where it comes from or how it is reported.

/// The memory that a piece is counted with besides its bytes. It is more than a place in the queue
/// takes, so that short lines count too.
const OVERHEAD: usize = 64;

/// Something to report.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Line(Vec<u8>),
    /// Bytes as they were read, for a program that splits them itself.
    Raw(Vec<u8>),
    /// All that a panic has printed, except for `left_out` lines.
    Panic {
        text: Vec<u8>,
        left_out: u64,
    },
    /// The content of an event's frame.
    #[cfg(feature = "tracing-forward")]
    Event(Vec<u8>),
    /// The line before was this many bytes longer.
    Cut(u64),
    /// This many lines were left out here.
    Dropped(u64),
}

impl Piece {
    pub(crate) fn size(&self) -> usize {
        let bytes = match self {
            Self::Line(text) | Self::Raw(text) | Self::Panic { text, .. } => text.len(),
            #[cfg(feature = "tracing-forward")]
            Self::Event(content) => content.len(),
            Self::Cut(_) | Self::Dropped(_) => 0,
        };
        bytes + OVERHEAD
    }
}
