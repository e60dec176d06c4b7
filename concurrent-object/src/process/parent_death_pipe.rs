//! What ends a child with its parent even while it is stopped: a pipe whose writing end only the parent has.
//!
//! Knows one pipe for all children of a process. A child has itself sent SIGKILL by the kernel when the writing end is gone, which a
//! stopped process obeys too; its thread that watches the parent could not run. Nothing is ever written.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fs::{Mode, OFlags};

use crate::error::refused::Naming;
use crate::memory::fork::{self, PerProcess};

/// Both ends.
#[derive(Debug)]
pub(crate) struct ParentDeathPipe {
    reader: OwnedFd,
    /// Closed by the kernel when this process ends, however it does.
    _writer: OwnedFd,
}

static PARENT_DEATH_PIPE: PerProcess<Mutex<Option<Arc<ParentDeathPipe>>>> = PerProcess::new();

/// `F_SETSIG`, which `libc` has not for every target.
const F_SETSIG: c_int = 10;

impl ParentDeathPipe {
    /// That of this process. A forked copy makes its own, and closes what it inherited: it would keep its parent's children alive.
    pub(crate) fn own() -> io::Result<Arc<Self>> {
        let mut lifeline = PARENT_DEATH_PIPE.get().lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = &*lifeline {
            return Ok(own.clone());
        }
        let _no_copy_without_knowing_of_it = fork::hold_forks_back();
        let (reader, writer) = io::pipe().naming("pipe2")?;
        fork::close_in_copies([reader.as_raw_fd(), writer.as_raw_fd()]);
        Ok(lifeline.insert(Arc::new(Self { reader: reader.into(), _writer: writer.into() })).clone())
    }

    /// What each child gets.
    pub(crate) fn end(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}

/// Child: from now on the kernel kills this process when its parent is gone. What cannot be set up is done without: then it ends as soon as
/// it runs.
pub(crate) fn hold_on_to(end: OwnedFd) {
    // The descriptor that came is shared with all other children, and whom the kernel tells is a matter of the shared file. Opened
    // anew it is this process's own.
    let path = format!("/proc/self/fd/{}", end.as_raw_fd());
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let Ok(own) = rustix::fs::open(path, flags, Mode::empty()) else { return };
    let (fd, pid) = (own.as_raw_fd(), rustix::process::getpid().as_raw_nonzero().get());
    // Whom the kernel tells, and how, is set before anything can be sent.
    let is_set = set(fd, libc::F_SETOWN, pid)
        && set(fd, F_SETSIG, libc::SIGKILL)
        && set(fd, libc::F_SETFL, libc::O_NONBLOCK | libc::O_ASYNC);
    if is_set {
        // Closed, it would tell nobody.
        std::mem::forget(own);
    }
}

fn set(fd: c_int, what: c_int, value: c_int) -> bool {
    // SAFETY: all three take a number and touch no memory; what is no descriptor is an error.
    unsafe { libc::fcntl(fd, what, value) == 0 }
}
