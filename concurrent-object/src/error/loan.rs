//! The error of a loan: why shared memory of an object was not lent.
//!
//! Knows nothing of slots or calls but their numbers.

use super::CallError;

/// The error of [`Proxy::loan`](crate::Proxy::loan): shared memory of the object could not be lent.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoanError {
    /// The loan is larger than what a call may carry.
    #[error("a loan of {needed} bytes is larger than the limit of {limit}; raise `max_input_size` of the builder")]
    #[non_exhaustive]
    TooLarge {
        /// The bytes that were requested.
        needed: usize,
        /// The bytes that a slot has.
        limit: usize,
    },
    /// Every slot is lent or holds a call, except the one that is reserved for calls. Drop a loan,
    /// wait for a call, or raise `slots` of the builder.
    #[error(
        "no slot is free for a loan: one of {slots} is reserved for calls; drop a loan, or raise `slots` of the builder"
    )]
    #[non_exhaustive]
    Full {
        /// The number of slots that the object has.
        slots: usize,
    },
    /// The object lives in another program, which has no memory in common with this one. Pass the
    /// list itself.
    #[error("the object lives in another program, which cannot borrow memory of this one; pass the list itself")]
    Elsewhere,
    /// The type was not declared, so the library would copy a loan of it element by element.
    /// Declare it with [`plain!`](crate::plain).
    #[error(
        "lists of `{type_name}` are not known to be plain: write `concurrent_object::plain!({type_name});` next to the type"
    )]
    #[non_exhaustive]
    Undeclared {
        /// The name of the type.
        type_name: &'static str,
    },
    /// The object has ended, or this process is a forked copy of the process that started it.
    #[error(transparent)]
    Gone(CallError),
}
