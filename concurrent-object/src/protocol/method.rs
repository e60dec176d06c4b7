//! Method numbers of the library itself.

/// In place of a method's number: the child shall go on with another input file, and give back what it does not use.
pub(crate) const TRIM: u32 = u32::MAX;
