//! How a process ended: its exit code, or the signal that ended it.
//!
//! Knows signals by their names. The parent reads the status from the kernel (`process/reap.rs`).

use std::fmt;

/// How a child process ended.
///
/// ```
/// use concurrent_object::Exit;
///
/// assert_eq!(Exit::Code(3).to_string(), "exit code 3");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// The process exited with this code.
    Code(i32),
    /// A signal ended the process.
    #[non_exhaustive]
    Signal {
        /// The signal's number.
        number: i32,
        /// Whether the kernel wrote a core dump.
        core_dumped: bool,
    },
    /// The process ended, but the parent could not read its status. Other code in the parent reaped
    /// it first (SIGCHLD is ignored, or a `wait` accepts any child), or a debugger that traces it
    /// holds it.
    Unknown,
    /// It did not end. The object lived in a thread ([`in_thread`](crate::Builder::in_thread)), and
    /// its method or constructor did not return in time. A thread cannot be killed, so it was left
    /// behind, and still ran at that time.
    LeftBehind,
}

impl Exit {
    pub(crate) fn signal(number: i32, core_dumped: bool) -> Self {
        Self::Signal { number, core_dumped }
    }

    /// Returns the name of the signal that ended the process, such as `SIGSEGV`. `None` if no
    /// signal did, or if the signal has no name here.
    #[must_use]
    pub fn signal_name(self) -> Option<&'static str> {
        let Self::Signal { number, .. } = self else { return None };
        NAMES.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal { number, core_dumped } => {
                match self.signal_name() {
                    Some(name) => write!(f, "{name} (signal {number})")?,
                    None => write!(f, "signal {number}")?,
                }
                f.write_str(if core_dumped { ", core dumped" } else { "" })
            }
            Self::LeftBehind => f.write_str("a thread that was left behind, because it cannot be killed"),
            Self::Unknown => f.write_str("an unknown cause (its exit status could not be read)"),
        }
    }
}

#[cfg(target_os = "linux")]
const NAMES: [(i32, &str); 24] = [
    (libc::SIGHUP, "SIGHUP"),
    (libc::SIGINT, "SIGINT"),
    (libc::SIGQUIT, "SIGQUIT"),
    (libc::SIGILL, "SIGILL"),
    (libc::SIGTRAP, "SIGTRAP"),
    (libc::SIGABRT, "SIGABRT"),
    (libc::SIGBUS, "SIGBUS"),
    (libc::SIGFPE, "SIGFPE"),
    (libc::SIGKILL, "SIGKILL"),
    (libc::SIGUSR1, "SIGUSR1"),
    (libc::SIGSEGV, "SIGSEGV"),
    (libc::SIGUSR2, "SIGUSR2"),
    (libc::SIGPIPE, "SIGPIPE"),
    (libc::SIGALRM, "SIGALRM"),
    (libc::SIGTERM, "SIGTERM"),
    (libc::SIGSTKFLT, "SIGSTKFLT"),
    (libc::SIGXCPU, "SIGXCPU"),
    (libc::SIGXFSZ, "SIGXFSZ"),
    (libc::SIGVTALRM, "SIGVTALRM"),
    (libc::SIGPROF, "SIGPROF"),
    (libc::SIGPOLL, "SIGPOLL"),
    (libc::SIGPWR, "SIGPWR"),
    (libc::SIGSYS, "SIGSYS"),
    (libc::SIGWINCH, "SIGWINCH"),
];

/// On other targets no object has a process that a signal could end.
#[cfg(not(target_os = "linux"))]
const NAMES: [(i32, &str); 0] = [];

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn display_names_the_signal() {
        assert_eq!(Exit::signal(libc::SIGSEGV, false).to_string(), "SIGSEGV (signal 11)");
        assert_eq!(Exit::signal(libc::SIGABRT, true).to_string(), "SIGABRT (signal 6), core dumped");
        assert_eq!(Exit::signal(60, false).to_string(), "signal 60");
        assert_eq!(Exit::Code(3).signal_name(), None);
    }
}
