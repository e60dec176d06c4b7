//! Where the raw regions of arguments go: into a slot if one is free, and else into the parent's
//! memory.
//!
//! Knows slots, loans and shared files. Invariants: what lies in a loan or a shared file is not
//! copied, and is kept until the call is settled. The last free slot is never taken while code of
//! the user runs: that code may call the same object and wait.

use std::mem;

use super::{LEAST_SHARED_SIZE, RawTarget, Submission};
use crate::parent::calls::table::Owner;
use crate::shared::file::find;
use crate::wire::{ExternalRef, Holder, RawSink};

impl RawSink for Submission<'_> {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        // The encoder counts what does not fit, and `commit` refuses the call.
        let end = offset.saturating_add(bytes.len());
        if end > self.object.channel.places.input_region_size {
            return;
        }
        if matches!(self.room, RawTarget::None) {
            self.reserve();
        }
        match &mut self.room {
            RawTarget::Slot(lease) => drop(self.object.channel.input_region(lease).write(offset, bytes)),
            RawTarget::Parent(raw) => RawSink::write(raw, offset, bytes),
            RawTarget::None | RawTarget::Refused => {}
        }
    }

    fn before_value(&mut self, runs_user_code: bool, raw_end: usize) {
        self.runs_user_code = runs_user_code;
        if runs_user_code && self.has_last_slot {
            self.leave_slot(raw_end);
        }
    }

    fn limit(&self) -> usize {
        self.object.channel.layout.input_limit
    }

    #[inline]
    fn external_ref(&mut self, bytes: &[u8], shared: bool) -> Option<ExternalRef> {
        if let Some((region, place)) = self.object.find_lent(bytes) {
            self.references.hold(region);
            return Some(place);
        }
        if !shared && bytes.len() < LEAST_SHARED_SIZE {
            return None;
        }
        let (file, offset) = find(bytes).filter(|_| !self.object.is_bridged())?;
        Some(ExternalRef { holder: Holder::File(self.references.hold_file(file)?), offset })
    }
}

impl Submission<'_> {
    pub(super) fn reserve(&mut self) {
        let mut state = self.object.lock();
        self.room = match self.object.lease_for_new_call(&mut state, self.owner) {
            Some(lease) if state.calls.slots.has_free() => RawTarget::Slot(lease),
            Some(lease) if !self.runs_user_code => {
                self.has_last_slot = true;
                RawTarget::Slot(lease)
            }
            Some(lease) => {
                state.calls.slots.release(lease);
                RawTarget::Parent(Vec::new())
            }
            None if self.owner == Owner::Pushed => RawTarget::Refused,
            None => RawTarget::Parent(Vec::new()),
        };
    }

    /// Moves what was written to the parent's memory, and releases the slot.
    #[cold]
    fn leave_slot(&mut self, raw_end: usize) {
        self.has_last_slot = false;
        if let RawTarget::Slot(lease) = mem::replace(&mut self.room, RawTarget::None) {
            self.room = RawTarget::Parent(self.object.channel.written(&lease, raw_end).to_vec());
            let mut state = self.object.lock();
            state.calls.slots.release(lease);
            self.object.send_waiting(&mut state);
        }
    }
}
