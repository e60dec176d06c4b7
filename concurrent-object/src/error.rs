//! What can go wrong, one type for each thing that the caller does: starting, pushing, calling.
//!
//! A leaf: knows no other module of ours. Invariant: every error is one readable line, can be sent to other threads, and
//! carries its cause in `source()` only.

mod call;
mod call_info;
mod cause;
mod death;
pub(crate) mod exit;
mod flat;
mod kind;
mod loan;
pub(crate) mod panic;
mod payload;
pub(crate) mod printable;
pub(crate) mod push;
pub(crate) mod refused;
mod remote;
mod shared;
mod start;

pub use self::call::CallError;
pub use self::call_info::{CallInfo, Started};
pub use self::cause::Cause;
pub use self::death::Death;
pub use self::exit::Exit;
pub use self::flat::FlatError;
pub use self::kind::{CallErrorKind, StartErrorKind};
pub use self::loan::LoanError;
pub use self::panic::Panic;
pub use self::payload::Payload;
pub use self::push::{PushError, PushErrorKind};
pub use self::remote::RemoteError;
pub use self::shared::SharedError;
pub use self::start::StartError;

use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;

/// The number of a call: unique for its object, growing in the order in which calls were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(NonZeroU64);

impl CallId {
    /// The number of a call that was accepted.
    pub(crate) fn new(number: u64) -> Self {
        Self(NonZeroU64::new(number).expect("calls are numbered from 1"))
    }

    /// The number itself; the first call of an object is 1.
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

/// Any error of this crate: all others convert into it, so one `?` serves a whole function.
///
/// Its `Debug` is what a `main` that returns it prints: the readable line, and the causes below it.
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
    /// An object could not be started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A push was refused.
    #[error(transparent)]
    Push(#[from] PushErrorKind),
    /// A call has no result.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Memory could not be lent.
    #[error(transparent)]
    Loan(#[from] LoanError),
    /// Memory to be shared could not be made.
    #[error(transparent)]
    Shared(#[from] SharedError),
    /// Memory could not be given back.
    #[error("memory of object \"{name}\" could not be given back{}{}", of_call(*call), hint(*call, source))]
    #[non_exhaustive]
    NotTrimmed {
        /// The object's name.
        name: Arc<str>,
        /// The system call that failed, where it is known.
        call: Option<&'static str>,
        /// What the system said.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// A child did not die even of SIGKILL: it hangs in the kernel, as on a dead network file system, or this process may not kill it.
    #[error("object \"{name}\" (pid {pid}) could not be ended: {reason}")]
    #[non_exhaustive]
    NotEnded {
        /// The object's name.
        name: Arc<str>,
        /// Its process id.
        pid: u32,
        /// What keeps it.
        reason: String,
    },
}

/// Names the system call in a message that says what failed.
fn of_call(call: Option<&'static str>) -> String {
    call.map(|call| format!(" in `{call}`")).unwrap_or_default()
}

/// The remedy where the reason is a limit of this process, or a system call that it may not make.
fn hint(call: Option<&'static str>, error: &std::io::Error) -> &'static str {
    match refused::errno(error) {
        Some(libc::EMFILE) => " (too many open descriptors: raise the limit, `ulimit -n`)",
        Some(libc::EAGAIN) => {
            " (too many processes, or too much locked memory: raise the limit, `ulimit -u` or `ulimit -l`)"
        }
        Some(libc::ENOMEM) => {
            " (no memory or address space is left for it: raise the limit, `ulimit -v`, that of the container or \
             `vm.overcommit_ratio`, or give the object smaller sizes or fewer slots)"
        }
        Some(libc::EPERM | libc::ENOSYS) if call.is_some() => {
            " (a sandbox, such as the seccomp profile of a container, or an old kernel denies this system call)"
        }
        Some(libc::EFBIG) => " (larger than files may be: raise the limit, `ulimit -f`)",
        Some(libc::ETOOMANYREFS) => " (too many descriptors on their way: raise the limit, `ulimit -n`)",
        _ => "",
    }
}

/// What the system said, with the remedy.
pub(crate) fn described(error: &std::io::Error) -> String {
    format!("{error}{}", hint(refused::call(error), error))
}

impl<A> From<PushError<A>> for Error {
    fn from(error: PushError<A>) -> Self {
        Self::Push(error.into_kind())
    }
}

/// What `unwrap` prints, and a `main` that returns an error: all of it, in words.
///
/// A derived `Debug` would print the name of the variant, and not what to do.
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
