//! The method numbers that the library itself uses.
//!
//! The methods of an object are numbered from 0, so these start at the largest number.

/// Asks the child to continue with another input file, and to release the memory that it does not
/// use.
pub(crate) const TRIM: u32 = u32::MAX;
