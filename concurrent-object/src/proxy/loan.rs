//! Loans: shared memory of an object that the user fills in place, and passes without a copy.
//!
//! Knows elements; the slots belong to `parent::object`. Invariant: a region behind a [`Loan`] is
//! not written while a handle or a call shares it.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

pub use crate::memory::Plain;
use crate::memory::plain::{as_numbers, as_numbers_mut};
use crate::parent::object::loans::LoanedRegion;

/// Numbers, or other [`Plain`] values, in the shared memory of an object, to be filled in place.
///
/// Declare a struct, such as a pixel, with [`plain!`](crate::plain) first.
///
/// Created by [`Proxy::loan`](crate::Proxy::loan). Its initial content is not specified: zeros, or
/// values from an earlier call. Passing it to a method copies it, as any slice. To pass it without
/// a copy, [`freeze`](Self::freeze) it first.
///
/// A loan occupies one of the object's slots until it is dropped, and one slot is always reserved
/// for calls. So an object with the default of 16 slots lends 15 at a time, and one with `slots(1)`
/// lends none. Leaking a loan leaks its slot and nothing else.
///
/// In a forked copy of the process the memory is not mapped: reading a loan there panics.
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

/// Numbers, or other [`Plain`] values, in the shared memory of an object, which no longer change.
///
/// It dereferences to a slice. A method of *that* object that takes `&[T]`, also nested in other
/// types, gets the slice or a part of it without a copy. It may be passed any number of times, and
/// to several calls at once. Other objects get a copy. Clones share the elements.
pub struct Loan<T> {
    lent: Arc<crate::parent::object::loans::LentRegion>,
    numbers: PhantomData<fn() -> T>,
}

impl<T: Plain> LoanMut<T> {
    pub(crate) fn new(loaned: LoanedRegion) -> Self {
        Self { loaned, numbers: PhantomData }
    }

    /// Makes the elements read-only, so that they may be passed without a copy.
    #[must_use]
    pub fn freeze(self) -> Loan<T> {
        Loan { lent: self.loaned.freeze(), numbers: PhantomData }
    }
}

impl<T: Plain> Loan<T> {
    /// Makes the elements writable again, if no call can still read them and no clone exists. Never
    /// blocks.
    ///
    /// A call can read them until it is answered.
    ///
    /// # Errors
    /// The unchanged handle, if a call or a clone may still read the elements.
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
