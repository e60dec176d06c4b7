//! Asks the kernel for the exit status of one child, on the calling thread or on a separate thread.
//!
//! Knows the system calls `waitid` and `wait4`. Does not know `Child` or tracers, or when a child
//! has exited. Invariant: a call takes no status but that of the child that it names.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::mem;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::Duration;

use super::background;
use crate::error::exit::Exit;

/// What the kernel reports about a child that has exited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reaped {
    pub(crate) exit: Exit,
    /// The largest memory use that it had, in bytes.
    pub(crate) peak_memory: Option<u64>,
    /// The processor time that it used, with that of its own children that it reaped.
    pub(crate) cpu_time: Option<Duration>,
    /// The process that still traces it: the child stays a zombie until the tracer detaches.
    pub(crate) held_by: Option<u32>,
}

impl Reaped {
    /// The status is unknown: other code in the parent took it, the kernel dropped it (SIGCHLD is
    /// ignored), or a sandbox denies the call.
    pub(crate) const UNKNOWN: Self = Self { exit: Exit::Unknown, peak_memory: None, cpu_time: None, held_by: None };
}

/// Reaps a child without a descriptor, on a separate thread, when it has exited.
pub(crate) fn reap_by_id(pid: u32) {
    spawn_reaper(move || wait_by_id(pid, 0));
}

/// Reaps this child on a separate thread, when it has exited. If the thread cannot be created, the
/// zombie stays until this process ends.
pub(crate) fn reap_later(pidfd: BorrowedFd<'_>, pid: u32) {
    match pidfd.try_clone_to_owned() {
        Ok(pidfd) => spawn_reaper(move || wait(pidfd.as_fd(), pid, 0)),
        // No descriptor is free. The id is the child's own until it is reaped.
        Err(_) => reap_by_id(pid),
    }
}

fn spawn_reaper(wait: impl FnOnce() -> Waited + Send + 'static) {
    let _unreaped = background::spawn_with_stack(c"object-reaper", 64 * 1024, move || {
        let _status = wait();
    });
}

pub(crate) enum Waited {
    Reaped(Reaped),
    NotYet,
    /// It is not a child of this process any more.
    Gone,
}

/// Calls `waitid` with the argument for resource use, which the C library's function does not have.
pub(crate) fn wait(pidfd: BorrowedFd<'_>, pid: u32, options: c_int) -> Waited {
    // SAFETY: the record contains only numbers, so all zero is a value of it.
    let mut info: libc::siginfo_t = unsafe { mem::zeroed() };
    // SAFETY: as above.
    let mut used: libc::rusage = unsafe { mem::zeroed() };
    let (kind, fd, options) = (libc::P_PIDFD, pidfd.as_raw_fd(), options | libc::WEXITED);
    loop {
        let (info, used) = (&raw mut info, &raw mut used);
        // SAFETY: both records have the types that the system call fills in, and outlive it.
        if unsafe { libc::syscall(libc::SYS_waitid, kind, fd, info, options, used) } == 0 {
            break;
        }
        match std::io::Error::last_os_error().raw_os_error() {
            Some(libc::EINTR) => {}
            Some(libc::ENOSYS | libc::EPERM) => return wait_by_id(pid, options & !libc::WEXITED),
            _ => return Waited::Gone,
        }
    }
    // SAFETY: the call above filled in the record or left it zero; both are valid numbers.
    if unsafe { info.si_pid() } == 0 {
        return Waited::NotYet;
    }
    // SAFETY: as above; for an exited child the record contains a status.
    let status = unsafe { info.si_status() };
    let exit = match info.si_code {
        libc::CLD_EXITED => Exit::Code(status),
        code => Exit::signal(status, code == libc::CLD_DUMPED),
    };
    Waited::Reaped(Reaped { exit, peak_memory: peak(&used), cpu_time: time(&used), held_by: None })
}

/// Calls `wait4`, for a sandbox that denies `waitid`. The id is the child's own unless other code
/// has reaped it.
fn wait_by_id(pid: u32, options: c_int) -> Waited {
    // SAFETY: the record contains only numbers, so all zero is a value of it.
    let mut used: libc::rusage = unsafe { mem::zeroed() };
    let mut status = 0;
    loop {
        // SAFETY: both have the types that the call fills in, and outlive it.
        match unsafe { libc::wait4(pid.cast_signed(), &raw mut status, options, &raw mut used) } {
            0 => return Waited::NotYet,
            -1 if std::io::Error::last_os_error().raw_os_error() == Some(libc::EINTR) => {}
            -1 => return Waited::Gone,
            _ => break,
        }
    }
    Waited::Reaped(Reaped { exit: decoded(status), peak_memory: peak(&used), cpu_time: time(&used), held_by: None })
}

/// Decodes a wait status.
pub(crate) fn decoded(status: c_int) -> Exit {
    if libc::WIFSIGNALED(status) {
        Exit::signal(libc::WTERMSIG(status), libc::WCOREDUMP(status))
    } else {
        Exit::Code(libc::WEXITSTATUS(status))
    }
}

/// Returns the processor time, in user code and in the kernel.
fn time(used: &libc::rusage) -> Option<Duration> {
    let span = |time: libc::timeval| {
        Some(Duration::new(time.tv_sec.try_into().ok()?, u32::try_from(time.tv_usec).ok()?.checked_mul(1000)?))
    };
    Some(span(used.ru_utime)? + span(used.ru_stime)?)
}

/// Returns the peak memory in bytes. The kernel counts in units of 1,024 bytes.
fn peak(used: &libc::rusage) -> Option<u64> {
    u64::try_from(used.ru_maxrss).ok().filter(|&peak| peak > 0).map(|peak| peak * 1024)
}
