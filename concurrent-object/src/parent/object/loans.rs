//! Lends slots to the user: the user fills a slot's input region in place, and any number of calls
//! then reads it without a copy.
//!
//! Problem: the bytes lie in memory that the child maps. Only the parent's own types can keep them
//! unchanged while a call reads them. Naive way: hand out a slice of the slot; the user could then
//! write while the child reads. Way here: the loan owns the slot's one lease. Freezing puts it
//! behind an `Arc`, which each call that reads it holds as well. Only the last holder gets the
//! lease back, to write again or to free the slot. The technique is uniqueness by reference count.
//!
//! Knows leases; knows no types. Invariants: a region that a call may read is not written. The one
//! handle that may write it exists only while no call and no other handle shares the region. At
//! least one slot is never lent.

use std::sync::{Arc, PoisonError, Weak};

use super::Object;
use crate::error::{LoanError, Started};
use crate::parent::calls::references::Retained;
use crate::transport::SlotLease;
use crate::transport::mapped::Lease;
use crate::wire::{ExternalRef, Holder};

/// A lent slot that the user fills.
#[derive(Debug)]
pub(crate) struct LoanedRegion {
    object: Arc<Object>,
    /// `None` only once the loan was dropped.
    lease: Option<Lease>,
    len: usize,
}

/// A lent slot that was filled. Nothing writes it while this is shared.
#[derive(Debug)]
pub(crate) struct LentRegion(LoanedRegion);

impl Retained for LentRegion {}

impl Object {
    /// Lends a slot for `len` bytes of the user. Never blocks.
    pub(crate) fn loan(self: &Arc<Self>, len: usize) -> Result<LoanedRegion, LoanError> {
        if !self.is_ours() {
            return Err(LoanError::Gone(self.forked_copy(None)));
        }
        let limit = self.channel.layout.input_limit;
        if len > limit {
            return Err(LoanError::TooLarge { needed: len, limit });
        }
        let mut state = self.poll();
        if self.is_bridged() {
            return Err(LoanError::Elsewhere);
        }
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

    /// Returns the filled region that these bytes are part of, and their place in it. The caller
    /// borrows the bytes from a handle, so the region is not being given back.
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
        self.object.channel.written(self.lease.as_ref().expect("taken only by drop"), self.len)
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        self.check_ours();
        self.object.channel.filled(self.lease.as_mut().expect("taken only by drop"), self.len)
    }

    /// Ends the filling: from now on the region is only read, and may be shared.
    pub(crate) fn freeze(self) -> Arc<LentRegion> {
        let slot = usize::from(self.lease.as_ref().expect("taken only by drop").slot());
        let object = self.object.clone();
        let region = Arc::new(LentRegion(self));
        let mut lent = object.lent.lock().unwrap_or_else(PoisonError::into_inner);
        let len = lent.len().max(slot + 1);
        lent.resize_with(len, Weak::new);
        lent[slot] = Arc::downgrade(&region);
        region
    }

    /// Panics in a forked copy of the parent, where the memory is not mapped.
    #[inline]
    fn check_ours(&self) {
        assert!(
            self.object.is_ours(),
            "a loan was used in a forked copy of the process that took it, where its memory is not mapped"
        );
    }
}

impl LentRegion {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    /// Returns the region for writing again, unless a call or another handle shares it.
    pub(crate) fn try_into_exclusive(this: Arc<Self>) -> Result<LoanedRegion, Arc<Self>> {
        if this.0.object.is_ours() {
            // A call that was answered reads no more. Receive its reply, so that the call drops its
            // reference.
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
