//! The death of a child: an end that the program did not request.
//!
//! Knows what a death report contains and how it prints. The parent fills it in
//! (`parent/object/exit_diagnosis.rs`). Invariant: its text is one line.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::printable::one_line;
use super::{CallId, Cause, Exit, LostHost, Panic, Violation};

/// How an object's process died, and what it was doing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Death {
    /// The object's name, as given to its builder.
    pub name: Arc<str>,
    /// The process id that the process had.
    pub pid: u32,
    /// The incarnation that died: 1 for the object's first process, and one more after each
    /// restart.
    pub incarnation: u64,
    /// How the process ended: its exit code or signal.
    pub exit: Exit,
    /// Why it ended, as far as is known: a limit, a cancelled call, the kernel, or something else.
    pub cause: Cause,
    /// The peak of the process's resident set, in bytes, as the kernel counts it. Shared memory
    /// that the process touched is included.
    ///
    /// `None` if it is not known: other code in the parent reaped the process, or a debugger still
    /// holds it.
    pub peak_memory: Option<u64>,
    /// The processor time that the process used, with that of its own children that it waited for.
    /// `None` as with `peak_memory`.
    pub cpu_time: Option<Duration>,
    /// The running method and its call, if a method was running.
    pub running: Option<(&'static str, CallId)>,
    /// The last panic that the process reported before its end, if there was one. It does not
    /// include panics of earlier calls after which the object continued to serve calls.
    pub last_panic: Option<Panic>,
    /// The backtrace of that panic, cut to 6 KiB. Only if `RUST_BACKTRACE` or `RUST_LIB_BACKTRACE`
    /// is set for the child, since capturing a backtrace takes milliseconds.
    pub backtrace: Option<String>,
    /// The last 4 KiB that the process wrote to its standard error. Empty unless the builder's
    /// `stderr` is [`ChildStdio::Lines`](crate::ChildStdio::Lines).
    ///
    /// Bytes that are not UTF-8 are replaced. If earlier output was cut off, the text begins at the
    /// start of a line if one is near, otherwise at a character boundary.
    pub stderr_tail: String,
    /// Why the object's last state could not be saved, if saving it failed
    /// ([`SnapshotPolicy`](crate::SnapshotPolicy)). The next process then begins with an older
    /// state, or with the state that the constructor makes. The effects of calls that were answered
    /// since are lost.
    pub unsaved: Option<String>,
    /// What the process did against its limits or its sandbox, and died of.
    pub(crate) violation: Option<Violation>,
    /// The machine to which the connection was lost.
    pub(crate) lost: Option<LostHost>,
}

impl Death {
    /// Returns what the process did against the limits or the sandbox of its builder, if it died of
    /// that.
    ///
    /// ```
    /// use concurrent_object::{Death, Violation};
    ///
    /// fn has_called(death: &Death, name: &str) -> bool {
    ///     matches!(death.violation(), Some(Violation::SystemCall { name: Some(called), .. }) if *called == name)
    /// }
    /// # let _ = has_called;
    /// ```
    #[must_use]
    pub fn violation(&self) -> Option<&Violation> {
        self.violation.as_ref()
    }

    /// Returns the machine to which the connection was lost, if the object lived on another
    /// machine. It is not known then whether its process has ended.
    #[must_use]
    pub fn lost(&self) -> Option<&LostHost> {
        self.lost.as_ref()
    }

    /// Notes what the process died of.
    pub(crate) fn blame(&mut self, violation: Violation) {
        self.cause = violation.cause();
        self.violation = Some(violation);
    }

    /// Describes the death, for the error of `call`. That error already names the object and the
    /// process.
    pub(crate) fn description_for(&self, call: Option<CallId>) -> String {
        let of_another = self.running.filter(|&(_, running)| Some(running) != call);
        let running = of_another.map(|(method, call)| format!(" while running `{method}` (call {call})"));
        let panic = self.last_panic.as_ref().map(|panic| format!(" after a panic: {panic}"));
        let unsaved = self.unsaved.as_ref().map(|reason| format!("; its last state is lost: {}", one_line(reason)));
        let addition = match &self.violation {
            Some(violation) => Some(format!(": {violation}")),
            None => self.cause.addition(),
        };
        let cause = [addition, self.peak().or_else(|| self.hint())].map(Option::unwrap_or_default).concat();
        let [running, panic, unsaved] = [running, panic, unsaved].map(Option::unwrap_or_default);
        if let Some(lost) = &self.lost {
            return format!("is out of reach{running}: {lost}{unsaved}");
        }
        match self.exit {
            Exit::LeftBehind => {
                format!("ended{running}, and its thread was left behind, since it cannot be killed{panic}{unsaved}")
            }
            exit => format!("died of {exit}{cause}{running}{panic}{unsaved}"),
        }
    }

    /// Returns the peak memory, for a process that the kernel probably killed for it.
    fn peak(&self) -> Option<String> {
        let peak = self.peak_memory.filter(|_| self.cause == Cause::OutOfMemory)?;
        Some(format!(" (it had up to {} MiB)", peak.div_ceil(1 << 20)))
    }

    /// Returns a hint for an abort. A Rust program aborts when a stack overflows, and only its
    /// standard error says so.
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
        write!(f, "object \"{}\" (pid {}) {}", self.name, self.pid, self.description_for(None))
    }
}

impl std::error::Error for Death {}
