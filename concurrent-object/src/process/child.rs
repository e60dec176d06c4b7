//! A child process as its parent sees it: a process id, and a process descriptor (pidfd).
//!
//! Knows one process. The id stays the child's until the parent reaps it. Signals go through the
//! descriptor, so they cannot reach another process that got the same id later.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::OnceLock;
use std::time::Duration;
use std::{fs, io};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, pidfd_open, pidfd_send_signal,
    waitid,
};

use super::parent_death_pipe::ParentDeathPipe;
use super::wait_status;
use crate::clock::Moment;
use crate::error::refused::Naming;

/// How long after SIGKILL `has_ended` begins to read `/proc` too. By then a process that is not
/// traced has exited.
const HELD_AFTER: Duration = Duration::from_millis(20);

/// A child that this process spawned.
#[derive(Debug)]
pub(crate) struct Child {
    pid: Pid,
    /// `None` if the child had exited, and other code had reaped it, before this process opened it.
    pidfd: Option<OwnedFd>,
    /// When the parent first sent it SIGKILL.
    killed: OnceLock<Moment>,
    /// Whether it leads a process group, which ends with it.
    has_group: bool,
    /// Kills the child when this process ends. Set with the child's greeting.
    death_pipe: OnceLock<ParentDeathPipe>,
}

impl Child {
    /// Opens the process descriptor of a child that was just spawned. No code of this library has
    /// waited for the child yet.
    pub(crate) fn watched(pid: u32) -> io::Result<Self> {
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(Errno::SRCH)?;
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(pidfd) => Ok(Self {
                pid,
                pidfd: Some(pidfd),
                killed: OnceLock::new(),
                has_group: false,
                death_pipe: OnceLock::new(),
            }),
            Err(Errno::SRCH) => {
                Ok(Self { pid, pidfd: None, killed: OnceLock::new(), has_group: false, death_pipe: OnceLock::new() })
            }
            Err(error) => {
                // Without a descriptor the parent could not notice the child's end, so the child
                // must not run. The child is not reaped yet, so the id is still its own.
                let _gone_already = kill_process(pid, Signal::KILL);
                wait_status::reap_by_id(pid.as_raw_nonzero().get().unsigned_abs());
                Err(error).naming("pidfd_open")
            }
        }
    }

    /// Returns a child without a descriptor, for systems that give none.
    #[cfg(test)]
    pub(crate) fn unwatched() -> Self {
        Self {
            pid: rustix::process::getpid(),
            pidfd: None,
            killed: OnceLock::new(),
            has_group: false,
            death_pipe: OnceLock::new(),
        }
    }

    /// Notes whether it leads a process group, which ends with it.
    pub(super) fn with_group(self, has_group: bool) -> Self {
        Self { has_group, ..self }
    }

    /// Kills the processes of its group. Does nothing if other code has reaped the child: the
    /// kernel may then have given the number to another group.
    pub(super) fn kill_group(&self) {
        if self.has_group && self.is_unreaped() {
            // An error says that the group has no process left.
            let _gone_already = kill_process_group(self.pid, Signal::KILL);
        }
    }

    fn is_unreaped(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let asked = self.pidfd().map(|pidfd| waitid(WaitId::PidFd(pidfd), options));
        asked.is_some_and(|asked| !matches!(asked, Err(Errno::CHILD)))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Makes the child end when this process does. Called once, with the child's greeting.
    pub(crate) fn end_with(&self, death_pipe: ParentDeathPipe) {
        let _is_first = self.death_pipe.set(death_pipe);
    }

    /// Returns the descriptor that becomes readable when the child has exited.
    pub(crate) fn pidfd(&self) -> Option<BorrowedFd<'_>> {
        self.pidfd.as_ref().map(OwnedFd::as_fd)
    }

    /// Whether it has exited. Never blocks.
    pub(crate) fn has_ended(&self) -> bool {
        let Some(pidfd) = &self.pidfd else { return true };
        let mut fds = [PollFd::new(pidfd, PollFlags::IN)];
        let ended = match poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })) {
            // The limit of open descriptors is 0, so `poll` takes none.
            Err(Errno::INVAL) => {
                let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
                matches!(waitid(WaitId::PidFd(pidfd.as_fd()), options), Ok(Some(_)) | Err(Errno::CHILD))
            }
            ended => ended == Ok(1),
        };
        ended || self.is_dead_and_held()
    }

    /// Whether a killed child has only zombie threads left. The descriptor does not become readable
    /// while a tracer holds the threads, for instance a debugger at its prompt. Such a process runs
    /// no code any more, and its memory and descriptors have been released.
    fn is_dead_and_held(&self) -> bool {
        self.killed.get().is_some_and(|killed| killed.elapsed() >= HELD_AFTER) && self.all_threads_are_dead()
    }

    #[cold]
    fn all_threads_are_dead(&self) -> bool {
        let Ok(threads) = fs::read_dir(format!("/proc/{}/task", self.pid())) else { return false };
        let mut count = 0;
        let all = threads.flatten().all(|thread| {
            count += 1;
            // A thread whose file cannot be read has just exited.
            fs::read(thread.path().join("stat")).map_or(true, |stat| is_of_dead(&stat))
        });
        all && count > 0
    }

    /// Returns the id of the process that traces it, or `None` if it is not traced.
    pub(crate) fn tracer(&self) -> Option<u32> {
        let status = fs::read(format!("/proc/{}/status", self.pid())).ok()?;
        let status = String::from_utf8_lossy(&status);
        let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"))?;
        tracer.trim().parse().ok().filter(|&tracer| tracer != 0)
    }

    /// Sends SIGKILL. Has no effect if the child has exited. Returns false if this process has no
    /// permission, because one of the two processes has changed its user.
    pub(crate) fn kill(&self) -> bool {
        let Some(pidfd) = &self.pidfd else { return true };
        let sent = match pidfd_send_signal(pidfd, Signal::KILL) {
            // A sandbox may deny this system call alone. The id is still the child's own: the
            // parent reaps it only after it has exited.
            Err(Errno::NOSYS | Errno::PERM) if !self.has_ended() => kill_process(self.pid, Signal::KILL),
            sent => sent,
        };
        self.killed.get_or_init(Moment::now);
        // ESRCH: the child has exited.
        matches!(sent, Ok(()) | Err(Errno::SRCH))
    }
}

/// Whether the `stat` file of a thread shows a zombie, or a thread that is being removed.
fn is_of_dead(stat: &[u8]) -> bool {
    // The name stands in parentheses, and may contain any byte.
    let after_name = stat.iter().rposition(|&byte| byte == b')').map_or(stat.len(), |at| at + 2);
    matches!(stat.get(after_name), Some(b'Z' | b'X'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thread_state_is_read_after_any_name() {
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
