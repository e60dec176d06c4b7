//! The tag in the header of a reply: what the reply is.
//!
//! Knows nothing of what follows the header.

/// The reply is the result of the method.
pub(crate) const VALUE: u32 = 1;

/// The reply is the failure of the call. The object continues to serve calls.
pub(crate) const FAILURE: u32 = 2;

/// The child skipped the call, since the parent had cancelled it. There is no result.
pub(crate) const SKIPPED: u32 = 3;

/// As `FAILURE`: the child could not open all shared files that the call refers to, but may be able
/// to later.
pub(crate) const LACKING: u32 = 4;

/// Only from a bridge: the call was over its limit in another program. How long it ran follows,
/// and whether it was killed.
pub(crate) const TIMED_OUT: u32 = 6;

/// The method has written all its items. There is no other result.
pub(crate) const ENDED: u32 = 5;
