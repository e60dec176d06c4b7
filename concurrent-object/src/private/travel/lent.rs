//! Results that borrow from the object, and are read in their owned form.
//!
//! Of the owned form it is asked that it can travel; a second report, on the borrowed form, would be about the same mistake.
//! So the compiler finds out by itself, by how many references it has to take away, whether that can be written. If it
//! cannot and the owned form can, which no type of the standard library's does, compiling ends with a message.

use serde::Serialize;

use crate::child::{Answer, Reply};
use crate::protocol::failure::Failure;

/// Keeps references to the result apart from those that the compiler takes away.
#[derive(Debug)]
pub struct Lent<'r, T: ?Sized>(pub &'r T);

/// The result can be written.
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

/// The result cannot be written.
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

/// Ends compiling. It asks for `T`, since a constant that does not depend on it would be evaluated, with optimizations, where
/// this is compiled, and not only where it is used.
const fn refuse<T: ?Sized>() -> Result<(), Failure> {
    assert!(size_of::<&T>() == 0, "a borrowed result needs `serde::Serialize`, as its owned form does");
    Ok(())
}
