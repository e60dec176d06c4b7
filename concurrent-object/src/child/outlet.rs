//! Where a method that streams publishes its items.
//!
//! Knows the reply ring and the running call. Invariant: it exists while the call runs.

use std::fmt;

use crate::protocol::notice::Notices;
use crate::transport::ring::{Entry, Producer};

/// The child's end of the reply ring, and the call that it serves.
pub(crate) struct Outlet<'s> {
    pub(crate) replies: &'s mut Producer,
    pub(crate) notices: &'s mut Notices,
    pub(crate) entry: Entry,
}

impl fmt::Debug for Outlet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").field("entry", &self.entry).finish_non_exhaustive()
    }
}
