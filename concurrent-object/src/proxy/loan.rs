//! An object's shared memory, lent to be filled in place: what lies there already need not be copied to be passed.
//!
//! Knows numbers; the slots are `object`'s. Invariant: what is `Loan` is written by nobody while a handle or a call shares it.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

pub use crate::memory::Plain;
use crate::memory::plain::{as_numbers, as_numbers_mut};
use crate::parent::object::loans::LoanedRegion;

/// Numbers, or other [`Plain`] values, in an object's shared memory, to be filled in place.
///
/// A struct such as a pixel is declared with [`plain!`](crate::plain) first.
///
/// Made by [`Proxy::loan`](crate::Proxy::loan). What is in it at first is not specified: zeros, or numbers from an earlier call.
/// Passing it to a method copies it, as any slice; [`freeze`](Self::freeze) it first.
///
/// A loan takes one of the object's slots until it is dropped, and one slot is always left for calls. So an object with the default
/// of 16 slots lends 15 times at once, and one with `slots(1)` never. Leaking a loan costs its slot and nothing else.
///
/// In a forked copy of the process the memory is not there: looking into it panics.
///
/// # Examples
/// ```
/// # use concurrent_object::concurrent_object;
/// # struct Adder;
/// #[concurrent_object]
/// impl Adder {
///     # pub fn new() -> Self { Self }
///     pub fn sum(&self, values: &[f32]) -> f32 {
///         values.iter().sum()
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let adder = AdderProxy::builder("adder").start()?;
///     let mut loan = adder.loan::<f32>(1000)?;
///     loan.fill(0.5);
///     let lent = loan.freeze();
///     assert_eq!(adder.sum(&lent).wait()?, 500.0); // nothing is copied
///     assert_eq!(adder.sum(&lent[..10]).wait()?, 5.0);
///     let mut loan = lent.try_into_mut().expect("no call can still read it");
///     loan[0] = 1.0;
///     Ok(())
/// }
/// ```
pub struct LoanMut<T> {
    loaned: LoanedRegion,
    numbers: PhantomData<fn() -> T>,
}

/// Numbers in an object's shared memory, which do not change.
///
/// It dereferences to a slice. Where a method of *that* object takes `&[T]`, also nested in other types, the slice or a part of it
/// is passed without a copy, as often as one likes and to several calls at once. Other objects get a copy. Clones share the numbers.
pub struct Loan<T> {
    lent: Arc<crate::parent::object::loans::LentRegion>,
    numbers: PhantomData<fn() -> T>,
}

impl<T: Plain> LoanMut<T> {
    pub(crate) fn new(loaned: LoanedRegion) -> Self {
        Self { loaned, numbers: PhantomData }
    }

    /// From now on the numbers do not change, and may be passed without a copy.
    #[must_use]
    pub fn freeze(self) -> Loan<T> {
        Loan { lent: self.loaned.freeze(), numbers: PhantomData }
    }
}

impl<T: Plain> Loan<T> {
    /// Gives the numbers back for writing, if no call can still read them and no clone is left. Never blocks.
    ///
    /// A call can read them until it is answered.
    ///
    /// # Errors
    /// The same handle, if somebody may still read them.
    pub fn try_into_mut(self) -> Result<LoanMut<T>, Self> {
        match crate::parent::object::loans::LentRegion::try_into_exclusive(self.lent) {
            Ok(loaned) => Ok(LoanMut::new(loaned)),
            Err(lent) => Err(Self { lent, numbers: PhantomData }),
        }
    }
}

impl<T: Plain> Deref for LoanMut<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        as_numbers(self.loaned.bytes())
    }
}

impl<T: Plain> DerefMut for LoanMut<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        as_numbers_mut(self.loaned.bytes_mut())
    }
}

impl<T: Plain> Deref for Loan<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        as_numbers(self.lent.bytes())
    }
}

impl<T> Clone for Loan<T> {
    fn clone(&self) -> Self {
        Self { lent: self.lent.clone(), numbers: PhantomData }
    }
}

impl<T: Plain> fmt::Debug for LoanMut<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoanMut").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl<T: Plain> fmt::Debug for Loan<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loan").field("len", &self.len()).finish_non_exhaustive()
    }
}
