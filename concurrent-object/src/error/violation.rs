//! What a process did that its builder forbids, or what it used up, as far as the parent can find
//! out.
//!
//! Knows what a violation contains and how it prints. Invariant: its text is one line.

use std::fmt;
use std::time::Duration;

use bytesize::ByteSize;

use super::Cause;

/// What a process did against the limits or the sandbox of its builder, and died of.
///
/// [`Death::violation`](crate::Death::violation) returns it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Violation {
    /// The sandbox does not allow a system call that the process made.
    ///
    /// The process itself reports the call, so a process in the wrong hands may report another one.
    #[non_exhaustive]
    SystemCall {
        /// The number of the call on this architecture.
        number: u32,
        /// The name of the call, such as `"socket"`; `None` if the number is that of no call.
        name: Option<&'static str>,
        /// The arguments, as the registers held them.
        arguments: [u64; 6],
    },
    /// The sandbox ended the process for a system call that the process could not report: it was
    /// made while all signals were blocked, or it is a call of another architecture.
    UnknownSystemCall,
    /// An allocation failed under the builder's `memory_limit`, and the process aborted.
    #[non_exhaustive]
    OutOfMemory {
        /// The limit in bytes.
        limit: u64,
    },
    /// The process used the processor time of the builder's `cpu_time_limit`.
    #[non_exhaustive]
    CpuTime {
        /// The limit.
        limit: Duration,
    },
}

impl Violation {
    /// Returns the cause of a death by this violation.
    pub(crate) fn cause(&self) -> Cause {
        match self {
            Self::SystemCall { .. } | Self::UnknownSystemCall => Cause::Sandbox,
            Self::OutOfMemory { .. } => Cause::MemoryLimit,
            Self::CpuTime { .. } => Cause::CpuTimeLimit,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SystemCall { number, name, arguments: [first, second, third, ..] } => {
                let name = name.unwrap_or("unknown");
                write!(
                    f,
                    "its sandbox does not allow the system call `{name}` ({number}), made with {first:#x}, {second:#x}, {third:#x}"
                )
            }
            Self::UnknownSystemCall => f.write_str("its sandbox does not allow a system call that it could not report"),
            Self::OutOfMemory { limit } => write!(f, "memory ran out under its `memory_limit` of {}", ByteSize(*limit)),
            Self::CpuTime { limit } => write!(f, "its `cpu_time_limit` of {limit:?} is used up"),
        }
    }
}
