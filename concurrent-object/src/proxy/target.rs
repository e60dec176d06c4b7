//! What a call does to its proxy: nothing, or, if its method takes the object by value, it is the end of it.

use super::Proxy;
use crate::call::{Reached, Target};

/// A call of a method that borrows the object.
impl<O> Target for &Proxy<O> {
    #[inline]
    fn reached(&self) -> Reached<'_> {
        Reached(&self.link)
    }

    #[inline]
    fn accepted(self) -> bool {
        false
    }
}

/// A call of a method that takes the object by value. If it is refused, the object ends as its proxy does.
impl<O> Target for Proxy<O> {
    fn reached(&self) -> Reached<'_> {
        Reached(&self.link)
    }

    fn accepted(self) -> bool {
        self.link.consume();
        true
    }
}
