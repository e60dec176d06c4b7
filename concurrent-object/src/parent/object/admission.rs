//! Admits a call: whether it fits, and whether a slot is free for it.
//!
//! Knows sizes, slots and the backlog. Invariant: a call that waits in the backlog is not
//! overtaken.

use super::Object;
use super::state::ObjectState;
use crate::error::PushErrorKind;
use crate::parent::calls::table::Owner;
use crate::transport::mapped::Lease;
use crate::wire::Extent;

impl Object {
    /// Returns a slot for a new call, unless calls are in the backlog, or a push is beyond its
    /// share.
    pub(crate) fn lease_for_new_call(&self, state: &mut ObjectState, owner: Owner) -> Option<Lease> {
        if self.has_no_share(state, owner) {
            return None;
        }
        if state.calls.backlog.is_empty()
            && let Some(lease) = state.calls.slots.take()
        {
            return Some(lease);
        }
        self.advance(state);
        if state.calls.backlog.is_empty() { self.obtain_lease(state) } else { None }
    }

    pub(crate) fn has_no_share(&self, state: &ObjectState, owner: Owner) -> bool {
        owner == Owner::Pushed && state.calls.table.unpulled() >= self.channel.layout.slots
    }

    pub(crate) fn check_size(&self, structured: &[u8], extent: Extent) -> Result<(), PushErrorKind> {
        let limit = self.channel.layout.input_limit;
        let whole = structured.len() + extent.raw_end;
        if extent.counted > limit {
            return Err(PushErrorKind::TooLarge { needed: extent.counted, limit });
        }
        // A second guard, for a shape that costs more beyond what is counted than the size of the
        // region allows for.
        if whole > self.channel.places.input_region_size {
            return Err(PushErrorKind::TooLarge { needed: whole, limit });
        }
        Ok(())
    }
}
