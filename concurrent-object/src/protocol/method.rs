//! The method numbers that the library itself uses.
//!
//! The methods of an object are numbered from 0, so these start at the largest number.

/// Asks the child to continue with another input file, and to release the memory that it does not
/// use.
pub(crate) const TRIM: u32 = u32::MAX;

/// Tells the child which objects it need not keep for handles any more.
pub(crate) const RELEASE: u32 = u32::MAX - 1;

/// The first number of methods that are called on handles. The child finds the method in the
/// message; the number only tells the parent its name.
pub(crate) const FIRST_OF_HANDLES: u32 = 1 << 31;

/// Whether the library itself makes the call.
pub(crate) fn is_internal(method: u32) -> bool {
    matches!(method, TRIM | RELEASE)
}
