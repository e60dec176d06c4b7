//! Kills a child when its parent ends, even if the child is stopped.
//!
//! Problem: a thread of the child watches the parent (`parent_watch`), but a stopped process runs
//! no thread. `PR_SET_PDEATHSIG` would not do: the kernel sends its signal as soon as the *thread*
//! that spawned the child ends. So the parent makes one pipe for all children, and keeps its write
//! end. The child registers its read end for signal-driven I/O (`O_ASYNC`, with SIGKILL as the
//! signal, `F_SETSIG`). The kernel closes the write end when the parent ends, and thereby sends
//! SIGKILL. A stopped process obeys SIGKILL too.
//!
//! Knows one pipe. Invariants: no process but the parent has the write end; nothing is ever
//! written.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fs::{Mode, OFlags};

use crate::error::refused::Naming;
use crate::memory::fork::{self, PerProcess};

/// Both ends of the pipe.
#[derive(Debug)]
pub(crate) struct ParentDeathPipe {
    reader: OwnedFd,
    /// The kernel closes it when this process ends, for whatever reason.
    _writer: OwnedFd,
}

static PARENT_DEATH_PIPE: PerProcess<Mutex<Option<Arc<ParentDeathPipe>>>> = PerProcess::new();

/// `F_SETSIG`, which `libc` does not define for every target.
const F_SETSIG: c_int = 10;

impl ParentDeathPipe {
    /// Returns the pipe of this process. A forked copy makes its own pipe, and closes both
    /// inherited ends: an open write end would keep the parent's children alive.
    pub(crate) fn own() -> io::Result<Arc<Self>> {
        let mut pipe = PARENT_DEATH_PIPE.get().lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = &*pipe {
            return Ok(own.clone());
        }
        let _forks_held_back = fork::hold_forks_back();
        let (reader, writer) = io::pipe().naming("pipe2")?;
        fork::close_in_copies([reader.as_raw_fd(), writer.as_raw_fd()]);
        Ok(pipe.insert(Arc::new(Self { reader: reader.into(), _writer: writer.into() })).clone())
    }

    /// Returns the read end, which each child gets.
    pub(crate) fn end(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}

/// Child: makes the kernel kill this process when its parent is gone. If the setup fails, the child
/// goes on without it. Then a stopped child ends only when it is continued.
pub(crate) fn die_with_parent(end: OwnedFd) {
    // All children share the open file behind the received descriptor, and the signal's receiver is
    // a property of the open file. Opening the pipe again gives this process its own open file.
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
    let pid = rustix::process::getpid();
    let own = pid.as_raw_nonzero().get();
    if rustix::process::getpgrp() == pid { -own } else { own }
}

fn set(fd: c_int, what: c_int, value: c_int) -> bool {
    // SAFETY: all three commands take a number and touch no memory; a bad descriptor is an error.
    unsafe { libc::fcntl(fd, what, value) == 0 }
}
