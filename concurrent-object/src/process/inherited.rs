//! The descriptors that a builder hands to each process of its object, by name.
//!
//! Knows names and descriptors. The builder decides which names are valid; this file does not know
//! how the descriptors travel.

use std::sync::Arc;

use crate::descriptor::{AsFd, BorrowedFd, OwnedFd};

/// Descriptors for the child. Each process of the object gets copies, so the originals stay open in
/// the parent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inherited(Vec<(String, Arc<OwnedFd>)>);

impl Inherited {
    pub(crate) fn add(&mut self, name: String, descriptor: OwnedFd) {
        self.0.push((name, Arc::new(descriptor)));
    }

    /// Returns their names, in the order of the descriptors.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    pub(crate) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.0.iter().map(|(_, descriptor)| descriptor.as_fd())
    }
}
