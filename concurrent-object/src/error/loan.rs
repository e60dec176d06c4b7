//! Why memory could not be lent.

use super::CallError;

/// Shared memory of an object could not be lent.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoanError {
    /// More than one call may carry.
    #[error("a loan of {needed} bytes is larger than the limit of {limit}; raise `max_input_size` of the builder")]
    #[non_exhaustive]
    TooLarge {
        /// Bytes asked for.
        needed: usize,
        /// Bytes there are.
        limit: usize,
    },
    /// Every slot is on loan or has a call in it, but for the one that is always left for calls. Drop a loan, wait for a call,
    /// or raise `slots` of the builder.
    #[error(
        "no slot is free to be lent: of {slots}, one is kept for calls; drop a loan, or raise `slots` of the builder"
    )]
    #[non_exhaustive]
    Full {
        /// Slots there are.
        slots: usize,
    },
    /// The type was not declared, so a loan of it would be copied element by element. Declare it with [`plain!`](crate::plain).
    #[error(
        "lists of `{type_name}` are not known to be plain: write `concurrent_object::plain!({type_name});` next to the type"
    )]
    #[non_exhaustive]
    Undeclared {
        /// Its name.
        type_name: &'static str,
    },
    /// The object is gone, or this is a forked copy of the process that started it.
    #[error(transparent)]
    Gone(CallError),
}
