//! What was read from a stream and is not reported yet, and how the pipe is read.
//!
//! Knows the pipe, and sorts each byte into lines, the tail, and forwarded events. Reads only when
//! a caller asks, and never waits.

use std::os::fd::OwnedFd;

use rustix::io::{Errno, read, retry_on_intr};

#[cfg(feature = "tracing-forward")]
use super::forward::frames::{Frames, Part};
use super::lines::Lines;
use super::tail::Tail;

#[derive(Default)]
pub(crate) struct Inner {
    /// `None` once the stream has ended.
    pub(crate) pipe: Option<OwnedFd>,
    pub(crate) lines: Lines,
    pub(crate) tail: Tail,
    #[cfg(feature = "tracing-forward")]
    frames: Frames,
    /// Whether the reader thread has this stream in its list of streams with unreported pieces.
    pub(crate) is_listed: bool,
    /// Whether a thread is reporting a piece: the next piece must wait for it.
    pub(crate) is_reporting: bool,
}

/// The state of a stream after one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IntakeStep {
    pub(crate) ended: bool,
    /// The stream has pieces to report, and the reader thread has not listed it yet.
    pub(crate) has_unreported: bool,
    /// Lines are held until a panic is printed completely, or has taken too long.
    pub(crate) is_holding: bool,
}

#[cfg(not(feature = "tracing-forward"))]
impl Inner {
    fn put(&mut self, bytes: &[u8]) {
        self.tail.push(bytes);
        self.lines.push(bytes);
    }

    pub(crate) fn end(&mut self) {
        self.lines.end();
    }
}

#[cfg(feature = "tracing-forward")]
impl Inner {
    fn put(&mut self, bytes: &[u8]) {
        let Self { lines, tail, frames, .. } = self;
        if lines.is_raw() {
            return lines.push(bytes);
        }
        frames.push(bytes, |part| put(part, lines, tail));
    }

    pub(crate) fn end(&mut self) {
        let Self { lines, tail, frames, .. } = self;
        frames.end(|part| put(part, lines, tail));
        lines.end();
    }
}

#[cfg(feature = "tracing-forward")]
fn put(part: Part<'_>, lines: &mut Lines, tail: &mut Tail) {
    match part {
        Part::Text(text) => {
            tail.push(text);
            lines.push(text);
        }
        Part::Event(content) => lines.push_event(content),
    }
}

impl Inner {
    pub(crate) fn of(lines: Lines) -> Self {
        Self { lines, ..Self::default() }
    }

    /// Takes bytes that another program has read.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> IntakeStep {
        self.put(bytes);
        self.progress(false)
    }

    pub(crate) fn progress(&mut self, ended: bool) -> IntakeStep {
        let has_unreported = !self.is_listed && !self.lines.is_empty();
        self.is_listed |= has_unreported;
        IntakeStep { ended, has_unreported, is_holding: self.lines.is_holding() }
    }

    /// Reads once. Returns the number of bytes, which may be 0, or `None` if no more will come.
    pub(crate) fn take_in(&mut self, buffer: &mut [u8]) -> Option<usize> {
        let pipe = self.pipe.as_ref()?;
        match retry_on_intr(|| read(pipe, &mut *buffer)) {
            Err(Errno::AGAIN) => Some(0),
            Ok(0) | Err(_) => None,
            Ok(count) => {
                self.put(&buffer[..count]);
                Some(count)
            }
        }
    }
}
