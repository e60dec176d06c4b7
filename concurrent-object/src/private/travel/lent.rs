//! Results that borrow from the object, and are decoded in their owned form.
//!
//! Problem: generated code requires of the owned form that it can be sent. If it also required this
//! of the borrowed form, the compiler would report one mistake of the user twice.
//!
//! Way: *autoref specialization*. [`Writable`] is implemented for `&Lent` if the borrowed form can
//! be encoded, [`Unwritable`] for `Lent` in any case. Method lookup removes one reference at a
//! time, so it takes [`Writable`] where it can. Otherwise it takes [`Unwritable`], whose methods
//! end compilation with a message. That happens only if the owned form can be encoded and the
//! borrowed form cannot; no type of the standard library is like that.
//!
//! Knows the child's reply; must not know the form of a message.

use serde::Serialize;

use crate::child::{Answer, Reply};
use crate::protocol::failure::Failure;

/// Wraps the result. So method lookup removes the references around the wrapper, and leaves those
/// that the result's own type may have.
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

/// The last choice: the result cannot be encoded, so compilation ends at a call of these methods.
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

/// Ends compilation. The condition depends on `T`. Without that, an optimising compiler would
/// evaluate it when it compiles this crate, and not only where a user's code calls the function.
const fn refuse<T: ?Sized>() -> Result<(), Failure> {
    assert!(size_of::<&T>() == 0, "a borrowed result needs `serde::Serialize`, as its owned form does");
    Ok(())
}
