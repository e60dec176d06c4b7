//! What the arguments of a call refer to: kept until the call is settled.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use super::loans::Lent;
use crate::shared::file::SharedFile;

/// Areas on loan, and shared files.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) lent: Vec<Arc<Lent>>,
    pub(super) files: Vec<Arc<SharedFile>>,
    /// What came with a reply that nobody wants.
    pub(super) received: Vec<OwnedFd>,
}

impl Held {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.lent.is_empty() && self.files.is_empty() && self.received.is_empty()
    }

    /// Takes over what another one holds.
    #[inline]
    pub(super) fn append(&mut self, other: &mut Self) {
        self.lent.append(&mut other.lent);
        self.files.append(&mut other.files);
        self.received.append(&mut other.received);
    }
}
