//! The end of a child that nobody asked for.

use std::fmt;
use std::sync::Arc;

use super::printable::one_line;
use super::{CallId, Cause, Exit, Panic};

/// How an object's process died, and what it was doing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Death {
    /// The object's name, as given to its builder.
    pub name: Arc<str>,
    /// The process id that it had.
    pub pid: u32,
    /// Which of the object's processes it was: 1 for the first, and one more for each after a restart.
    pub incarnation: u64,
    /// How it ended.
    pub exit: Exit,
    /// What made it end, as far as is known: a limit, a cancelled call, the kernel, or something else.
    pub cause: Cause,
    /// The most memory that the process had at any time (its resident set), in bytes, as the kernel counts it; shared memory that it
    /// had touched counts too. `None` if it is not known: something else took its status, or a debugger still holds the process.
    pub peak_memory: Option<u64>,
    /// The method that was running, if one was.
    pub running: Option<(&'static str, CallId)>,
    /// The last panic that the process reported before its end, if it had one that was not caught.
    pub last_panic: Option<Panic>,
    /// The backtrace of that panic, as far as it fits into 6 KiB. Only if `RUST_BACKTRACE` (or `RUST_LIB_BACKTRACE`) is set for the
    /// child, since taking it costs milliseconds.
    pub backtrace: Option<String>,
    /// The last 4 KiB that the process wrote to its standard error, if that is
    /// [`ChildStdio::Lines`](crate::ChildStdio::Lines); empty otherwise. What is no UTF-8 is replaced. If that was not all
    /// that it wrote, this begins with a line if one begins soon, and with a character otherwise.
    pub stderr_tail: String,
    /// Why the state that it left is not saved, if saving it failed ([`SnapshotPolicy`](crate::SnapshotPolicy)): the next process begins with an
    /// older state, or with the constructor's, and what was answered since is undone.
    pub unsaved: Option<String>,
}

impl Death {
    /// How it ended, for an error about this call, which says itself who died.
    pub(crate) fn told_to(&self, call: Option<CallId>) -> String {
        let of_another = self.running.filter(|&(_, running)| Some(running) != call);
        let running = of_another.map(|(method, call)| format!(" while running `{method}` (call {call})"));
        let panic = self.last_panic.as_ref().map(|panic| format!(" after a panic: {panic}"));
        let unsaved = self.unsaved.as_ref().map(|reason| format!("; its last state is lost: {}", one_line(reason)));
        let cause =
            [self.cause.addition(), self.peak().or_else(|| self.hint())].map(Option::unwrap_or_default).concat();
        let [running, panic, unsaved] = [running, panic, unsaved].map(Option::unwrap_or_default);
        format!("died of {}{cause}{running}{panic}{unsaved}", self.exit)
    }

    /// How much memory it had, where that may have been its end.
    fn peak(&self) -> Option<String> {
        let peak = self.peak_memory.filter(|_| self.cause == Cause::OutOfMemory)?;
        Some(format!(" (it had up to {} MiB)", peak.div_ceil(1 << 20)))
    }

    /// A Rust program aborts when a stack is full, and only its standard error says so.
    fn hint(&self) -> Option<String> {
        let may_be_overflow = self.cause == Cause::Itself
            && self.exit.signal_name() == Some("SIGABRT")
            && self.last_panic.is_none()
            && self.stderr_tail.is_empty();
        may_be_overflow.then(|| " (an abort, or a stack overflow: its standard error says which)".into())
    }
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "object \"{}\" (pid {}) {}", self.name, self.pid, self.told_to(None))
    }
}

impl std::error::Error for Death {}
