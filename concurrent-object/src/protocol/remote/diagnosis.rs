//! What the system says of a process that has died on another machine.
//!
//! Knows numbers. Invariant: a reader may refuse or leave out any of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What the system says of a process that has died: what it used, and what killed it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The peak of its resident set, in bytes.
    pub peak_memory: Option<u64>,
    /// The processor time that it used.
    pub cpu_time: Option<Duration>,
    /// Whether the kernel probably killed it, because memory ran out.
    pub is_out_of_memory: bool,
    /// What it did against its limits or its sandbox, and died of.
    pub violation: Option<RemoteViolation>,
}

/// What a process did against the limits or the sandbox that its machine has set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum RemoteViolation {
    /// It made a system call that its sandbox does not allow.
    SystemCall {
        /// The number of the call.
        number: u32,
        /// The arguments, as the registers held them.
        arguments: [u64; 6],
    },
    /// It made one that it could not report.
    UnknownSystemCall,
    /// An allocation failed under its limit of memory.
    OutOfMemory {
        /// The limit in bytes.
        limit: u64,
    },
    /// It used the processor time that its limit allows.
    CpuTime {
        /// The limit.
        limit: Duration,
    },
}
