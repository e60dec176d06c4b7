//! Which call an error is about, and whether its method had begun.

use std::fmt;
use std::sync::Arc;

use super::CallId;

/// Which call an error is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallSite {
    /// The object's name, as given to its builder.
    pub name: Arc<str>,
    /// The object's process id.
    pub pid: u32,
    /// The method; empty if the error is not about one call.
    pub method: &'static str,
    /// The call; 0 if it was refused before it got a number.
    pub call: CallId,
    /// Whether the method had begun.
    pub started: Started,
    /// What became of the call is not the end of its object: there is a next process.
    pub(crate) lives_on: bool,
}

/// Whether a method had begun when its object ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// It had not: nothing of it was done, and it may be called again elsewhere.
    No,
    /// It had: some or all of it may have been done.
    Yes,
    /// It cannot be told.
    Unknown,
}

impl fmt::Display for CallSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, pid, method, call, .. } = self;
        match (*method, call.get()) {
            ("", _) => write!(f, "object \"{name}\" (pid {pid})"),
            (method, 0) => write!(f, "`{method}` of \"{name}\" (pid {pid})"),
            (method, _) => write!(f, "`{method}` of \"{name}\" (pid {pid}, call {call})"),
        }
    }
}

impl fmt::Display for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::No => "had not started",
            Self::Yes => "had started",
            Self::Unknown => "may have started",
        })
    }
}
