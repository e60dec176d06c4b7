//! Why an object could not be started.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::printable::one_line;
use super::refused::take_apart;
use super::{Death, Panic};

/// Why an object could not be started, or never came to life.
///
/// # Examples
/// ```
/// use concurrent_object::StartError;
/// # use concurrent_object::concurrent_object;
/// # struct Divider;
/// # #[concurrent_object]
/// # impl Divider {
/// #     pub fn new() -> Self { Self }
/// #     pub fn divide(&self, a: u64, b: u64) -> u64 { a / b }
/// #     pub fn keep(&self, values: Vec<u8>) -> usize { values.len() }
/// # }
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let divider = DividerProxy::builder("divider").start()?;
///     let error = DividerProxy::builder("large").max_input_size("4 parsecs").start().expect_err("no size");
///     assert!(matches!(error, StartError::InvalidSize { .. }));
///     divider.wait_until_ready()?;
///     Ok(())
/// }
/// ```
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The program never called `init()`, so a child would run its `main` from the beginning. No process was made.
    #[error(
        "`concurrent_object::init()` was not called: add it as the first line of `main`, or put \
         `concurrent_object::init_before_main!();` at the top level of a test crate"
    )]
    NotInitialized,
    /// The object's name cannot stand in a process list.
    #[error("the object's name {name:?} is not usable: {reason}")]
    #[non_exhaustive]
    InvalidName {
        /// The name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A variable of the builder's `env` cannot stand in an environment.
    #[error("the environment variable {name:?} is not possible: {reason}")]
    #[non_exhaustive]
    InvalidVariable {
        /// Its name.
        name: OsString,
        /// What is wrong with it, or with its value.
        reason: &'static str,
    },
    /// A descriptor of the builder's `inherit_fd` cannot be found by its name.
    #[error("the descriptor {name:?} cannot be inherited: {reason}")]
    #[non_exhaustive]
    InvalidDescriptor {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A child would not have the privileges that this process has. No process was made.
    #[error("an object's process would not have the privileges of this one: {reason}")]
    #[non_exhaustive]
    Privileges {
        /// Why, and what to do.
        reason: &'static str,
    },
    /// A size is no size.
    #[error(
        "`{option}` is not a size: {text:?}; give bytes as a number, or text such as \"512 KB\", \"4 MB\" or \"1 GiB\""
    )]
    #[non_exhaustive]
    InvalidSize {
        /// The builder's option.
        option: &'static str,
        /// What was given.
        text: String,
    },
    /// No thread can have a stack of this size.
    #[error("`stack_size` of {size} bytes is not possible: {reason}")]
    #[non_exhaustive]
    InvalidStackSize {
        /// The size in bytes.
        size: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A time is no time.
    #[error("`{option}` is not a time: {text:?}; give a `Duration`, or text such as \"250ms\", \"2 s\" or \"1m 30s\"")]
    #[non_exhaustive]
    InvalidTime {
        /// The builder's option.
        option: &'static str,
        /// What was given.
        text: String,
    },
    /// The slots are none, or too many, or together too large for an address space.
    #[error(
        "{slots} slots of {input_size} bytes of input and {output_size} bytes of output are not possible: {reason}"
    )]
    #[non_exhaustive]
    InvalidLayout {
        /// The number of slots.
        slots: usize,
        /// `max_input_size` in bytes.
        input_size: usize,
        /// `max_output_size` in bytes.
        output_size: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// A backing directory, and `prefault`, take their space at once, so the sizes must be said.
    #[error("`backing_dir` and `prefault` take space at once: give `max_input_size` and `max_output_size` with them")]
    SizesNeeded,
    /// The backing directory has no room for the files.
    #[error("{} has no room for the {needed} bytes that the object's files take", directory.display())]
    #[non_exhaustive]
    NoRoom {
        /// The directory.
        directory: PathBuf,
        /// Bytes that both files take.
        needed: usize,
        /// What the system said.
        #[source]
        source: Arc<io::Error>,
    },
    /// A file that the child should print to cannot be opened.
    #[error("`{option}` of the child cannot go to {}: the file cannot be opened{}", path.display(), super::hint(None, source))]
    #[non_exhaustive]
    OutputFile {
        /// The builder's option: `stdout` or `stderr`.
        option: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: Arc<io::Error>,
    },
    /// The object's code is not part of the executable, so a child could not find it: it came from a Rust `dylib`, or the executable is
    /// the dynamic linker, which was told to run the program.
    #[error(
        "`{type_name}` does not live in the executable itself, so a child could not find it: link its crate statically \
         (without `-C prefer-dynamic`, not as a `dylib`), and run the program as itself, not as an argument of the dynamic \
         linker"
    )]
    #[non_exhaustive]
    OutsideExecutable {
        /// The object's type.
        type_name: &'static str,
    },
    /// This process has left its process id namespace for its children (`unshare(CLONE_NEWPID)`, `setns`): an object's process would not
    /// see its parent, and the first one's end would end all others.
    #[error(
        "objects cannot be started from a process whose children are in another process id namespace: fork after \
         `unshare(CLONE_NEWPID)` or `setns`, and start them in the child"
    )]
    OtherPidNamespace,
    /// An argument of the constructor could not be written as bytes, or not read back.
    #[error("argument `{}` of the constructor could not be passed: {}", one_line(argument), one_line(reason))]
    #[non_exhaustive]
    Argument {
        /// The argument's name.
        argument: String,
        /// What was said.
        reason: String,
    },
    /// The system refused something.
    #[error("{doing} failed{}{}", super::of_call(*call), super::hint(*call, source))]
    #[non_exhaustive]
    System {
        /// What was being done.
        doing: &'static str,
        /// The system call that failed, where it is known.
        call: Option<&'static str>,
        /// What the system said.
        #[source]
        source: Arc<io::Error>,
    },
    /// The constructor returned an error, or nothing.
    #[error("the constructor failed: {}", one_line(message))]
    #[non_exhaustive]
    Constructor {
        /// The error's `Display` as it is; this error prints it in one line, with control characters escaped.
        message: String,
        /// The `Display` of each of its sources, outermost first.
        chain: Vec<String>,
    },
    /// The constructor panicked.
    #[error("the constructor panicked: {panic}")]
    #[non_exhaustive]
    ConstructorPanicked {
        /// What it said, and where.
        panic: Panic,
    },
    /// The constructor took longer than the builder's `ready_timeout`; the process was killed.
    #[error("the constructor did not return within {limit:?}, and was killed")]
    #[non_exhaustive]
    ConstructorTimedOut {
        /// `ready_timeout`.
        limit: Duration,
    },
    /// The process died before the object was constructed.
    #[error("{death} during construction")]
    #[non_exhaustive]
    Died {
        /// How.
        death: Arc<Death>,
    },
    /// The object died once more than its builder's `restart` allows.
    #[error("the object died after {count} restarts")]
    #[non_exhaustive]
    RestartsExhausted {
        /// How often it was restarted, within the time that counts.
        count: u32,
        /// The last death.
        #[source]
        last: Arc<Death>,
    },
    /// The child could not take up its work.
    #[error("the child could not begin: {}", one_line(reason))]
    #[non_exhaustive]
    Bootstrap {
        /// What it said.
        reason: String,
    },
    /// The object was ended on request before it was ready.
    #[error("the object was ended on request before it was ready")]
    Ended,
    /// It is not ready yet; it may still be.
    #[error("the object was not ready within {waited:?}")]
    #[non_exhaustive]
    NotReady {
        /// How long was waited.
        waited: Duration,
    },
    /// This process is a forked copy of the one that started the object, and cannot reach it.
    #[error("this process is a forked copy of the one that started the object")]
    ForkedCopy,
}

impl StartError {
    /// Whether the system may have later what it lacks now: descriptors, processes, memory.
    pub(crate) fn is_transient(&self) -> bool {
        let Self::System { source, .. } = self else { return false };
        let lacking = [libc::EMFILE, libc::ENFILE, libc::EAGAIN, libc::ENOMEM, libc::ETOOMANYREFS];
        source.raw_os_error().is_some_and(|errno| lacking.contains(&errno))
    }

    pub(crate) fn system(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| {
            let (call, source) = take_apart(error);
            Self::System { doing, call, source: Arc::new(source) }
        }
    }
}
