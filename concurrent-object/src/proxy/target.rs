//! The two targets of a call: a borrowed proxy, or an owned one, which the call ends.
//!
//! Knows nothing of methods. Invariant: an owned proxy is dropped if its last call is refused.

use super::Proxy;
use super::call::{Reached, Target};

/// The target of a method that borrows the object.
impl<O> Target for &Proxy<O> {
    const IS_LAST: bool = false;

    #[inline]
    fn reached(&self) -> Reached<'_> {
        Reached(&self.object)
    }
}

/// The target of a method that takes the object by value. If the call is refused, the proxy is
/// dropped, which ends the object.
impl<O> Target for Proxy<O> {
    const IS_LAST: bool = true;

    fn reached(&self) -> Reached<'_> {
        Reached(&self.object)
    }
}
