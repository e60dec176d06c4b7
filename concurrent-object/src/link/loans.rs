//! Slots on loan to the user: filled in place, then read by any number of calls without a copy.
//!
//! Knows leases; knows no types. Invariants: an area that a call may read is not written, because whoever could write it (the
//! one handle with its lease) cannot be made while a call or another handle shares it; one slot at least is never lent.

use std::sync::{Arc, PoisonError, Weak};

use super::{Life, Link};
use crate::channel::mapped::Lease;
use crate::error::{LoanError, Started};
use crate::wire::{Elsewhere, Holder};

/// A slot that is being filled.
#[derive(Debug)]
pub(crate) struct Loaned {
    link: Arc<Link>,
    /// Gone when it was handed on.
    lease: Option<Lease>,
    len: usize,
}

/// A slot that was filled, and is not written while this is shared.
#[derive(Debug)]
pub(crate) struct Lent(Loaned);

impl Link {
    /// A slot for so many bytes of the user's. Never blocks.
    pub(crate) fn loan(self: &Arc<Self>, len: usize) -> Result<Loaned, LoanError> {
        if !self.is_ours() {
            return Err(LoanError::Gone(self.forked_copy("")));
        }
        let limit = self.channel.layout.input_limit;
        if len > limit {
            return Err(LoanError::TooLarge { needed: len, limit });
        }
        let mut core = self.touch();
        if let Life::Ended(end) = core.life() {
            return Err(LoanError::Gone(end.error(self.site("", 0, Started::No))));
        }
        let full = LoanError::Full { slots: self.channel.layout.slots };
        if !core.slots.may_lend() || !core.backlog.is_empty() {
            return Err(full);
        }
        let lease = self.obtain_lease(&mut core).ok_or(full)?;
        core.slots.lend();
        Ok(Loaned { link: self.clone(), lease: Some(lease), len })
    }

    /// The filled area that these bytes are a part of. Whoever has the bytes borrows them from a handle, so the area is not
    /// on its way back.
    #[inline]
    pub(super) fn find_lent(&self, bytes: &[u8]) -> Option<(Arc<Lent>, Elsewhere)> {
        let (slot, offset) = self.channel.find_in_input(bytes)?;
        let lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        let area = lent.get(usize::from(slot))?.upgrade()?;
        Some((area, Elsewhere { holder: Holder::Area(slot), offset }))
    }
}

impl Loaned {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.check_ours();
        self.link.channel.written(self.lease.as_ref().expect("gone only when handed on"), self.len)
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        self.check_ours();
        self.link.channel.filled(self.lease.as_mut().expect("gone only when handed on"), self.len)
    }

    /// From now on it is not written, and may be shared.
    pub(crate) fn freeze(self) -> Arc<Lent> {
        let slot = usize::from(self.lease.as_ref().expect("gone only when handed on").slot());
        let link = self.link.clone();
        let area = Arc::new(Lent(self));
        let mut lent = link.lent.lock().unwrap_or_else(PoisonError::into_inner);
        let len = lent.len().max(slot + 1);
        lent.resize_with(len, Weak::new);
        lent[slot] = Arc::downgrade(&area);
        area
    }

    /// In a forked copy of the parent the memory is not mapped.
    #[inline]
    fn check_ours(&self) {
        assert!(
            self.link.is_ours(),
            "a loan was used in a forked copy of the process that took it: its memory is not there"
        );
    }
}

impl Lent {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    /// For writing again, unless a call or another handle shares it.
    pub(crate) fn thaw(this: Arc<Self>) -> Result<Loaned, Arc<Self>> {
        if this.0.link.is_ours() {
            // A call that was answered reads no more: take its answer in, so that it lets go.
            drop(this.0.link.touch());
        }
        Arc::try_unwrap(this).map(|area| area.0)
    }
}

impl Drop for Loaned {
    fn drop(&mut self) {
        let Some(lease) = self.lease.take() else { return };
        if self.link.is_ours() {
            let mut core = self.link.lock();
            core.slots.take_back(lease);
            self.link.fill_slots(&mut core);
        }
    }
}
