//! The errors of the crate: one type for each thing that the caller does (starting, pushing,
//! calling, lending, sharing).
//!
//! A leaf: knows no other module of the crate. Invariant: every error prints as one readable line,
//! can be sent to other threads, and shows its cause in `source()` only.

mod call;
mod call_info;
mod cause;
mod confinement;
mod death;
pub(crate) mod exit;
mod flat;
mod handle;
mod kind;
mod loan;
mod lost;
pub(crate) mod panic;
mod payload;
pub(crate) mod printable;
pub(crate) mod push;
pub(crate) mod refused;
mod remote;
mod shared;
mod start;
mod violation;

pub use self::call::CallError;
pub use self::call_info::{CallInfo, Started};
pub use self::cause::Cause;
pub(crate) use self::confinement::{ConfinementError, LimitOption};
pub use self::death::Death;
pub use self::exit::Exit;
pub use self::flat::FlatError;
pub use self::handle::HandleProblem;
pub use self::kind::{CallErrorKind, StartErrorKind};
pub use self::loan::LoanError;
pub use self::lost::LostHost;
pub use self::panic::Panic;
pub use self::payload::Payload;
pub use self::push::{PushError, PushErrorKind, PushResult};
pub use self::remote::RemoteError;
pub use self::shared::SharedError;
pub use self::start::StartError;
pub use self::start::result::StartResult;
pub use self::violation::Violation;

use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;

/// The number of a call. It is unique within its object, and grows in the order in which calls are
/// submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(NonZeroU64);

impl CallId {
    /// Creates the identifier of an accepted call.
    pub(crate) fn new(number: u64) -> Self {
        Self(NonZeroU64::new(number).expect("calls are numbered from 1"))
    }

    /// Returns the number. The first call of an object has the number 1.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Any error of this crate. All others convert into it, so `?` works in a function that starts,
/// pushes and calls.
///
/// Its `Debug` prints the same line as its `Display`, and the causes below it. So a `main` that
/// returns this error prints readable text.
///
/// ```
/// use concurrent_object::{Error, StartError};
///
/// fn start() -> Result<(), Error> {
///     Err(StartError::NotInitialized)?
/// }
/// assert!(matches!(start(), Err(Error::Start(StartError::NotInitialized))));
/// ```
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An object could not be started, or did not become ready.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A push was refused.
    #[error(transparent)]
    Push(#[from] PushErrorKind),
    /// A call has no result.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A loan was refused.
    #[error(transparent)]
    Loan(#[from] LoanError),
    /// Shared memory could not be created.
    #[error(transparent)]
    Shared(#[from] SharedError),
    /// [`Handle::trim`](crate::Handle::trim) could not release memory of an object.
    #[error("the memory of object \"{name}\" could not be released{}{}", of_call(*call), hint(*call, source))]
    #[non_exhaustive]
    NotTrimmed {
        /// The object's name.
        name: Arc<str>,
        /// The system call that failed, if it is known.
        call: Option<&'static str>,
        /// The kernel's error.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// A child did not exit after SIGKILL. Either it hangs in the kernel, for example on an
    /// unreachable network file system, or this process has no permission to kill it. Or the object
    /// lives in a thread, which cannot be killed.
    #[error("object \"{name}\" (pid {pid}) could not be ended: {reason}")]
    #[non_exhaustive]
    NotEnded {
        /// The object's name.
        name: Arc<str>,
        /// The child's process id.
        pid: u32,
        /// Why the child could not be ended.
        reason: String,
    },
}

/// Returns the part of a message that names the failed system call.
fn of_call(call: Option<&'static str>) -> String {
    call.map(|call| format!(" in `{call}`")).unwrap_or_default()
}

/// Returns what to do about the error, if its cause is a limit of this process or a denied system
/// call.
#[cfg(target_os = "linux")]
fn hint(call: Option<&'static str>, error: &std::io::Error) -> &'static str {
    match refused::errno(error) {
        Some(libc::EMFILE) => " (too many open descriptors: raise the limit, `ulimit -n`)",
        Some(libc::EAGAIN) => {
            " (too many processes or threads, no memory for a thread's stack, or too much locked memory: raise the limit, \
             `ulimit -u`, `ulimit -d`, `ulimit -v` or `ulimit -l`)"
        }
        Some(libc::ENOMEM) => {
            " (no memory or address space is left: raise the limit (`ulimit -v`, `ulimit -d`, the limit of the container, or \
             `vm.overcommit_ratio`), or give the object smaller sizes or fewer slots)"
        }
        Some(libc::EPERM | libc::ENOSYS) if call.is_some() => {
            " (a sandbox, such as the seccomp profile of a container, or an old kernel denies this system call)"
        }
        Some(libc::EINVAL) if matches!(call, Some("memfd_create" | "fcntl(F_ADD_SEALS)")) => {
            " (this kernel, or what emulates it, has no sealed memory files: they need Linux 5.1)"
        }
        Some(libc::ENFILE) => " (the system has too many open files: raise the limit, `fs.file-max`)",
        Some(libc::EFBIG) => " (the file size limit was exceeded: raise the limit, `ulimit -f`)",
        Some(libc::ETOOMANYREFS) => " (too many descriptors in flight between processes: raise the limit, `ulimit -n`)",
        _ => "",
    }
}

/// Returns what to do about the error, if it is a lack of memory.
#[cfg(not(target_os = "linux"))]
fn hint(_call: Option<&'static str>, error: &std::io::Error) -> &'static str {
    /// Windows gives this error if the paging file is too small for the memory.
    const COMMITMENT_LIMIT: i32 = 1455;
    let is_limit = cfg!(windows) && error.raw_os_error() == Some(COMMITMENT_LIMIT);
    if is_limit || error.kind() == std::io::ErrorKind::OutOfMemory {
        " (no memory is left: give the object smaller sizes or fewer slots)"
    } else {
        ""
    }
}

/// Returns the kernel's error, and what to do about it.
pub(crate) fn described(error: &std::io::Error) -> String {
    format!("{error}{}", hint(refused::call(error), error))
}

impl<A> From<PushError<A>> for Error {
    fn from(error: PushError<A>) -> Self {
        Self::Push(error.into_kind())
    }
}

/// `Debug` in words: what `unwrap` prints, and a `main` that returns the error.
///
/// A derived `Debug` would print the name of the variant, and not what to do about it.
macro_rules! debug_in_words {
    ($($error:ty),*) => {
        $(impl fmt::Debug for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")?;
                let causes = std::iter::successors(std::error::Error::source(self), |&cause| cause.source());
                causes.into_iter().try_for_each(|cause| write!(f, "\n  caused by: {cause}"))
            }
        })*
    };
}

debug_in_words!(Error, StartError, CallError, PushErrorKind);
