//! The descriptors that a builder hands to each process of its object, by name.
//!
//! Knows names and descriptors; what a name may be is for the builder, and how they travel is for others.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

/// Descriptors for the child. Each process of the object gets copies of them, so they stay open in the parent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inherited(Vec<(String, Arc<OwnedFd>)>);

impl Inherited {
    pub(crate) fn add(&mut self, name: String, descriptor: OwnedFd) {
        self.0.push((name, Arc::new(descriptor)));
    }

    /// Their names, in the order of the descriptors.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    pub(crate) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.0.iter().map(|(_, descriptor)| descriptor.as_fd())
    }
}
