//! Asks the kernel for the exit status of one child, on the calling thread or on a thread of its own.
//!
//! Knows the system calls `waitid` and `wait4`; knows nothing of `Child`, of tracers, and of when a child has ended. Invariant: no call
//! here can take the status of another child than the one that it names.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::{mem, thread};

use super::background;
use crate::error::exit::Exit;

/// What the kernel says of a child that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reaped {
    pub(crate) exit: Exit,
    /// The most memory that it had at any time, in bytes.
    pub(crate) peak_memory: Option<u64>,
    /// The process that traces it and has not let go of it: it stays a zombie until then.
    pub(crate) held_by: Option<u32>,
}

impl Reaped {
    /// Something else in the parent took the status (SIGCHLD ignored), or the question is denied.
    pub(crate) const UNKNOWN: Self = Self { exit: Exit::Unknown, peak_memory: None, held_by: None };
}

/// Reaps a child that has no descriptor, when it has ended.
pub(crate) fn reap_by_id(pid: u32) {
    spawn_reaper(move || wait_by_id(pid, 0));
}

/// A thread that waits for this one child. Where there can be none, the zombie stays until this process ends.
pub(crate) fn reap_later(pidfd: BorrowedFd<'_>, pid: u32) {
    match pidfd.try_clone_to_owned() {
        Ok(pidfd) => spawn_reaper(move || wait(pidfd.as_fd(), pid, 0)),
        // No descriptor is left. The id is the child's own until it is reaped.
        Err(_) => reap_by_id(pid),
    }
}

fn spawn_reaper(wait: impl FnOnce() -> Waited + Send + 'static) {
    let builder = thread::Builder::new().name("object-reaper".into()).stack_size(64 * 1024);
    let _unreaped = background::spawn_by(builder, move || {
        let _of_no_use_now = wait();
    });
}

pub(crate) enum Waited {
    Reaped(Reaped),
    NotYet,
    /// It is no child of this process any more.
    Gone,
}

/// One `waitid` with the resources that the process has used, which the C library's function leaves out.
pub(crate) fn wait(pidfd: BorrowedFd<'_>, pid: u32, options: c_int) -> Waited {
    // SAFETY: all zero is a value of this record of numbers.
    let mut info: libc::siginfo_t = unsafe { mem::zeroed() };
    // SAFETY: as above.
    let mut used: libc::rusage = unsafe { mem::zeroed() };
    let (kind, fd, options) = (libc::P_PIDFD, pidfd.as_raw_fd(), options | libc::WEXITED);
    loop {
        let (info, used) = (&raw mut info, &raw mut used);
        // SAFETY: both records are of the types that the system call fills in, and outlive it.
        if unsafe { libc::syscall(libc::SYS_waitid, kind, fd, info, options, used) } == 0 {
            break;
        }
        match std::io::Error::last_os_error().raw_os_error() {
            Some(libc::EINTR) => {}
            Some(libc::ENOSYS | libc::EPERM) => return wait_by_id(pid, options & !libc::WEXITED),
            _ => return Waited::Gone,
        }
    }
    // SAFETY: the call above filled the record in, or left it zero, and zero is a number too.
    if unsafe { info.si_pid() } == 0 {
        return Waited::NotYet;
    }
    // SAFETY: as above; for an ended child the record has a status.
    let status = unsafe { info.si_status() };
    let exit = match info.si_code {
        libc::CLD_EXITED => Exit::Code(status),
        code => Exit::signal(status, code == libc::CLD_DUMPED),
    };
    Waited::Reaped(Reaped { exit, peak_memory: peak(&used), held_by: None })
}

/// The same where a sandbox denies `waitid`. The id is the child's own unless something else has reaped it.
fn wait_by_id(pid: u32, options: c_int) -> Waited {
    // SAFETY: all zero is a value of this record of numbers.
    let mut used: libc::rusage = unsafe { mem::zeroed() };
    let mut status = 0;
    loop {
        // SAFETY: both are of the types that the call fills in, and outlive it.
        match unsafe { libc::wait4(pid.cast_signed(), &raw mut status, options, &raw mut used) } {
            0 => return Waited::NotYet,
            -1 if std::io::Error::last_os_error().raw_os_error() == Some(libc::EINTR) => {}
            -1 => return Waited::Gone,
            _ => break,
        }
    }
    Waited::Reaped(Reaped { exit: decoded(status), peak_memory: peak(&used), held_by: None })
}

/// What a wait status says.
pub(crate) fn decoded(status: c_int) -> Exit {
    if libc::WIFSIGNALED(status) {
        Exit::signal(libc::WTERMSIG(status), libc::WCOREDUMP(status))
    } else {
        Exit::Code(libc::WEXITSTATUS(status))
    }
}

/// The kernel counts it in units of 1,024 bytes.
fn peak(used: &libc::rusage) -> Option<u64> {
    u64::try_from(used.ru_maxrss).ok().filter(|&peak| peak > 0).map(|peak| peak * 1024)
}
