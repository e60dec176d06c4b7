//! One stream of a child that the parent reads.
//!
//! Knows the pipe, and how pieces are reported to `tracing`. Does not know which thread reads when.
//! Invariant: the pieces of a stream are reported in order, one at a time, without holding the lock
//! that reading needs.

use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::io::ioctl_fionread;

use super::intake::{Inner, IntakeStep};
use super::lines::Lines;
use super::piece::Piece;
use super::{OutputTaker, Which};
use crate::error::printable::{one_line, printable, printable_lines};

/// What the standard library's hook prints before a backtrace.
const BACKTRACE: &str = "\nstack backtrace:\n";

/// One stream.
pub(crate) struct Stream {
    name: Arc<str>,
    /// The child's process id. For a child on another machine, it is known once that is ready.
    pid: AtomicU32,
    which: Which,
    /// Takes the bytes, in place of the log.
    takes: Option<OutputTaker>,
    inner: Mutex<Inner>,
    /// Notified when a thread has finished reporting a piece.
    reported: Condvar,
}

/// The result of an attempt to report a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reported {
    Line,
    Nothing,
    /// Another thread was reporting a piece during the whole wait.
    Busy,
}

impl Stream {
    pub(crate) fn new(name: Arc<str>, pid: u32, which: Which, takes: Option<OutputTaker>) -> Self {
        let lines = match (&takes, which) {
            (Some(_), _) => Lines::raw(),
            (None, Which::Stderr) => Lines::with_marks(),
            (None, Which::Stdout) => Lines::default(),
        };
        let inner = Mutex::new(Inner::of(lines));
        Self { name, pid: AtomicU32::new(pid), which, takes, inner, reported: Condvar::new() }
    }

    /// Takes bytes that another program has read.
    pub(crate) fn feed(&self, bytes: &[u8]) -> IntakeStep {
        self.lock().feed(bytes)
    }

    /// Notes the process id of a child on another machine.
    pub(crate) fn set_pid(&self, pid: u32) {
        // Relaxed: the number orders nothing.
        self.pid.store(pid, Ordering::Relaxed);
    }

    fn pid(&self) -> u32 {
        self.pid.load(Ordering::Relaxed)
    }

    pub(crate) fn which(&self) -> Which {
        self.which
    }

    /// Returns the tail: the last bytes that the child has printed.
    pub(crate) fn tail(&self) -> String {
        self.lock().tail.text()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a stream that has ended with unreported lines.
    #[cfg(test)]
    pub(crate) fn ended_with(lines: &[u8]) -> Self {
        let stream = Self::new("ended".into(), 1, Which::Stdout, None);
        stream.lock().lines.push(lines);
        stream
    }

    #[cfg(test)]
    pub(crate) fn is_reported(&self) -> bool {
        self.lock().lines.is_empty()
    }

    /// Stores the pipe that the stream is read from.
    pub(crate) fn open(&self, pipe: OwnedFd) {
        self.lock().pipe = Some(pipe);
    }

    /// Reads once from the pipe.
    pub(crate) fn take_in(&self, buffer: &mut [u8]) -> IntakeStep {
        let mut inner = self.lock();
        let ended = inner.take_in(buffer).is_none();
        inner.progress(ended)
    }

    /// Queues lines that were held for too long.
    pub(crate) fn release(&self) -> IntakeStep {
        let mut inner = self.lock();
        inner.lines.release();
        inner.progress(false)
    }

    /// Reads what is in the pipe at this moment, ends the stream, and returns the pipe.
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
        // A stream that another program reads has no pipe.
        let pipe = inner.pipe.take();
        inner.end();
        pipe
    }

    /// Reports the next piece. Waits for at most `patience` while another thread reports one.
    pub(crate) fn report_next(&self, patience: Duration) -> Reported {
        let waited = self.reported.wait_timeout_while(self.lock(), patience, |inner| inner.is_reporting);
        let (mut inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if inner.is_reporting {
            return Reported::Busy;
        }
        let Some(piece) = inner.lines.next() else {
            inner.is_listed = false;
            return Reported::Nothing;
        };
        inner.is_reporting = true;
        drop(inner);
        // A subscriber is code of the user. A panic in it was already printed by the panic hook,
        // and must not end the reader thread.
        let _panicked = catch_unwind(AssertUnwindSafe(|| self.report(&piece)));
        self.lock().is_reporting = false;
        self.reported.notify_one();
        Reported::Line
    }

    fn report(&self, piece: &Piece) {
        let (name, pid, stream) = (&*self.name, self.pid(), self.which.name());
        match (piece, self.which) {
            (Piece::Line(line), Which::Stdout) => {
                let line = shown(line);
                tracing::info!(target: "concurrent_object::output", parent: None, name, pid, stream, "{line}");
            }
            (Piece::Line(line), Which::Stderr) => {
                let line = shown(line);
                tracing::warn!(target: "concurrent_object::output", parent: None, name, pid, stream, "{line}");
            }
            (Piece::Dropped(reads), which) if self.takes.is_some() => {
                let note = format!("\n({reads} parts of the output were left out: there was too much at once)\n");
                self.takes.iter().for_each(|takes| (takes.0)(which, note.as_bytes()));
            }
            (Piece::Raw(bytes), which) => self.takes.iter().for_each(|takes| (takes.0)(which, bytes)),
            (Piece::Panic { text, left_out }, _) => self.report_panic(&String::from_utf8_lossy(text), *left_out),
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
    /// Reports a panic. The child's text becomes one line of the log, whatever it contains. The
    /// backtrace is a field, as in the event of a death.
    fn report_panic(&self, text: &str, left_out: u64) {
        let (name, pid, stream) = (&*self.name, self.pid(), self.which.name());
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

/// Returns a line as it is reported. A carriage return at its end is left out; control characters
/// other than tabs are escaped.
fn shown(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let parts: Vec<_> = text.strip_suffix('\r').unwrap_or(&text).split('\t').map(printable).collect();
    parts.join("\t")
}
