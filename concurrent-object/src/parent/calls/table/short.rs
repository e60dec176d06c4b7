//! The records of calls that go the short way: see `calls::short`.
//!
//! Knows records. Invariant: a free record holds nothing to drop, and neither does the record of a
//! plain call.

use std::mem;

use super::{CallKey, CallTable, Owner, References, Stage};

impl CallTable {
    /// Accepts a call that is sent at once and refers to nothing.
    #[inline]
    pub(crate) fn open_sent(&mut self, method: u32, owner: Owner) -> CallKey {
        let Some(&index) = self.free.last() else {
            return self.open(method, owner, Stage::Sent, References::default());
        };
        self.free.truncate(self.free.len() - 1);
        self.last_call += 1;
        self.unsettled += 1;
        let record = &mut self.records[index as usize];
        (record.call, record.method, record.owner) = (self.last_call, method, owner);
        debug_assert!(
            record.waiter.is_none() && record.references.is_empty() && record.timing.is_none(),
            "`settle` emptied the record, or it was plain"
        );
        // A free record holds nothing to drop. Assigning the stage would run drop checks.
        mem::forget(mem::replace(&mut record.stage, Stage::Sent));
        let key = CallKey { index, call: self.last_call };
        if owner == Owner::Pushed {
            self.pushes.push_back(key);
        }
        key
    }

    /// Whether this call is sent, its `Call` takes the outcome, and its record says nothing more.
    #[inline]
    pub(crate) fn is_plain(&self, key: CallKey) -> bool {
        let record = self.record(key);
        matches!(record.stage, Stage::Sent)
            && matches!(record.owner, Owner::Call)
            && record.waiter.is_none()
            && record.timing.is_none()
            && record.references.is_empty()
    }

    /// Frees the record of a plain call whose outcome is taken. Returns its method.
    #[inline]
    pub(crate) fn close_plain(&mut self, key: CallKey) -> u32 {
        self.unsettled -= 1;
        self.free.push(key.index);
        let record = &mut self.records[key.index as usize];
        // It is `Sent`, which holds nothing to drop. Assigning it would run drop checks.
        mem::forget(mem::replace(&mut record.stage, Stage::Free));
        record.method
    }
}
