//! Whether a process stands still: stopped by a signal, or held by a debugger.
//!
//! Knows the kernel's word for a process's main thread, which is the one that runs the object.

use std::fs;

use super::child::Child;

/// Why a process stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopKind {
    /// By a signal such as SIGSTOP.
    Stopped,
    /// By a tracer.
    Traced,
}

impl Child {
    /// Whether it stands still at the moment. Not known without `/proc`. Reads a file: not to be called under a lock.
    pub(crate) fn stop_kind(&self) -> Option<StopKind> {
        of_stat(&fs::read_to_string(format!("/proc/{}/stat", self.pid())).ok()?)
    }
}

/// The state follows the name, which stands in brackets and may contain any character.
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
    fn the_state_is_read_whatever_the_name_is() {
        assert_eq!(of_stat("12 (a) T (b)) T 1 2"), Some(StopKind::Stopped));
        assert_eq!(of_stat("12 (a) T (b)) S 1 2"), None);
        assert_eq!(of_stat("12 (a) t 1 2"), Some(StopKind::Traced));
        assert_eq!(of_stat(""), None);
    }
}
