//! The choices for a child's standard output and standard error.
//!
//! Knows no process. `output` opens the streams.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

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
    /// Takes what the child prints to a stream of `Lines`, in place of the log.
    pub(crate) takes: Option<OutputTaker>,
}

/// Takes what a child has printed, as it was read.
#[derive(Clone)]
pub(crate) struct OutputTaker(pub(crate) Arc<TakeOutput>);

type TakeOutput = dyn Fn(Which, &[u8]) + Send + Sync;

impl fmt::Debug for OutputTaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutputTaker").finish_non_exhaustive()
    }
}

impl Which {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}
