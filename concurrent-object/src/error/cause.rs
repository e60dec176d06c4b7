//! Why an object's process died, as far as its parent knows.

use std::fmt;

/// What made an object's process die: this library, the kernel, something else, or the process itself.
///
/// ```
/// use concurrent_object::Cause;
///
/// assert_eq!(Cause::TimedOut.to_string(), "killed by this library: a method did not end at its time limit");
/// assert!(Cause::TimedOut.is_own_kill() && !Cause::OutOfMemory.is_own_kill());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The process ended by itself: it exited, crashed, aborted, or got a signal other than SIGKILL.
    Itself,
    /// A thread of the process overflowed its stack. This is known from what the Rust runtime prints then, so only where standard error
    /// is [`ChildStdio::Lines`](crate::ChildStdio::Lines); otherwise the cause is [`Itself`](Self::Itself), and the signal SIGABRT or
    /// SIGSEGV.
    StackOverflow,
    /// This library killed it, because a method went on for longer than `cancel_grace` after its time limit.
    TimedOut,
    /// This library killed it, because a method went on for longer than `cancel_grace` after its call was cancelled.
    Cancelled,
    /// This library killed it, because its constructor took longer than `ready_timeout`.
    NotReady,
    /// This library killed it, because it sent something that no sound child sends.
    Protocol,
    /// Probably the kernel killed it, because memory ran out: it died of SIGKILL, which this library did not send, and the kernel counted a
    /// kill of that kind in its memory control group (or on the machine, where there is none) while it lived.
    OutOfMemory,
    /// Something else killed it with SIGKILL: a person, another program, or the process itself.
    Killed,
    /// Its exit status is not known, and this library did not kill it.
    Unknown,
}

impl Cause {
    /// Whether this library killed the process.
    #[must_use]
    pub fn is_own_kill(self) -> bool {
        matches!(self, Self::TimedOut | Self::Cancelled | Self::NotReady | Self::Protocol)
    }

    /// What stands behind the exit in a message that names it; nothing where the exit says all.
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
            Self::Protocol => "killed by this library: the child broke the protocol",
            Self::OutOfMemory => "probably killed by the kernel because memory ran out",
            Self::Killed => "killed by something other than this library",
            Self::Unknown => "not known",
        })
    }
}
