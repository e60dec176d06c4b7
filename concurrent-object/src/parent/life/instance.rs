//! An object's process, with what the parent reads of it.
//!
//! Knows streams and the kernel's count of kills; knows no call and no phase. Invariant: the
//! process descriptor stays open while this value lives.

use crate::descriptor::BorrowedFd;
use crate::parent::threads::supervised::Watched;
use crate::process::child::Child;
use crate::process::oom::Before;
use crate::process::output::Captured;

/// One process of an object, from its spawn until it is reaped.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) child: Child,
    pub(crate) streams: Captured,
    /// The kernel's count of processes killed for lack of memory, taken before this one was
    /// spawned.
    pub(crate) oom_kills: Before,
}

impl Watched for Instance {
    fn pidfd(&self) -> Option<BorrowedFd<'_>> {
        self.child.pidfd()
    }
}
