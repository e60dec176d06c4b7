//! Lends regions of an object's shared memory.
//!
//! Knows types and their sizes; the slots belong to `parent::object`. Invariant: only declared
//! plain types are lent.

use std::any::type_name;

use super::Proxy;
use super::loan::{LoanMut, Plain};
use crate::error::LoanError;
use crate::wire;

impl<O> Proxy<O> {
    /// Lends `len` elements of the object's shared memory, to be filled in place and passed without
    /// a copy. Never blocks.
    ///
    /// A loan occupies one of the object's slots until it is dropped; one slot is always reserved
    /// for calls. So `slots(n)` allows n - 1 loans at a time. See [`LoanMut`].
    ///
    /// # Errors
    /// - [`LoanError::Undeclared`] for a type without [`plain!`](crate::plain).
    /// - [`LoanError::TooLarge`] for more bytes than `max_input_size`.
    /// - [`LoanError::Full`] if no slot is free, or calls wait for one.
    /// - [`LoanError::Gone`] if the object has ended.
    pub fn loan<T: Plain>(&self, len: usize) -> Result<LoanMut<T>, LoanError> {
        if !wire::is_declared::<T>() {
            return Err(LoanError::Undeclared { type_name: type_name::<T>() });
        }
        self.object.loan(len.saturating_mul(size_of::<T>())).map(LoanMut::new)
    }
}
