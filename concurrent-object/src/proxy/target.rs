//! What a call does to its proxy: nothing, or, if its method takes the object by value, it is the end of it.

use super::Proxy;
use super::call::{Reached, Target};

/// A call of a method that borrows the object.
impl<O> Target for &Proxy<O> {
    const IS_LAST: bool = false;

    #[inline]
    fn reached(&self) -> Reached<'_> {
        Reached(&self.object)
    }
}

/// A call of a method that takes the object by value. If it is refused, the object ends as its proxy does.
impl<O> Target for Proxy<O> {
    const IS_LAST: bool = true;

    fn reached(&self) -> Reached<'_> {
        Reached(&self.object)
    }
}
