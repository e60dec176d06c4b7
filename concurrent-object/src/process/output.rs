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
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use self::capture::Captured;
pub(crate) use self::reader::is_reader;
use rustix::fs::OFlags;

use crate::error::StartError;
use crate::error::refused::Naming;

/// Where a child's standard output or standard error goes: set with the builder's options `stdout`
/// and `stderr`.
///
/// # Examples
/// ```
/// use concurrent_object::ChildStdio;
/// # use concurrent_object::concurrent_object;
/// # struct Divider;
/// # #[concurrent_object]
/// # impl Divider {
/// #     pub fn new() -> Self { Self }
/// #     pub fn divide(&self, a: u64, b: u64) -> u64 { println!("divides {a}"); a / b }
/// # }
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let path = std::env::temp_dir().join(format!("divider-{}.log", std::process::id()));
///     let divider = DividerProxy::builder("divider").stdout(ChildStdio::File(path.clone())).start()?;
///     assert_eq!(divider.divide(42, 6).wait()?, 7);
///     divider.terminate()?;
///     assert_eq!(std::fs::read_to_string(&path)?, "divides 42\n");
///     std::fs::remove_file(path)?;
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChildStdio {
    /// To the same place as the parent's stream. This is the default.
    #[default]
    Inherit,
    /// Nowhere: the output is discarded.
    Null,
    /// Appended to this file, which is created if it does not exist.
    File(PathBuf),
    /// Line by line to `tracing`, in the parent. The target is `concurrent_object::output`, the
    /// fields are `name`, `pid` and `stream`. Standard output has level `INFO`, standard error
    /// `WARN`. The last 4 KiB of standard error are also kept for
    /// [`Death::stderr_tail`](crate::Death::stderr_tail).
    ///
    /// One thread of the parent reads the lines of all objects. It makes a child wait no longer
    /// than the subscriber takes for one line. At most 1 MiB of lines waits to be reported. Further
    /// lines are left out, and their number is reported. Lines are cut after 16 KiB, and empty
    /// lines are left out. Control characters other than tabs are escaped. After the object has
    /// ended, the parent no longer reads what a process left behind by the object prints.
    ///
    /// What the panic hook prints is one event. Its message is the text; the backtrace, if there is
    /// one, is a field. That holds for hooks set before [`init`](crate::init) or by the
    /// constructor. Lines that other threads print at the same time become part of that event. Text
    /// beyond 64 KiB is left out. The event is reported after five seconds even if the hook has not
    /// returned.
    Lines,
}

/// One of the two output streams of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Stdout,
    Stderr,
}

/// What the builder's options ask for, for both streams.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) stdout: ChildStdio,
    pub(crate) stderr: ChildStdio,
}

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

impl Which {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}
