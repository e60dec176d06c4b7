//! What the transitions of calls leave to be done after the object's lock is released.
//!
//! Knows wakers, and values whose drop may run user code or take time. Invariant: nothing of it runs under the lock.

use std::os::fd::OwnedFd;
use std::task::Waker;

use super::references::References;

/// Work that the object does once it has released its lock.
#[derive(Default)]
pub(crate) struct CallEffects {
    pub(crate) wake: Vec<Waker>,
    pub(crate) ring_child: bool,
    pub(crate) ring_driver: bool,
    /// What settled calls referred to: dropped.
    pub(crate) references: Vec<References>,
    /// Files that came with replies of abandoned calls: closed.
    pub(crate) received: Vec<Box<[OwnedFd]>>,
}

impl CallEffects {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        let Self { wake, ring_child, ring_driver, references, received } = self;
        !(*ring_child || *ring_driver) && wake.is_empty() && references.is_empty() && received.is_empty()
    }
}
