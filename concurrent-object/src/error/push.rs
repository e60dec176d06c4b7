//! Why a push was refused.

use std::{error, fmt};

use super::CallError;

/// A push was refused. The object knows nothing of it, and the arguments taken by value are inside.
///
/// It converts into [`Error`](crate::Error), and is itself an error whatever the arguments are, so `?` works on it.
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
///     let refused = divider.push_keep(vec![1, 2, 3]).expect_err("it is gone");
///     let (values,) = refused.into_args();
///     assert_eq!(values, [1, 2, 3]);
///     Ok(())
/// }
/// ```
pub struct PushError<A> {
    kind: PushErrorKind,
    args: A,
}

/// Why a push was refused.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PushErrorKind {
    /// As many calls are under way as there are slots. Pull an outcome, then push again.
    #[error("every call slot is in use; pull an outcome before pushing another call")]
    Full,
    /// The arguments need more room than a call slot has.
    #[error("the arguments need {needed} bytes and the limit is {limit}; raise `max_input_size` of the builder")]
    #[non_exhaustive]
    TooLarge {
        /// Bytes they need.
        needed: usize,
        /// Bytes there are.
        limit: usize,
    },
    /// An argument could not be written as bytes: what its `Serialize` said.
    #[error("{} could not be encoded: {reason}", part_of_arguments(argument))]
    #[non_exhaustive]
    Encode {
        /// The argument's name.
        argument: &'static str,
        /// What was said.
        reason: String,
    },
    /// The object is gone.
    #[error("the object is gone")]
    Gone(#[source] CallError),
    /// The object has died, and its next process is not ready yet ([`RestartPolicy::fail_fast`](crate::RestartPolicy::fail_fast)). Push again later,
    /// or elsewhere.
    #[error("the object is being restarted")]
    Restarting(#[source] CallError),
}

/// An argument, or all of them if none is named.
pub(crate) fn part_of_arguments(argument: &str) -> String {
    if argument.is_empty() { "the list of arguments".to_owned() } else { format!("argument `{argument}`") }
}

impl<A> PushError<A> {
    pub(crate) fn new(kind: PushErrorKind, args: A) -> Self {
        Self { kind, args }
    }

    /// Why.
    #[must_use]
    pub fn kind(&self) -> &PushErrorKind {
        &self.kind
    }

    /// Why, without the arguments.
    #[must_use]
    pub fn into_kind(self) -> PushErrorKind {
        self.kind
    }

    /// The arguments that were taken by value, as a tuple.
    #[must_use]
    pub fn into_args(self) -> A {
        self.args
    }

    /// Whether it was refused only because every slot is in use.
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
