//! Where a child's standard output and standard error go.
//!
//! Opens the file or makes the pipe that the child gets as one of the two streams. Knows files and
//! pipes. Does not know how the parent reads a pipe: that is in `capture`, `stream` and `reader`.
//! Invariant: every descriptor opened here closes on exec. The child gets it only as the stream
//! that it was opened for.

pub(crate) mod bracket;
pub(crate) mod capture;
#[cfg(feature = "tracing-forward")]
pub(crate) mod forward;
pub(crate) mod group;
pub(crate) mod intake;
pub(crate) mod lines;
pub(crate) mod piece;
pub(crate) mod reader;
pub(crate) mod stream;
pub(crate) mod tail;

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

pub(crate) use self::capture::Captured;
pub(crate) use self::reader::is_reader;
pub use super::streams::ChildStdio;
pub(crate) use super::streams::{OutputTaker, Wanted, Which};
use rustix::fs::OFlags;

use crate::error::StartError;
use crate::error::refused::Naming;

/// The opened streams: what the child gets, and the pipes that the parent reads.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) childs: ForChild,
    pub(crate) pipes: Vec<(Which, OwnedFd)>,
}

/// The streams that a child gets. `None`: the child inherits the parent's stream.
#[derive(Debug)]
pub(crate) struct ForChild {
    pub(crate) stdout: Option<OwnedFd>,
    pub(crate) stderr: Option<OwnedFd>,
}

impl Wanted {
    /// Opens the files and makes the pipes.
    pub(crate) fn open(&self) -> Result<Opened, StartError> {
        let mut pipes = Vec::new();
        let stdout = self.stdout.open(Which::Stdout, &mut pipes)?;
        let stderr = self.stderr.open(Which::Stderr, &mut pipes)?;
        Ok(Opened { childs: ForChild { stdout, stderr }, pipes })
    }
}

impl Wanted {
    /// Whether a process that recognises marks reads the child's standard error. That is this
    /// process, or the parent that reads this process's own standard error.
    pub(crate) fn has_reader(&self) -> bool {
        match self.stderr {
            ChildStdio::Lines => true,
            ChildStdio::Inherit => bracket::has_reader(),
            ChildStdio::Null | ChildStdio::File(_) => false,
        }
    }
}

impl ChildStdio {
    fn open(&self, which: Which, pipes: &mut Vec<(Which, OwnedFd)>) -> Result<Option<OwnedFd>, StartError> {
        match self {
            Self::Inherit => Ok(None),
            Self::Null => {
                let opened = File::options().write(true).open("/dev/null").naming("openat(/dev/null)");
                opened
                    .map(|null| Some(null.into()))
                    .map_err(StartError::system("opening /dev/null for the child's output"))
            }
            Self::File(path) => {
                let opened = open_at_once(path);
                let failed = |source| StartError::OutputFile {
                    option: which.name(),
                    path: path.clone(),
                    source: Arc::new(source),
                };
                opened.map(|file| Some(file.into())).map_err(failed)
            }
            Self::Lines => {
                let (reader, writer) = pipe().map_err(StartError::system("making a pipe for the child's output"))?;
                pipes.push((which, reader));
                Ok(Some(writer))
            }
        }
    }
}

/// Opens the file for appending, without blocking in `open`. A named pipe without a reader would
/// block there; here it is an error. Writes to the file do block.
fn open_at_once(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
    let file = File::options().append(true).create(true).custom_flags(flags).open(path)?;
    let flags = rustix::fs::fcntl_getfl(&file).naming("fcntl(F_GETFL)")?;
    rustix::fs::fcntl_setfl(&file, flags - OFlags::NONBLOCK).naming("fcntl(F_SETFL)")?;
    Ok(file)
}

/// Makes a pipe of which only the parent's end is non-blocking. The child may rely on blocking
/// writes to its own end.
fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = io::pipe().naming("pipe2")?;
    rustix::io::ioctl_fionbio(&reader, true).naming("ioctl(FIONBIO)")?;
    Ok((reader.into(), writer.into()))
}
