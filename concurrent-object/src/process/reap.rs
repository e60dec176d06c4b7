//! Takes the exit status of a child that has ended, and never waits for it under a lock.
//!
//! A process that a debugger or `strace` traces is the tracer's first: until the tracer lets go, `waitid` in the parent gives nothing,
//! though the process is dead. Waiting for it would block the parent for as long as somebody sits at a debugger's prompt. So the
//! status is asked for once; if it cannot be had, it is read from `/proc`, and a thread of its own waits for the tracer, so that
//! no zombie stays. Invariant: only our own child is waited for, by its descriptor, so no other child's status is stolen.

use std::ffi::c_int;
use std::fs;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::child::Child;
pub(crate) use super::wait_status::Reaped;
use super::wait_status::{Waited, decoded, reap_later, wait};
use crate::error::exit::Exit;

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
