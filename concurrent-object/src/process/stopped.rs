//! Whether a process is stopped: by a signal, or by a debugger.
//!
//! Knows the state that the kernel shows for a process's main thread, which runs the object.

use std::fs;

use super::child::Child;

/// Why a process is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopKind {
    /// By a signal such as SIGSTOP.
    Stopped,
    /// By a tracer.
    Traced,
}

impl Child {
    /// Returns whether and why it is stopped at this moment. `None` also without `/proc`. Reads a
    /// file, so it must not be called under a lock.
    pub(crate) fn stop_kind(&self) -> Option<StopKind> {
        of_stat(&fs::read_to_string(format!("/proc/{}/stat", self.pid())).ok()?)
    }
}

/// Reads the state. It follows the name, which stands in parentheses and may contain any character.
fn of_stat(stat: &str) -> Option<StopKind> {
    let (_, rest) = stat.rsplit_once(") ")?;
    match rest.chars().next()? {
        'T' => Some(StopKind::Stopped),
        't' => Some(StopKind::Traced),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_read_after_any_name() {
        assert_eq!(of_stat("12 (a) T (b)) T 1 2"), Some(StopKind::Stopped));
        assert_eq!(of_stat("12 (a) T (b)) S 1 2"), None);
        assert_eq!(of_stat("12 (a) t 1 2"), Some(StopKind::Traced));
        assert_eq!(of_stat(""), None);
    }
}
