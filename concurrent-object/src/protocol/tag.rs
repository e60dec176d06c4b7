//! What a reply is: the tag in its header.

/// The reply is what the method returned.
pub(crate) const VALUE: u32 = 1;

/// The reply is why there is no result; the object goes on.
pub(crate) const FAILURE: u32 = 2;

/// No reply: the call was taken back, and the child has passed over it.
pub(crate) const SKIPPED: u32 = 3;

/// As `FAILURE`: the child could not take all shared files that the call refers to, and may be able to later.
pub(crate) const LACKING: u32 = 4;
