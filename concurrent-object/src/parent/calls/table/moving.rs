//! Calls that may move to another object before they have started, and those that did.
//!
//! The record of a call that has moved stays until its `Call` is dropped or its outcome is taken,
//! so that the `Call`, its cancellers and the threads that wait for it find it.
//!
//! Knows records; the object moves the arguments. Invariant: only a call of a pool moves, and only
//! while its request is whole: no process has started it.

use super::{CallTable, Owner, Stage};
use crate::error::Started;
use crate::parent::calls::key::CallKey;
use crate::parent::calls::moved::MovedTo;
use crate::parent::calls::timing::Timing;
use crate::parent::calls::waiter::Waiter;
use crate::protocol::method::FIRST_OF_HANDLES;

impl CallTable {
    /// Whether a call may move, provided that no process has started it.
    pub(crate) fn may_move(&self, index: u32) -> bool {
        let record = &self.records[index as usize];
        let has_begun = record.timing.as_deref().is_some_and(|it| it.is_second || it.cancel_request.is_some());
        let waits = matches!(record.stage, Stage::Backlogged | Stage::Sent);
        let is_bound = record.method >= FIRST_OF_HANDLES || !record.references.may_move();
        record.owner == Owner::Pooled && waits && !is_bound && !has_begun
    }

    /// Returns whether the call has started, given whether it has started in this instance. A call
    /// that runs for the second time started in an earlier instance.
    pub(crate) fn had_started(&self, index: u32, in_this_instance: Started) -> Started {
        if self.timing_of(index).is_second { Started::Yes } else { in_this_instance }
    }

    /// Notes that a call in a slot waits in the backlog from now on.
    pub(crate) fn set_backlogged(&mut self, index: u32) {
        self.records[index as usize].stage = Stage::Backlogged;
    }

    /// Notes that another object has the call. Returns what waits for it, and whether this was the
    /// last unsettled call.
    pub(crate) fn set_moved(&mut self, index: u32, to: MovedTo) -> (Option<Waiter>, bool) {
        self.unsettled -= 1;
        let record = &mut self.records[index as usize];
        (record.stage, record.timing) = (Stage::Moved(to), None);
        (record.waiter.take(), self.unsettled == 0)
    }

    /// Returns where a call has moved to.
    pub(crate) fn moved_to(&self, key: CallKey) -> Option<MovedTo> {
        let record = &self.records[key.index as usize];
        match &record.stage {
            Stage::Moved(to) if record.call == key.call => Some(to.clone()),
            _ => None,
        }
    }

    /// Takes over the limits of a call that another object had.
    pub(crate) fn set_timing(&mut self, index: u32, timing: Timing) {
        self.records[index as usize].timing = timing.moves_along().then(|| Box::new(timing));
    }
}
