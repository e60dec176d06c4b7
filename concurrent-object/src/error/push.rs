//! The error of a push: why it was refused, and the arguments that it gives back.
//!
//! Knows nothing of the arguments' types. Invariant: a refused call had no effect on the object.

use std::{error, fmt};

use super::printable::one_line;
use super::{CallError, CallId};

/// The error of a push. The call was not submitted, and the error holds the arguments that were
/// passed by value.
///
/// It converts into [`Error`](crate::Error). It implements `std::error::Error` for all types of
/// arguments, so `?` works on it.
///
/// # Examples
/// ```
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
///     divider.terminate()?;
///     let refused = divider.push_keep(vec![1, 2, 3]).expect_err("it has ended");
///     let (values,) = refused.into_args();
///     assert_eq!(values, [1, 2, 3]);
///     Ok(())
/// }
/// ```
pub struct PushError<A> {
    kind: PushErrorKind,
    args: A,
}

/// What `push_<method>` returns: the id of the accepted call, or why the call was refused.
pub type PushResult<A> = Result<CallId, PushError<A>>;

/// Why a push was refused.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PushErrorKind {
    /// Every slot is in use. Pull an outcome, then push again.
    #[error("every call slot is in use; pull an outcome before pushing another call")]
    Full,
    /// The arguments need more bytes than the builder's `max_input_size` allows.
    #[error("the arguments need {needed} bytes and the limit is {limit}; raise `max_input_size` of the builder")]
    #[non_exhaustive]
    TooLarge {
        /// The bytes that they need.
        needed: usize,
        /// The bytes that the slot has.
        limit: usize,
    },
    /// An argument could not be encoded: its `Serialize` returned an error.
    #[error("{} could not be encoded: {}", part_of_arguments(argument), one_line(reason))]
    #[non_exhaustive]
    Encode {
        /// The name of the argument.
        argument: &'static str,
        /// The message of the error.
        reason: String,
    },
    /// The object has ended.
    #[error("the object has ended")]
    Gone(#[source] CallError),
    /// The object died, and its next process is not ready yet
    /// ([`RestartPolicy::fail_fast`](crate::RestartPolicy::fail_fast)). Push again later, or to
    /// another object.
    #[error("the object is being restarted")]
    Restarting(#[source] CallError),
}

/// Names an argument in a message, or the whole list if `argument` is empty.
pub(crate) fn part_of_arguments(argument: &str) -> String {
    if argument.is_empty() { "the list of arguments".to_owned() } else { format!("argument `{argument}`") }
}

impl<A> PushError<A> {
    pub(crate) fn new(kind: PushErrorKind, args: A) -> Self {
        Self { kind, args }
    }

    /// Returns why the push was refused.
    #[must_use]
    pub fn kind(&self) -> &PushErrorKind {
        &self.kind
    }

    /// Converts the error into its kind, and drops the arguments.
    #[must_use]
    pub fn into_kind(self) -> PushErrorKind {
        self.kind
    }

    /// Returns the arguments that were passed by value, as a tuple.
    #[must_use]
    pub fn into_args(self) -> A {
        self.args
    }

    /// Returns whether the push was refused only because every slot is in use.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self.kind, PushErrorKind::Full)
    }
}

impl<A> fmt::Debug for PushError<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.kind, f)
    }
}

impl<A> fmt::Display for PushError<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl<A> error::Error for PushError<A> {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        error::Error::source(&self.kind)
    }
}
