//! The environment and working directory that each process of an object begins with.
//!
//! The parent may change both between two processes of an object, so they are recorded when the
//! object is started. The directory is kept as a descriptor, because a path may later name another
//! directory.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags, fstat, open, stat};
use rustix::process::fchdir;

/// The recorded environment and directory.
#[derive(Debug)]
pub(crate) struct SpawnContext {
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// `None` if it cannot be opened: then each process begins in the parent's present directory.
    pub(crate) directory: Option<OwnedFd>,
}

impl SpawnContext {
    /// Records the present environment and directory.
    pub(crate) fn note() -> Self {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Self { environment: std::env::vars_os().collect(), directory: open(".", flags, Mode::empty()).ok() }
    }
}

/// Child: makes this the working directory. Does nothing if it is the working directory already:
/// the process may have no permission to enter it again.
pub(crate) fn enter(directory: &OwnedFd) -> io::Result<()> {
    let wanted = fstat(directory)?;
    if stat(".").is_ok_and(|present| (present.st_dev, present.st_ino) == (wanted.st_dev, wanted.st_ino)) {
        return Ok(());
    }
    Ok(fchdir(directory)?)
}
