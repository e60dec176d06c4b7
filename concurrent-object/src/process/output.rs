//! Where a child's standard output and standard error go.
//!
//! Knows files and pipes; what is read from a pipe, and by whom, is in `capture` and `reader`. Invariant: whatever is opened
//! here closes on exec, and a child gets it as the one stream that it is for.

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

/// Where what a child prints goes: the builder's options `stdout` and `stderr`.
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
    /// To where the parent's goes.
    #[default]
    Inherit,
    /// Nowhere.
    Null,
    /// To the end of this file, which is made if there is none.
    File(PathBuf),
    /// Line by line to `tracing`, in the parent: target `concurrent_object::output`, with the fields `name`, `pid` and `stream`; standard
    /// output at level `INFO`, standard error at `WARN`. Of standard error the last 4 KiB are kept besides, for
    /// [`Death::stderr_tail`](crate::Death::stderr_tail).
    ///
    /// One thread of the parent reads the lines of all objects. It never makes the child wait for longer than the subscriber takes
    /// for a line: at most 1 MiB waits to be told, what comes on top of it is left out, and how many lines that were is told. Lines are
    /// cut after 16 KiB, and empty ones are left out. Control characters other than tabs are escaped. When the object has ended, what a process that it has left behind prints is not read any more.
    ///
    /// What the panic hook prints is one event, with the text as its message and the backtrace, if there is one, as a field. That
    /// holds for the hooks that were set before [`init`](crate::init) or by the constructor. Lines that other threads print
    /// meanwhile are in it. Text over 64 KiB is left out, and the event comes after five seconds, whether the hook has returned or not.
    Lines,
}

/// One of the two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Stdout,
    Stderr,
}

/// What a builder wants of both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) stdout: ChildStdio,
    pub(crate) stderr: ChildStdio,
}

/// What a child gets, and what is to be read of it here.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) childs: ForChild,
    pub(crate) pipes: Vec<(Which, OwnedFd)>,
}

/// What a child gets: nothing where it inherits the parent's stream.
#[derive(Debug)]
pub(crate) struct ForChild {
    pub(crate) stdout: Option<OwnedFd>,
    pub(crate) stderr: Option<OwnedFd>,
}

impl Wanted {
    /// Opens files and makes pipes.
    pub(crate) fn open(&self) -> Result<Opened, StartError> {
        let mut pipes = Vec::new();
        let stdout = self.stdout.open(Which::Stdout, &mut pipes)?;
        let stderr = self.stderr.open(Which::Stderr, &mut pipes)?;
        Ok(Opened { childs: ForChild { stdout, stderr }, pipes })
    }
}

impl Wanted {
    /// Whether marks in standard error are read: here, or by the one who reads the standard error of this process.
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

/// Opens it without waiting for anybody, which a named pipe without a reader would do: that is an error. Writing to it does wait.
fn open_at_once(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
    let file = File::options().append(true).create(true).custom_flags(flags).open(path)?;
    let flags = rustix::fs::fcntl_getfl(&file).naming("fcntl(F_GETFL)")?;
    rustix::fs::fcntl_setfl(&file, flags - OFlags::NONBLOCK).naming("fcntl(F_SETFL)")?;
    Ok(file)
}

/// Only our end does not block: the child may rely on it that its own does.
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
