//! What the processes of an object begin in, and what may change in the parent between two of them: environment and working directory.
//!
//! Knows both as they were when the object was started. The directory is kept as a descriptor, because a path may come to mean
//! another one.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags, fstat, open, stat};
use rustix::process::fchdir;

/// Those of the moment at which they were noted.
#[derive(Debug)]
pub(crate) struct SpawnContext {
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// Nothing where it cannot be opened: then each process begins where the parent is.
    pub(crate) directory: Option<OwnedFd>,
}

impl SpawnContext {
    /// The present ones.
    pub(crate) fn note() -> Self {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Self { environment: std::env::vars_os().collect(), directory: open(".", flags, Mode::empty()).ok() }
    }
}

/// Child: makes this the working directory. One that it is in already is not entered again, which it may have no right to.
pub(crate) fn enter(directory: &OwnedFd) -> io::Result<()> {
    let wanted = fstat(directory)?;
    if stat(".").is_ok_and(|present| (present.st_dev, present.st_ino) == (wanted.st_dev, wanted.st_ino)) {
        return Ok(());
    }
    Ok(fchdir(directory)?)
}
