//! Kills a child when its parent ends, even if the child is stopped.
//!
//! Problem: a thread of the child watches the parent (`parent_watch`), but a stopped process runs
//! no thread. `PR_SET_PDEATHSIG` would not do: the kernel sends its signal as soon as the *thread*
//! that spawned the child ends. So the parent makes a pipe, and keeps its write end. The child
//! registers the read end for signal-driven I/O (`O_ASYNC`, with SIGKILL as the signal,
//! `F_SETSIG`). The kernel closes the write end when the parent ends, and thereby sends SIGKILL. A
//! stopped process obeys SIGKILL too.
//!
//! Each child has a pipe of its own. It can open the pipe for writing, and the byte that it writes
//! kills every process that has registered for the pipe.
//!
//! Knows pipes. Invariants: no process but the parent has the write end, and a forked copy closes
//! it at its beginning. The parent writes nothing.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsRawFd, OwnedFd};

use rustix::fs::{Mode, OFlags};

use crate::error::refused::Naming;
use crate::memory::fork::{self, Origin};

/// The write end of a child's pipe. Dropping it kills the child, if the child is not dead yet.
#[derive(Debug)]
pub(crate) struct ParentDeathPipe {
    writer: ManuallyDrop<OwnedFd>,
    origin: Origin,
}

/// `F_SETSIG`, which `libc` does not define for every target.
const F_SETSIG: c_int = 10;

impl ParentDeathPipe {
    /// Makes a pipe. Returns its read end too, which the child gets.
    pub(crate) fn new() -> io::Result<(Self, OwnedFd)> {
        let origin = Origin::here()?;
        let _forks_held_back = fork::hold_forks_back();
        let (reader, writer) = io::pipe().naming("pipe2")?;
        let writer = OwnedFd::from(writer);
        fork::close_in_copies(writer.as_raw_fd());
        Ok((Self { writer: ManuallyDrop::new(writer), origin }, reader.into()))
    }
}

impl Drop for ParentDeathPipe {
    fn drop(&mut self) {
        // A forked copy has closed its descriptor, and the number may be another file's by now.
        if self.origin.is_here() {
            let _forks_held_back = fork::hold_forks_back();
            fork::keep_in_copies(self.writer.as_raw_fd());
            // SAFETY: only this line drops the descriptor, and `self` is not used afterwards.
            unsafe { ManuallyDrop::drop(&mut self.writer) }
        }
    }
}

/// Child: makes the kernel kill this process when its parent is gone. If the setup fails, the child
/// goes on without it. Then a stopped child ends only when it is continued.
pub(crate) fn die_with_parent(end: OwnedFd) {
    // Opening the pipe again gives an open file whose flags no other process shares.
    let path = format!("/proc/self/fd/{}", end.as_raw_fd());
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let Ok(own) = rustix::fs::open(path, flags, Mode::empty()) else { return };
    let (fd, pid) = (own.as_raw_fd(), receiver());
    // The receiver and the signal are set before `O_ASYNC`, so before any signal can be sent.
    let is_set = set(fd, libc::F_SETOWN, pid)
        && set(fd, F_SETSIG, libc::SIGKILL)
        && set(fd, libc::F_SETFL, libc::O_NONBLOCK | libc::O_ASYNC);
    if is_set {
        // It must stay open: the kernel sends no signal for a closed file.
        std::mem::forget(own);
    }
}

/// Returns this process, or its group if it leads one: then the processes that it started end too.
fn receiver() -> c_int {
    let own = rustix::process::getpid().as_raw_nonzero().get();
    // `rustix` panics if the leader of the group is in an outer namespace of process ids: then the
    // group is 0 here.
    // SAFETY: `getpgrp` has no precondition.
    let group = unsafe { libc::getpgrp() };
    if group == own { -own } else { own }
}

fn set(fd: c_int, what: c_int, value: c_int) -> bool {
    // SAFETY: all three commands take a number and touch no memory; a bad descriptor is an error.
    unsafe { libc::fcntl(fd, what, value) == 0 }
}
