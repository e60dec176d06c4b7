//! Where the raw regions of arguments go: into a slot if one is free, and else into the parent's
//! memory.
//!
//! Knows slots, loans and shared files. Invariant: what lies in a loan or a shared file is not
//! copied, and is kept until the call is settled.

use super::{LEAST_SHARED_SIZE, RawTarget, Submission};
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
        let (file, offset) = find(bytes)?;
        Some(ExternalRef { holder: Holder::File(self.references.hold_file(file)?), offset })
    }
}
