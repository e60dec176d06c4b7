//! Lends an object's shared memory.

use std::any::type_name;

use super::Proxy;
use super::loan::{LoanMut, Plain};
use crate::error::LoanError;
use crate::wire;

impl<O> Proxy<O> {
    /// Lends so many numbers of the object's shared memory, to be filled in place and passed without a copy. Never blocks.
    ///
    /// A loan takes one of the object's slots until it is dropped; one slot is always left for calls. So `slots(n)` makes n - 1 loans
    /// at once. See [`LoanMut`].
    ///
    /// # Errors
    /// [`LoanError::Undeclared`] for a type that lacks [`plain!`](crate::plain), [`LoanError::TooLarge`] beyond `max_input_size`, [`LoanError::Full`] if no slot can be spared, [`LoanError::Gone`] if the
    /// object is gone.
    pub fn loan<T: Plain>(&self, len: usize) -> Result<LoanMut<T>, LoanError> {
        if !wire::is_declared::<T>() {
            return Err(LoanError::Undeclared { type_name: type_name::<T>() });
        }
        self.object.loan(len.saturating_mul(size_of::<T>())).map(LoanMut::new)
    }
}
