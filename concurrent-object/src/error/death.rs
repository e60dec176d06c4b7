//! The end of a child that nobody asked for.

use std::fmt;
use std::sync::Arc;

use super::{CallId, Exit, Panic};

/// How an object's process died, and what it was doing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Death {
    /// The object's name, as given to its builder.
    pub name: Arc<str>,
    /// The process id that it had.
    pub pid: u32,
    /// How it ended.
    pub exit: Exit,
    /// The method that was running, if one was.
    pub running: Option<(&'static str, CallId)>,
    /// The last panic that the process reported before its end, if it had one that was not caught.
    pub last_panic: Option<Panic>,
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, pid, exit, running, last_panic } = self;
        write!(f, "object \"{name}\" (pid {pid}) died of {exit}")?;
        if let Some((method, call)) = running {
            write!(f, " while running `{method}` (call {call})")?;
        }
        match last_panic {
            Some(panic) => write!(f, " after a panic: {panic}"),
            None => Ok(()),
        }
    }
}
