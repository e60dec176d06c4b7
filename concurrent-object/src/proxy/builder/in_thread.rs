//! Whether an object lives in a thread, and which options it then cannot have.
//!
//! Problem: a thread shares the environment, the standard streams and the life of its program. An
//! option for them would change the program, or do nothing. Way here: `start` refuses it, with
//! words. That is so too if the environment variable decides, so that no test runs with less than
//! it asked for. Targets other than Linux have no child processes, so there it is always so.
//!
//! Knows options. Invariant: an object with a refused option is not started.

use super::Options;
use crate::error::StartError;
use crate::process::output::ChildStdio;

/// Makes each object of the program one in a thread, unless it is empty or `0`.
const VARIABLE: &str = "CONCURRENT_OBJECT_IN_THREAD";

/// Whether each object lives in a thread, because this target has no child processes.
const ONLY_THREADS: bool = cfg!(not(all(target_os = "linux", not(concurrent_object_portable))));

impl Options {
    /// Whether the object lives in a thread: the builder says so, or the environment.
    pub(crate) fn lives_in_thread(&self) -> bool {
        !self.lives_elsewhere() && (ONLY_THREADS || self.in_thread || is_set())
    }

    /// Checks that an object in a thread has no option that needs a process.
    pub(super) fn check_home(&self) -> Result<(), StartError> {
        if !self.lives_in_thread() {
            return Ok(());
        }
        let refusals = [
            ("env", !self.env.is_empty(), "a thread has the environment of its program"),
            ("stdout", !is_inherited(&self.streams.stdout), "a thread prints to the streams of its program"),
            ("stderr", !is_inherited(&self.streams.stderr), "a thread prints to the streams of its program"),
            (
                "backing_dir",
                ONLY_THREADS && self.backing_dir.is_some(),
                "on this platform the memory of an object in a thread is the program's",
            ),
        ];
        let limits =
            self.process_limits.names().map(|option| (option, true, "a limit would apply to all of the program"));
        let surroundings = [
            ("env_clear", self.surroundings.clears_environment, "a thread has the environment of its program"),
            ("kill_tree", self.surroundings.has_group, "a thread has no process group"),
        ];
        match refusals.into_iter().chain(limits).chain(surroundings).find(|&(_, is_set, _)| is_set) {
            Some((option, _, reason)) => Err(StartError::NeedsProcess { option, reason: self.with_remedy(reason) }),
            None => Ok(()),
        }
    }

    fn with_remedy(&self, reason: &str) -> String {
        if ONLY_THREADS {
            format!("{reason}; leave out this option on this platform, where all objects live in threads")
        } else if self.in_thread {
            format!("{reason}; leave out this option or `in_thread`")
        } else {
            format!("{reason}; leave out this option, or unset the environment variable `{VARIABLE}`")
        }
    }
}

fn is_inherited(stream: &ChildStdio) -> bool {
    matches!(stream, ChildStdio::Inherit)
}

fn is_set() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty() && value != "0")
}
