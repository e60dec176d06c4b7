//! Results that borrow from the object, and are decoded in their owned form.
//!
//! Problem: generated code requires of the owned form that it can be sent. A second requirement on
//! the borrowed form would be reported too, for the same mistake of the user.
//!
//! Way: *autoref specialization*. [`Writable`] is implemented for `&Lent` if the borrowed form can
//! be encoded, [`Unwritable`] for `Lent` in any case. Method lookup removes one reference at a
//! time, so it takes [`Writable`] where it can. Otherwise the call ends compilation with a message.
//! That happens only if the owned form can be encoded and the borrowed form cannot; no type of the
//! standard library is like that.
//!
//! Knows the child's reply; must not know the form of a message.

use serde::Serialize;

use crate::child::{Answer, Reply};
use crate::protocol::failure::Failure;

/// A wrapper of the result: method lookup removes the references around it, and not the result's
/// own.
#[derive(Debug)]
pub struct Lent<'r, T: ?Sized>(pub &'r T);

/// The first choice: the result can be encoded.
pub trait Writable {
    fn send(&self, reply: &mut Reply<'_>) -> Result<(), Failure>;
    fn put(&self, answer: &mut Answer<'_>) -> Result<(), Failure>;
}

impl<T: Serialize + ?Sized> Writable for &Lent<'_, T> {
    #[inline]
    fn send(&self, reply: &mut Reply<'_>) -> Result<(), Failure> {
        reply.send(self.0)
    }

    #[inline]
    fn put(&self, answer: &mut Answer<'_>) -> Result<(), Failure> {
        answer.put(self.0)
    }
}

/// The last choice: the result cannot be encoded, so a call ends compilation.
pub trait Unwritable {
    fn send(&self, reply: &mut Reply<'_>) -> Result<(), Failure>;
    fn put(&self, answer: &mut Answer<'_>) -> Result<(), Failure>;
}

impl<T: ?Sized> Unwritable for Lent<'_, T> {
    fn send(&self, _: &mut Reply<'_>) -> Result<(), Failure> {
        const { refuse::<T>() }
    }

    fn put(&self, _: &mut Answer<'_>) -> Result<(), Failure> {
        const { refuse::<T>() }
    }
}

/// Ends compilation. The condition depends on `T`: an optimising compiler would evaluate a constant
/// without `T` when it compiles this crate, not only where the constant is used.
const fn refuse<T: ?Sized>() -> Result<(), Failure> {
    assert!(size_of::<&T>() == 0, "a borrowed result needs `serde::Serialize`, as its owned form does");
    Ok(())
}
