//! Takes the exit status of a child that has ended, and never waits for it under a lock.
//!
//! A process that a debugger or `strace` traces is the tracer's first: until the tracer lets go, `waitid` in the parent gives nothing,
//! though the process is dead. Waiting for it would block the parent for as long as somebody sits at a debugger's prompt. So the
//! status is asked for once; if it cannot be had, it is read from `/proc`, and a thread of its own waits for the tracer, so that
//! no zombie stays. Invariant: only our own child is waited for, by its descriptor, so no other child's status is stolen.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::{fs, mem, thread};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::background;
use super::child::Child;
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
    const UNKNOWN: Self = Self { exit: Exit::Unknown, peak_memory: None, held_by: None };
}

/// Reaps a child that has ended. Never blocks: what a tracer holds is reaped later, by a thread of its own.
pub(crate) fn reap(child: &Child) -> Reaped {
    let Some(pidfd) = child.pidfd() else { return Reaped::UNKNOWN };
    match wait(pidfd, child.pid(), libc::WNOHANG) {
        Waited::Reaped(reaped) => reaped,
        Waited::Gone => Reaped::UNKNOWN,
        Waited::NotYet => {
            let shown = Reaped { exit: shown_exit(child.pid()), peak_memory: None, held_by: child.tracer() };
            reap_later(pidfd, child.pid());
            shown
        }
    }
}

/// Kills a child that nothing refers to, and reaps it when it has ended. Never blocks.
pub(crate) fn dispose(child: &Child) {
    child.kill();
    if let Some(pidfd) = child.pidfd() {
        reap_later(pidfd, child.pid());
    }
}

/// The same, and waits for its end, but not for a tracer that holds it. Not to be called under a lock.
pub(crate) fn end(child: &Child) {
    child.kill();
    let Some(pidfd) = child.pidfd() else { return };
    // Whatever ends the wait, the status is asked for without another one.
    let _ended = poll(&mut [PollFd::from_borrowed_fd(pidfd, PollFlags::IN)], Some(&GONE_WITHIN));
    reap(child);
}

/// A process that was sent SIGKILL and that nothing holds is gone in milliseconds.
const GONE_WITHIN: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// The same for one that has no descriptor.
pub(crate) fn reap_by_id(pid: u32) {
    spawn_reaper(move || wait_by_id(pid, 0));
}

/// A thread that waits for this one child. Where there can be none, the zombie stays until this process ends.
fn reap_later(pidfd: BorrowedFd<'_>, pid: u32) {
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

enum Waited {
    Reaped(Reaped),
    NotYet,
    /// It is no child of this process any more.
    Gone,
}

/// One `waitid` with the resources that the process has used, which the C library's function leaves out.
fn wait(pidfd: BorrowedFd<'_>, pid: u32, options: c_int) -> Waited {
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
fn decoded(status: c_int) -> Exit {
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

/// How a zombie has ended, as `/proc` shows it. It shows 0 also where this process may not know: then nothing is known.
fn shown_exit(pid: u32) -> Exit {
    /// The state is field 3 of the manual page; the wait status is field 52.
    const STATUS: usize = 52 - 3;
    let stat = fs::read(format!("/proc/{pid}/stat")).unwrap_or_default();
    let stat = String::from_utf8_lossy(&stat);
    // The name stands in brackets, and may contain any byte.
    let fields = stat.rsplit_once(") ").map(|(_, fields)| fields.split_whitespace());
    let status = fields.and_then(|mut fields| fields.nth(STATUS)?.parse::<c_int>().ok());
    status.filter(|&status| status != 0).map_or(Exit::Unknown, decoded)
}
