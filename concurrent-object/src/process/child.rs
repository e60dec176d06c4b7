//! A child process as its parent sees it: a process id that stays ours, and a descriptor that tells of its end.
//!
//! Knows one process. Signals go through the descriptor, so they cannot hit a stranger that got the same id later.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal, waitid};

/// A child that was made by this process.
#[derive(Debug)]
pub(crate) struct Child {
    pid: Pid,
    /// Nothing if the child was dead, and reaped by somebody else, before we could look.
    pidfd: Option<OwnedFd>,
}

impl Child {
    /// Watches a child that was just made and not yet waited for.
    pub(crate) fn watched(pid: u32) -> io::Result<Self> {
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(Errno::SRCH)?;
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(pidfd) => Ok(Self { pid, pidfd: Some(pidfd) }),
            Err(Errno::SRCH) => Ok(Self { pid, pidfd: None }),
            Err(error) => {
                // Nobody would ever know of its end, so it must not live. It is our unreaped child, so the id is its own.
                let _gone_already = rustix::process::kill_process(pid, Signal::KILL);
                let _reaped_elsewhere = rustix::process::waitpid(Some(pid), rustix::process::WaitOptions::empty());
                Err(error.into())
            }
        }
    }

    /// A child that nobody watches, for where process descriptors are not to be had.
    #[cfg(test)]
    pub(crate) fn unwatched() -> Self {
        Self { pid: rustix::process::getpid(), pidfd: None }
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
        match poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })) {
            // The limit of descriptors is 0.
            Err(Errno::INVAL) => {
                let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
                matches!(waitid(WaitId::PidFd(pidfd.as_fd()), options), Ok(Some(_)) | Err(Errno::CHILD))
            }
            ended => ended == Ok(1),
        }
    }

    /// Kills it, whatever it is doing. Nothing happens if it has ended. False if this process may not: one of the two has become another
    /// user.
    pub(crate) fn kill(&self) -> bool {
        let Some(pidfd) = &self.pidfd else { return true };
        // ESRCH: it has ended.
        pidfd_send_signal(pidfd, Signal::KILL) != Err(Errno::PERM)
    }
}
