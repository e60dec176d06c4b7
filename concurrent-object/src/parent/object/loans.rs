//! Slots on loan to the user: filled in place, then read by any number of calls without a copy.
//!
//! Knows leases; knows no types. Invariants: an area that a call may read is not written, because whoever could write it (the
//! one handle with its lease) cannot be made while a call or another handle shares it; one slot at least is never lent.

use std::sync::{Arc, PoisonError, Weak};

use super::Object;
use crate::error::{LoanError, Started};
use crate::parent::calls::references::Retained;
use crate::transport::SlotLease;
use crate::transport::mapped::Lease;
use crate::wire::{ExternalRef, Holder};

/// A slot that is being filled.
#[derive(Debug)]
pub(crate) struct LoanedRegion {
    object: Arc<Object>,
    /// Gone when it was handed on.
    lease: Option<Lease>,
    len: usize,
}

/// A slot that was filled, and is not written while this is shared.
#[derive(Debug)]
pub(crate) struct LentRegion(LoanedRegion);

impl Retained for LentRegion {}

impl Object {
    /// A slot for so many bytes of the user's. Never blocks.
    pub(crate) fn loan(self: &Arc<Self>, len: usize) -> Result<LoanedRegion, LoanError> {
        if !self.is_ours() {
            return Err(LoanError::Gone(self.forked_copy(None)));
        }
        let limit = self.channel.layout.input_limit;
        if len > limit {
            return Err(LoanError::TooLarge { needed: len, limit });
        }
        let mut state = self.poll();
        if let Some(end) = state.phase.end() {
            return Err(LoanError::Gone(end.error(self.call_info(None, None, Started::No))));
        }
        let full = LoanError::Full { slots: self.channel.layout.slots };
        if !state.calls.slots.may_lend() || !state.calls.backlog.is_empty() {
            return Err(full);
        }
        let lease = self.obtain_lease(&mut state).ok_or(full)?;
        state.calls.slots.lend();
        Ok(LoanedRegion { object: self.clone(), lease: Some(lease), len })
    }

    /// The filled area that these bytes are a part of. Whoever has the bytes borrows them from a handle, so the area is not
    /// on its way back.
    #[inline]
    pub(crate) fn find_lent(&self, bytes: &[u8]) -> Option<(Arc<LentRegion>, ExternalRef)> {
        let (slot, offset) = self.channel.find_in_input(bytes)?;
        let lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        let region = lent.get(usize::from(slot))?.upgrade()?;
        Some((region, ExternalRef { holder: Holder::Region(slot), offset }))
    }
}

impl LoanedRegion {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.check_ours();
        self.object.channel.written(self.lease.as_ref().expect("gone only when handed on"), self.len)
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        self.check_ours();
        self.object.channel.filled(self.lease.as_mut().expect("gone only when handed on"), self.len)
    }

    /// From now on it is not written, and may be shared.
    pub(crate) fn freeze(self) -> Arc<LentRegion> {
        let slot = usize::from(self.lease.as_ref().expect("gone only when handed on").slot());
        let object = self.object.clone();
        let region = Arc::new(LentRegion(self));
        let mut lent = object.lent.lock().unwrap_or_else(PoisonError::into_inner);
        let len = lent.len().max(slot + 1);
        lent.resize_with(len, Weak::new);
        lent[slot] = Arc::downgrade(&region);
        region
    }

    /// In a forked copy of the parent the memory is not mapped.
    #[inline]
    fn check_ours(&self) {
        assert!(
            self.object.is_ours(),
            "a loan was used in a forked copy of the process that took it: its memory is not there"
        );
    }
}

impl LentRegion {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    /// For writing again, unless a call or another handle shares it.
    pub(crate) fn try_into_exclusive(this: Arc<Self>) -> Result<LoanedRegion, Arc<Self>> {
        if this.0.object.is_ours() {
            // A call that was answered reads no more: take its answer in, so that it lets go.
            drop(this.0.object.poll());
        }
        Arc::try_unwrap(this).map(|region| region.0)
    }
}

impl Drop for LoanedRegion {
    fn drop(&mut self) {
        let Some(lease) = self.lease.take() else { return };
        if self.object.is_ours() {
            let mut state = self.object.lock();
            state.calls.slots.end_loan(lease);
            self.object.send_waiting(&mut state);
        }
    }
}
