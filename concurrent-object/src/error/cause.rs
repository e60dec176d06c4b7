//! Why an object's process died, as far as the parent can find out.
//!
//! Knows the possible causes and their names. The parent determines the cause
//! (`parent/object/exit_diagnosis.rs`).

use std::fmt;

/// The cause of a process's death: this library, the kernel, something else, or the process itself.
///
/// ```
/// use concurrent_object::Cause;
///
/// let text = "killed by this library: a method did not end at its time limit";
/// assert_eq!(Cause::TimedOut.to_string(), text);
/// assert!(Cause::TimedOut.is_own_kill() && !Cause::OutOfMemory.is_own_kill());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The process ended by itself: it exited, crashed or aborted, or a signal other than SIGKILL
    /// ended it.
    Itself,
    /// A thread of the process overflowed its stack.
    ///
    /// Only what the Rust runtime prints to standard error shows this. So this cause appears only
    /// if the builder's `stderr` is [`ChildStdio::Lines`](crate::ChildStdio::Lines). Otherwise the
    /// cause is [`Itself`](Self::Itself), and the signal is SIGABRT or SIGSEGV.
    StackOverflow,
    /// This library killed it, because a method ran for longer than `cancel_grace` after its time
    /// limit.
    TimedOut,
    /// This library killed it, because a method ran for longer than `cancel_grace` after its call
    /// was cancelled.
    Cancelled,
    /// This library killed it, because its constructor took longer than `ready_timeout`.
    NotReady,
    /// It lives on another machine, and the connection to that was lost. It may live on there.
    Disconnected,
    /// It made a system call that its sandbox does not allow.
    Sandbox,
    /// An allocation failed under its `memory_limit`.
    MemoryLimit,
    /// It used the processor time of its `cpu_time_limit`.
    CpuTimeLimit,
    /// This library killed it, because it sent something that a correct child never sends.
    Protocol,
    /// The kernel probably killed it, because memory ran out. It died of a SIGKILL that this
    /// library did not send. While it lived, the kernel counted an out-of-memory kill in its memory
    /// control group, or on the machine if it has no such group.
    OutOfMemory,
    /// It died of a SIGKILL that this library did not send, and the kernel counted no out-of-memory
    /// kill. A user, another program, or the process itself sent it.
    Killed,
    /// Its exit status is unknown, and this library did not kill it.
    Unknown,
}

impl Cause {
    /// Returns whether this library killed the process.
    #[must_use]
    pub fn is_own_kill(self) -> bool {
        matches!(self, Self::TimedOut | Self::Cancelled | Self::NotReady | Self::Protocol)
    }

    /// Returns what a message adds to the exit status, or `None` if the exit status says all that
    /// is known.
    pub(super) fn addition(self) -> Option<String> {
        (!matches!(self, Self::Itself | Self::Unknown)).then(|| format!(", {self}"))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Itself => "ended by itself",
            Self::StackOverflow => "a thread overflowed its stack",
            Self::TimedOut => "killed by this library: a method did not end at its time limit",
            Self::Cancelled => "killed by this library: a cancelled method did not end",
            Self::NotReady => "killed by this library: the constructor took longer than `ready_timeout`",
            Self::Disconnected => "the connection to its machine was lost",
            Self::Sandbox => "it made a system call that its sandbox does not allow",
            Self::MemoryLimit => "memory ran out under its `memory_limit`",
            Self::CpuTimeLimit => "its `cpu_time_limit` is used up",
            Self::Protocol => "killed by this library: the child broke the protocol",
            Self::OutOfMemory => "probably killed by the kernel because memory ran out",
            Self::Killed => "killed by something other than this library",
            Self::Unknown => "unknown",
        })
    }
}
