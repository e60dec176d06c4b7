//! What was read from a stream and is not told yet, and how it is read.
//!
//! Knows the pipe, and what each byte is for: a line, the tail, an event. Reads only when asked, and never waits.

use std::os::fd::OwnedFd;

use rustix::io::{Errno, read, retry_on_intr};

#[cfg(feature = "tracing-forward")]
use super::forward::frames::{Frames, Part};
use super::lines::Lines;
use super::tail::Tail;

#[derive(Default)]
pub(crate) struct Inner {
    /// Nothing once the stream has ended.
    pub(crate) pipe: Option<OwnedFd>,
    pub(crate) lines: Lines,
    pub(crate) tail: Tail,
    #[cfg(feature = "tracing-forward")]
    frames: Frames,
    /// Whether the reader knows that there is something to tell.
    pub(crate) is_listed: bool,
    /// Somebody tells a line: the next one comes after it.
    pub(crate) is_telling: bool,
}

/// What a look into a pipe has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) ended: bool,
    /// There is something to tell, and the reader did not know.
    pub(crate) is_news: bool,
    /// Lines are held back, until a panic is printed or that has taken too long.
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

    pub(crate) fn look(&mut self, ended: bool) -> Look {
        let is_news = !self.is_listed && !self.lines.is_empty();
        self.is_listed |= is_news;
        Look { ended, is_news, is_holding: self.lines.is_holding() }
    }

    /// How much was taken in, which may be nothing; `None` if nothing will come any more.
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
