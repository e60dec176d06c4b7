//! What the parent reports of a child's output: a line, a panic, an event, or how much was left out.
//!
//! Knows how much memory each takes; knows neither where it comes from nor how it is reported.

/// What a line takes besides its bytes: more than its place in the queue, so that short lines count too.
const OVERHEAD: usize = 64;

/// Something to be told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Line(Vec<u8>),
    /// All that a panic has printed, but for so many lines.
    Panic {
        text: Vec<u8>,
        left_out: u64,
    },
    /// What stood in the frame of an event.
    #[cfg(feature = "tracing-forward")]
    Event(Vec<u8>),
    /// The line before was longer by so many bytes.
    Cut(u64),
    /// So many lines were left out here.
    Dropped(u64),
}

impl Piece {
    pub(crate) fn size(&self) -> usize {
        let bytes = match self {
            Self::Line(text) | Self::Panic { text, .. } => text.len(),
            #[cfg(feature = "tracing-forward")]
            Self::Event(content) => content.len(),
            Self::Cut(_) | Self::Dropped(_) => 0,
        };
        bytes + OVERHEAD
    }
}
