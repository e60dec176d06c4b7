//! Which call an error concerns, and whether its method had started.
//!
//! Knows names and numbers only. Invariant: its text is one line, and names at least the object and
//! its process.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::CallId;

/// The call that an error concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallInfo {
    /// The object's name, as given to its builder.
    pub name: Arc<str>,
    /// The object's process id.
    pub pid: u32,
    /// The name of the method, or `None` if the error does not concern one call.
    pub method: Option<&'static str>,
    /// The number of the call, or `None` if the call was refused before it got a number.
    pub call: Option<CallId>,
    /// Whether the method had started.
    pub started: Started,
    /// Whether the object outlives the failure of this call, since another process replaces the
    /// dead one.
    pub(crate) lives_on: bool,
    /// Whether the object has ended although nothing was killed: its thread was left behind.
    pub(crate) is_left_behind: bool,
}

/// Whether a method had started when its call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// It had not started, so it had no effect. You can safely make the call again on another
    /// object.
    No,
    /// It had started, so some or all of its effects may have happened.
    Yes,
    /// The parent does not know whether it had started.
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

/// Describes when a timed out or cancelled call ended, and what happened to its object.
pub(super) fn ending(ran_for: Duration, killed: bool, info: &CallInfo) -> String {
    match (info.started, killed) {
        (Started::No, _) => "before its method began".into(),
        _ if info.is_left_behind => format!(
            "after {ran_for:?}, and its object has ended: its method did not end, and a thread cannot be killed; check \
             `is_cancelled()` in the method"
        ),
        (_, false) => {
            format!("after {ran_for:?}; its method ended within `cancel_grace`, and its outcome was discarded")
        }
        (_, true) => format!(
            "after {ran_for:?}, and its object was killed since its method did not end; check `is_cancelled()` in the method"
        ),
    }
}
