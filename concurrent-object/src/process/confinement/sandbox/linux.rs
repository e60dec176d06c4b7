//! Closes the sandbox, in the child.
//!
//! Invariant: a sandbox that cannot be closed as wanted ends the process before any method runs,
//! unless it is a best effort.

mod calls;
mod files;
mod filter;
mod not_closed;
mod trap;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::sync::atomic::AtomicU64;

use self::not_closed::NotClosed;
use super::Sandbox;
use crate::error::{ConfinementError, LimitOption};
use crate::memory::stack;

impl Sandbox {
    /// Applies the rules for files, to this thread and those that it creates. Called before the
    /// process has a second thread.
    pub(in crate::process::confinement) fn begin(&self) -> Result<(), ConfinementError> {
        let Some(rules) = &self.files else { return Ok(()) };
        load_names_for_backtraces();
        stack::look_up();
        self.judge(files::restrict(rules, self))
    }

    /// Installs the filter of system calls, for all threads. `record` stays mapped until the
    /// process ends.
    pub(in crate::process::confinement) fn close(&self, record: &[AtomicU64]) -> Result<(), ConfinementError> {
        if self.files.is_none() {
            load_names_for_backtraces();
        }
        stack::look_up();
        trap::report_to(record, self.strict);
        self.judge(filter::install(self))
    }

    fn judge(&self, closed: Result<(), NotClosed>) -> Result<(), ConfinementError> {
        let (what, is_unsupported) = match closed {
            Ok(()) => return Ok(()),
            Err(NotClosed::Unsupported(what)) => (what, true),
            Err(NotClosed::Refused(reason)) => (reason, false),
        };
        match (is_unsupported, self.best_effort) {
            (true, true) => {
                tracing::warn!(target: "concurrent_object::life", what, "the sandbox is not complete");
                Ok(())
            }
            (true, false) => {
                let kernel = rustix::system::uname().release().to_string_lossy().into_owned();
                Err(ConfinementError::Unsupported { what, kernel })
            }
            (false, _) => Err(LimitOption::Sandbox.refused(what)),
        }
    }
}

/// A backtrace needs the executable file, which cannot be opened later. Printing one now loads what
/// later ones need. This takes tens of milliseconds, and is done only if backtraces are wanted
/// (`RUST_BACKTRACE`).
fn load_names_for_backtraces() {
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        let _loaded = backtrace.to_string();
    }
}
