//! A child process as its parent sees it: a process id that stays ours, and a descriptor that tells of its end.
//!
//! Knows one process. Signals go through the descriptor, so they cannot hit a stranger that got the same id later.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::OnceLock;
use std::time::Duration;
use std::{fs, io};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, kill_process, pidfd_open, pidfd_send_signal, waitid,
};

use super::wait_status;
use crate::clock::Moment;
use crate::error::refused::Naming;

/// How long after SIGKILL the kernel is asked for more than the descriptor says. A process that nothing traces is gone by then.
const HELD_AFTER: Duration = Duration::from_millis(20);

/// A child that was made by this process.
#[derive(Debug)]
pub(crate) struct Child {
    pid: Pid,
    /// Nothing if the child was dead, and reaped by something else, before this process could look.
    pidfd: Option<OwnedFd>,
    /// When it was first sent SIGKILL.
    killed: OnceLock<Moment>,
}

impl Child {
    /// Watches a child that was just made and not yet waited for.
    pub(crate) fn watched(pid: u32) -> io::Result<Self> {
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(Errno::SRCH)?;
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(pidfd) => Ok(Self { pid, pidfd: Some(pidfd), killed: OnceLock::new() }),
            Err(Errno::SRCH) => Ok(Self { pid, pidfd: None, killed: OnceLock::new() }),
            Err(error) => {
                // Its end would never be known, so it must not live. It is our unreaped child, so the id is its own.
                let _gone_already = kill_process(pid, Signal::KILL);
                wait_status::reap_by_id(pid.as_raw_nonzero().get().unsigned_abs());
                Err(error).naming("pidfd_open")
            }
        }
    }

    /// A child that nothing watches, for where process descriptors are not to be had.
    #[cfg(test)]
    pub(crate) fn unwatched() -> Self {
        Self { pid: rustix::process::getpid(), pidfd: None, killed: OnceLock::new() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// The descriptor that becomes readable when the child has ended.
    pub(crate) fn pidfd(&self) -> Option<BorrowedFd<'_>> {
        self.pidfd.as_ref().map(OwnedFd::as_fd)
    }

    /// Whether it has ended. Never blocks.
    pub(crate) fn has_ended(&self) -> bool {
        let Some(pidfd) = &self.pidfd else { return true };
        let mut fds = [PollFd::new(pidfd, PollFlags::IN)];
        let ended = match poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })) {
            // The limit of descriptors is 0.
            Err(Errno::INVAL) => {
                let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
                matches!(waitid(WaitId::PidFd(pidfd.as_fd()), options), Ok(Some(_)) | Err(Errno::CHILD))
            }
            ended => ended == Ok(1),
        };
        ended || self.is_dead_and_held()
    }

    /// Whether every thread of a child that was killed is a zombie. The descriptor says nothing of that while a tracer holds the
    /// threads: a debugger at its prompt, say. Such a process runs no code any more, and its memory and descriptors are gone.
    fn is_dead_and_held(&self) -> bool {
        self.killed.get().is_some_and(|killed| killed.elapsed() >= HELD_AFTER) && self.all_threads_are_dead()
    }

    #[cold]
    fn all_threads_are_dead(&self) -> bool {
        let Ok(threads) = fs::read_dir(format!("/proc/{}/task", self.pid())) else { return false };
        let mut count = 0;
        let all = threads.flatten().all(|thread| {
            count += 1;
            // A thread whose file cannot be read has just gone.
            fs::read(thread.path().join("stat")).map_or(true, |stat| is_of_dead(&stat))
        });
        all && count > 0
    }

    /// The process that traces it, if one does.
    pub(crate) fn tracer(&self) -> Option<u32> {
        let status = fs::read(format!("/proc/{}/status", self.pid())).ok()?;
        let status = String::from_utf8_lossy(&status);
        let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"))?;
        tracer.trim().parse().ok().filter(|&tracer| tracer != 0)
    }

    /// Kills it, whatever it is doing. Nothing happens if it has ended. False if this process may not: one of the two has become another
    /// user.
    pub(crate) fn kill(&self) -> bool {
        let Some(pidfd) = &self.pidfd else { return true };
        let sent = match pidfd_send_signal(pidfd, Signal::KILL) {
            // Perhaps a sandbox denies this system call alone. The id is the child's own until it is reaped, which comes after its end.
            Err(Errno::NOSYS | Errno::PERM) if !self.has_ended() => kill_process(self.pid, Signal::KILL),
            sent => sent,
        };
        self.killed.get_or_init(Moment::now);
        // ESRCH: it has ended.
        matches!(sent, Ok(()) | Err(Errno::SRCH))
    }
}

/// Whether the `stat` file of a thread shows a zombie, or one that is just going.
fn is_of_dead(stat: &[u8]) -> bool {
    // The name stands in brackets, and may contain any byte.
    let after_name = stat.iter().rposition(|&byte| byte == b')').map_or(stat.len(), |at| at + 2);
    matches!(stat.get(after_name), Some(b'Z' | b'X'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_a_thread_stands_behind_its_name_whatever_that_is() {
        for (stat, dead) in [
            (&b"7 (a) R b) Z 1 2"[..], true),
            (b"7 (Z) S 1 2", false),
            (b"7 (x) X 1", true),
            (b"7 (x)", false),
            (b"", false),
        ] {
            assert_eq!(is_of_dead(stat), dead, "{}", String::from_utf8_lossy(stat));
        }
    }
}
