//! Sets the limits of this process, which is a child.
//!
//! Memory is limited by RLIMIT_DATA: it counts the private writable memory. An address space limit
//! would count the shared files too, whose size the object's options set, and not its needs.
//!
//! Knows the kernel's limits. Invariant: a limit that cannot be set is an error which names the
//! option.

use std::fs;
use std::io;

use bytesize::ByteSize;
use rustix::param::page_size;
use rustix::process::nice;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use super::cpu_timer;
use crate::error::{ConfinementError, LimitOption};
use crate::memory::limits::lower;
use crate::process::confinement::Confinement;
#[cfg(feature = "sandbox")]
use crate::process::signals;

/// Sets all of them. The memory is the last, since the others may allocate.
pub(super) fn set(wanted: &Confinement) -> Result<(), ConfinementError> {
    if let Some(count) = wanted.open_files {
        lower(libc::RLIMIT_NOFILE, count, count).map_err(|error| LimitOption::OpenFilesLimit.refused(error))?;
    }
    if let Some(time) = wanted.cpu_time {
        let seconds = time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0));
        lower(libc::RLIMIT_CPU, seconds, seconds.saturating_add(1))
            .and_then(|()| cpu_timer::arm(time))
            .map_err(|error| LimitOption::CpuTimeLimit.refused(error))?;
    }
    if let Some(increment) = wanted.nice {
        nice(increment).map_err(|error| LimitOption::Nice.refused(be_privileged(error.into())))?;
    }
    if !wanted.cpus.is_empty() {
        run_on(&wanted.cpus)?;
    }
    wanted.memory.map_or(Ok(()), limit_memory)
}

fn be_privileged(error: io::Error) -> String {
    format!("{error}; a negative value needs a privilege of the program (`CAP_SYS_NICE`)")
}

fn run_on(cpus: &[usize]) -> Result<(), ConfinementError> {
    let mut set = CpuSet::new();
    cpus.iter().for_each(|&cpu| set.set(cpu));
    let refused = |reason: String| LimitOption::Cpus.refused(reason);
    let set = sched_setaffinity(None, &set).and_then(|()| sched_getaffinity(None));
    // The kernel ignores processors that do not exist, if at least one exists.
    let granted = set.map_err(|error| refused(format!("none of {cpus:?} is a processor that it may use ({error})")))?;
    match cpus.iter().find(|&&cpu| !granted.is_set(cpu)) {
        Some(cpu) => Err(refused(format!("processor {cpu} does not exist, or the child may not use it"))),
        None => Ok(()),
    }
}

fn limit_memory(bytes: u64) -> Result<(), ConfinementError> {
    let needed = private_memory().unwrap_or(0);
    if needed > bytes {
        let reason = format!(
            "the program has reserved {} before the object is constructed; raise the limit, or let the allocator reserve \
             less (mimalloc does so with `MIMALLOC_ARENA_EAGER_COMMIT=0` in `env`)",
            ByteSize(needed)
        );
        return Err(ConfinementError::TooLittleMemory { limit: bytes, needed, reason });
    }
    lower(libc::RLIMIT_DATA, bytes, bytes).map_err(|error| LimitOption::MemoryLimit.refused(error))
}

/// Returns the private writable memory of this process in bytes, which RLIMIT_DATA limits. The
/// stack of the main thread is included.
fn private_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_ascii_whitespace().nth(5)?.parse().ok()?;
    pages.checked_mul(page_size() as u64)
}

/// Limits the size of files that this process writes: the files for snapshots do not count as its
/// memory. A write beyond the limit fails with EFBIG. By default the kernel would end the process,
/// for a line in a long log too.
#[cfg(feature = "sandbox")]
pub(super) fn limit_files(bytes: u64) -> Result<(), ConfinementError> {
    signals::set_handler(libc::SIGXFSZ, libc::SIG_IGN);
    lower(libc::RLIMIT_FSIZE, bytes, bytes).map_err(|error| LimitOption::MemoryLimit.refused(error))
}
