//! The streams of one object that are read here: from its start until its child was reaped.
//!
//! Knows pipes, and what is told to `tracing`; does not know who reads when. Invariants: the lines of a stream are told in their
//! order, one at a time, without the lock that is needed to read; nothing here waits for the child.

use std::fmt;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::io::ioctl_fionread;

use super::Which;
use super::intake::{Inner, Look};
use super::lines::{Lines, Piece};
use super::reader::{self, Registered};
use crate::error::printable::{one_line, printable, printable_lines};
use crate::memory::fork::Origin;

/// What the standard library's hook prints before a backtrace.
const BACKTRACE: &str = "\nstack backtrace:\n";

/// The streams of one object. Those that are not read here are nothing.
#[derive(Default)]
pub(crate) struct Captured(Option<Open>);

struct Open {
    origin: Origin,
    streams: Vec<Registered>,
}

/// One stream.
pub(crate) struct Stream {
    name: Arc<str>,
    pid: u32,
    which: Which,
    inner: Mutex<Inner>,
    /// Whoever told a line has told it.
    told: Condvar,
}

/// What has come of an attempt to tell a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Line,
    Nothing,
    /// Somebody else was telling one all the time.
    Busy,
}

impl Captured {
    /// From now on what comes out of the pipes is read.
    pub(crate) fn begin(name: &str, pid: u32, pipes: Vec<(Which, OwnedFd)>) -> std::io::Result<Self> {
        if pipes.is_empty() {
            return Ok(Self::default());
        }
        let name: Arc<str> = name.into();
        let mut open = Open { origin: Origin::here()?, streams: Vec::new() };
        for (which, pipe) in pipes {
            let lines = if which == Which::Stderr { Lines::with_marks() } else { Lines::default() };
            let (inner, told) = (Mutex::new(Inner::of(lines)), Condvar::new());
            open.streams.push(reader::register(Stream { name: name.clone(), pid, which, inner, told }, pipe)?);
        }
        Ok(Self(Some(open)))
    }

    /// The child has ended: takes in what lies in the pipes, and closes them, whoever else may have them. Never blocks. The
    /// tail of its standard error.
    pub(crate) fn end(&self) -> String {
        let Some(open) = &self.0 else { return String::new() };
        open.streams.iter().for_each(Registered::end);
        let stderr = open.streams.iter().find(|registered| registered.stream().which == Which::Stderr);
        stderr.map(|registered| registered.stream().lock().tail.text()).unwrap_or_default()
    }

    /// Tells what was not told yet, so that it stands before what is told of the object's end.
    pub(crate) fn tell_rest(&self) {
        for registered in self.0.iter().flat_map(|open| &open.streams) {
            registered.tell_rest();
        }
    }
}

impl Drop for Captured {
    fn drop(&mut self) {
        // The reader of a forked copy is the parent's.
        if self.0.as_ref().is_some_and(|open| open.origin.is_here()) {
            self.end();
        }
    }
}

impl Stream {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A stream that has ended, with lines that were not told.
    #[cfg(test)]
    pub(crate) fn ended_with(lines: &[u8]) -> Self {
        let mut inner = Inner::default();
        inner.lines.push(lines);
        Self { name: "ended".into(), pid: 1, which: Which::Stdout, inner: Mutex::new(inner), told: Condvar::new() }
    }

    #[cfg(test)]
    pub(crate) fn is_told(&self) -> bool {
        self.lock().lines.is_empty()
    }

    /// Puts the pipe where it is read.
    pub(crate) fn open(&self, pipe: OwnedFd) {
        self.lock().pipe = Some(pipe);
    }

    /// Takes in a part of what is there.
    pub(crate) fn take_in(&self, buffer: &mut [u8]) -> Look {
        let mut inner = self.lock();
        let ended = inner.take_in(buffer).is_none();
        inner.look(ended)
    }

    /// Holds nothing back that was held for too long.
    pub(crate) fn release(&self) -> Look {
        let mut inner = self.lock();
        inner.lines.release();
        inner.look(false)
    }

    /// Takes in what is there at this moment, and gives the pipe away.
    pub(crate) fn take_last(&self) -> Option<OwnedFd> {
        let mut inner = self.lock();
        let mut left = inner.pipe.as_ref().and_then(|pipe| ioctl_fionread(pipe).ok()).unwrap_or_default();
        let mut buffer = [0; 4096];
        while left > 0 {
            match inner.take_in(&mut buffer) {
                Some(count) if count > 0 => left = left.saturating_sub(count as u64),
                _ => break,
            }
        }
        let pipe = inner.pipe.take()?;
        inner.end();
        Some(pipe)
    }

    /// Tells the next line, if there is one, and if nobody else tells one for so long.
    pub(crate) fn tell_next(&self, patience: Duration) -> Told {
        let waited = self.told.wait_timeout_while(self.lock(), patience, |inner| inner.is_telling);
        let (mut inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if inner.is_telling {
            return Told::Busy;
        }
        let Some(piece) = inner.lines.next() else {
            inner.is_listed = false;
            return Told::Nothing;
        };
        inner.is_telling = true;
        drop(inner);
        // A subscriber is code of the user; a panic in it has been reported by then, and is not to be the end of all reading.
        let _panicked = catch_unwind(AssertUnwindSafe(|| self.tell(&piece)));
        self.lock().is_telling = false;
        self.told.notify_one();
        Told::Line
    }

    fn tell(&self, piece: &Piece) {
        let (name, pid, stream) = (&*self.name, self.pid, self.which.name());
        match (piece, self.which) {
            (Piece::Line(line), Which::Stdout) => {
                let line = shown(line);
                tracing::info!(target: "concurrent_object::output", parent: None, name, pid, stream, "{line}");
            }
            (Piece::Line(line), Which::Stderr) => {
                let line = shown(line);
                tracing::warn!(target: "concurrent_object::output", parent: None, name, pid, stream, "{line}");
            }
            (Piece::Panic { text, left_out }, _) => self.tell_panic(&String::from_utf8_lossy(text), *left_out),
            #[cfg(feature = "tracing-forward")]
            (Piece::Event(content), _) => super::forward::tell(name, pid, content),
            (Piece::Cut(bytes), _) => {
                let message = "the rest of a long line was cut";
                tracing::warn!(target: "concurrent_object::output", parent: None, name, pid, stream, bytes, "{message}");
            }
            (Piece::Dropped(lines), _) => {
                let message = "lines were left out: there were too many at once";
                tracing::warn!(target: "concurrent_object::output", parent: None, name, pid, stream, lines, "{message}");
            }
        }
    }
}

impl Stream {
    /// The child's text is one line of the log, whatever is in it; the backtrace is a field, as in the event of a death.
    fn tell_panic(&self, text: &str, left_out: u64) {
        let (name, pid, stream) = (&*self.name, self.pid, self.which.name());
        let (text, backtrace) = text.split_once(BACKTRACE).map_or((text, None), |(text, rest)| (text, Some(rest)));
        let message = one_line(text);
        let backtrace = backtrace.map(printable_lines);
        let left_out = (left_out > 0).then_some(left_out);
        tracing::warn!(
            target: "concurrent_object::output", parent: None, name, pid, stream, backtrace = backtrace.as_deref(),
            lines_left_out = left_out, "{message}"
        );
    }
}

/// A line as it is logged: a carriage return at its end is left out, other control characters are escaped, tabs are not.
fn shown(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let parts: Vec<_> = text.strip_suffix('\r').unwrap_or(&text).split('\t').map(printable).collect();
    parts.join("\t")
}

impl fmt::Debug for Captured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let streams = self.0.iter().flat_map(|open| &open.streams);
        f.debug_list().entries(streams.map(|registered| registered.stream().which)).finish()
    }
}
