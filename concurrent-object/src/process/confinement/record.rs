//! The violation record: the words of shared memory in which a child reports of what it dies.
//!
//! A signal handler writes the record, so it may neither allocate nor lock. The child may write
//! anything there. Invariant: the parent uses the words as numbers only.

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Confinement;
use crate::error::{Exit, Violation};

/// The number of words: one cache line.
pub(crate) const WORDS: usize = 8;

/// The first word: which kind of violation, and its number.
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
const KIND_SHIFT: u32 = 32;
pub(super) const NO_MEMORY: u64 = 1;
pub(super) const SYSTEM_CALL: u64 = 2;

/// A record as the parent has read it.
pub(crate) type RecordWords = [u64; WORDS];

/// Child: writes the record. Async-signal-safe. The parent reads it when the process has ended, so
/// the stores need no order.
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(super) fn write(record: &[AtomicU64], kind: u64, number: u32, arguments: [u64; 6]) {
    for (word, argument) in record[1..].iter().zip(arguments) {
        word.store(argument, Ordering::Relaxed);
    }
    record[0].store(kind << KIND_SHIFT | u64::from(number), Ordering::Relaxed);
}

/// What else the parent knows of a process that has ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndedProcess<'e> {
    pub(crate) exit: Exit,
    /// The processor time that it used, if that is known.
    pub(crate) cpu_time: Option<Duration>,
    pub(crate) has_panicked: bool,
    pub(crate) stderr_tail: &'e str,
}

/// Returns what the process did against its limits and died of.
pub(crate) fn violation(confinement: &Confinement, words: RecordWords, ended: EndedProcess<'_>) -> Option<Violation> {
    let signal = ended.exit.signal_name();
    if signal == Some("SIGSYS") && confinement.has_sandbox() {
        return Some(trapped(words));
    }
    if let (Some(limit), "SIGABRT") = (confinement.memory, signal?)
        && !ended.has_panicked
        && (words[0] >> 32 == NO_MEMORY || ended.stderr_tail.contains(ALLOCATION_FAILED))
    {
        return Some(Violation::OutOfMemory { limit });
    }
    let limit = confinement.cpu_time?;
    let has_used_it = ended.cpu_time.is_some_and(|used| used >= limit);
    // The process may handle or block SIGXCPU. Then the kernel kills it a second later.
    (signal == Some("SIGXCPU") || (signal == Some("SIGKILL") && has_used_it)).then_some(Violation::CpuTime { limit })
}

/// Returns what the words of a process say that died of its sandbox.
fn trapped(words: RecordWords) -> Violation {
    let [kind_and_number, arguments @ .., _] = words;
    if kind_and_number >> 32 != SYSTEM_CALL {
        return Violation::UnknownSystemCall;
    }
    let number = (kind_and_number & u64::from(u32::MAX)) as u32;
    system_call(number, arguments)
}

/// Returns the violation by a system call. Its name is the one on this machine.
pub(crate) fn system_call(number: u32, arguments: [u64; 6]) -> Violation {
    Violation::SystemCall { number, name: name_of(number), arguments }
}

#[cfg(all(feature = "sandbox", target_os = "linux"))]
fn name_of(number: u32) -> Option<&'static str> {
    syscalls::Sysno::new(number as usize).map(|call| call.name())
}

#[cfg(not(all(feature = "sandbox", target_os = "linux")))]
fn name_of(_number: u32) -> Option<&'static str> {
    None
}

/// The text that the Rust runtime prints before it aborts for lack of memory.
const ALLOCATION_FAILED: &str = "memory allocation of ";

#[cfg(test)]
mod tests {
    use super::*;

    const ABORTED: EndedProcess<'static> = EndedProcess {
        exit: Exit::Signal { number: 6, core_dumped: false },
        cpu_time: None,
        has_panicked: false,
        stderr_tail: "",
    };

    #[test]
    fn record_is_believed_only_if_it_fits_the_exit_and_the_options() {
        let limited = Confinement { memory: Some(1 << 20), ..Confinement::default() };
        let words = [NO_MEMORY << 32, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(violation(&limited, words, ABORTED), Some(Violation::OutOfMemory { limit: 1 << 20 }));
        assert_eq!(violation(&Confinement::default(), words, ABORTED), None);
        assert_eq!(violation(&limited, [u64::MAX; WORDS], ABORTED), None);
        assert_eq!(violation(&limited, words, EndedProcess { exit: Exit::Code(0), ..ABORTED }), None);
        assert_eq!(violation(&limited, words, EndedProcess { has_panicked: true, ..ABORTED }), None);
        let printed = EndedProcess { stderr_tail: "memory allocation of 7 bytes failed", ..ABORTED };
        assert!(violation(&limited, [0; WORDS], printed).is_some());
    }

    #[test]
    fn kill_counts_as_the_limit_of_processor_time_only_if_that_is_used_up() {
        let limit = Duration::from_secs(2);
        let limited = Confinement { cpu_time: Some(limit), ..Confinement::default() };
        let killed = EndedProcess { exit: Exit::Signal { number: 9, core_dumped: false }, ..ABORTED };
        let used = |seconds| EndedProcess { cpu_time: Some(Duration::from_secs(seconds)), ..killed };
        assert_eq!(violation(&limited, [0; WORDS], used(2)), Some(Violation::CpuTime { limit }));
        assert_eq!(violation(&limited, [0; WORDS], used(1)), None);
        assert_eq!(violation(&limited, [0; WORDS], killed), None);
    }
}
