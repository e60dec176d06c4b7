//! Which call an error is about, and whether its method had started.

use std::fmt;
use std::sync::Arc;

use super::CallId;

/// Which call an error is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallInfo {
    /// The object's name, as given to its builder.
    pub name: Arc<str>,
    /// The object's process id.
    pub pid: u32,
    /// The method; `None` if the error is not about one call.
    pub method: Option<&'static str>,
    /// The call; `None` if it was refused before it got a number.
    pub call: Option<CallId>,
    /// Whether the method had started.
    pub started: Started,
    /// The object outlives what happened to this call: it has a next process.
    pub(crate) lives_on: bool,
}

/// Whether a method had started when its object ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// It had not: it had no effect, and the call may be made again elsewhere.
    No,
    /// It had: some or all of its effects may have happened.
    Yes,
    /// It is not known.
    Unknown,
}

impl fmt::Display for CallInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, pid, method, call, .. } = self;
        match (method, call) {
            (None, _) => write!(f, "object \"{name}\" (pid {pid})"),
            (Some(method), None) => write!(f, "`{method}` of \"{name}\" (pid {pid})"),
            (Some(method), Some(call)) => write!(f, "`{method}` of \"{name}\" (pid {pid}, call {call})"),
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
