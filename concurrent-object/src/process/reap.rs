//! Reaps a child that has exited. Only `end` waits for the exit, for at most a second.
//!
//! Problem: if a debugger or `strace` traces the child, the kernel reports the exit to the tracer
//! first. Until the tracer detaches, `waitid` in the parent returns nothing, although the process
//! is dead. A parent that waited would block for as long as the debugger stands at its prompt. So
//! the parent asks for the status once, without blocking. If the kernel does not return it, the
//! parent reads it from `/proc`. In that case a separate thread waits for the tracer, so that no
//! zombie stays.
//!
//! Invariant: this file asks only for the given child, by its descriptor, or by its id while it is
//! unreaped. So it takes no other child's status.

use std::ffi::c_int;
use std::fs;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::child::Child;
pub(crate) use super::wait_status::Reaped;
use super::wait_status::{Waited, decoded, reap_later, wait};
use crate::error::exit::Exit;

/// Reaps a child that has exited. Never blocks: a separate thread reaps a child that a tracer
/// holds.
pub(crate) fn reap(child: &Child) -> Reaped {
    let Some(pidfd) = child.pidfd() else { return Reaped::UNKNOWN };
    child.kill_group();
    match wait(pidfd, child.pid(), libc::WNOHANG) {
        Waited::Reaped(reaped) => reaped,
        Waited::Gone => Reaped::UNKNOWN,
        Waited::NotYet => {
            let shown =
                Reaped { exit: shown_exit(child.pid()), peak_memory: None, cpu_time: None, held_by: child.tracer() };
            reap_later(pidfd, child.pid());
            shown
        }
    }
}

/// Kills a child to which nothing refers, and reaps it when it has exited. Never blocks.
pub(crate) fn dispose(child: &Child) {
    child.kill();
    child.kill_group();
    if let Some(pidfd) = child.pidfd() {
        reap_later(pidfd, child.pid());
    }
}

/// Kills a child, waits up to `GONE_WITHIN` for its end, and reaps it. A child that a tracer holds
/// is reaped later. Must not be called under a lock.
pub(crate) fn end(child: &Child) {
    child.kill();
    let Some(pidfd) = child.pidfd() else { return };
    // Whatever ended the wait, the status is asked for without waiting again.
    let _ended = poll(&mut [PollFd::from_borrowed_fd(pidfd, PollFlags::IN)], Some(&GONE_WITHIN));
    reap(child);
}

/// A process that was sent SIGKILL and is not traced exits within milliseconds.
const GONE_WITHIN: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// Returns how a zombie has ended, as `/proc` shows it. It shows 0 also if this process has no
/// permission, so 0 means unknown.
fn shown_exit(pid: u32) -> Exit {
    /// Field 52 of the manual page; the state, the first field after the name, is field 3.
    const STATUS: usize = 52 - 3;
    let stat = fs::read(format!("/proc/{pid}/stat")).unwrap_or_default();
    let stat = String::from_utf8_lossy(&stat);
    // The name stands in parentheses, and may contain any byte.
    let fields = stat.rsplit_once(") ").map(|(_, fields)| fields.split_whitespace());
    let status = fields.and_then(|mut fields| fields.nth(STATUS)?.parse::<c_int>().ok());
    status.filter(|&status| status != 0).map_or(Exit::Unknown, decoded)
}
