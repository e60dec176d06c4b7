//! Measures how long the calls of a pool wait and run, if the pool asks for that.
//!
//! Knows the clock and the start time that the child claims. That comes from the kernel's coarse
//! clock, so both times are exact to a few milliseconds.

use std::sync::Arc;

use super::Object;
use super::state::ObjectState;
use crate::clock;
use crate::parent::calls::times::CallTimes;

impl ObjectState {
    /// Notes when a call was submitted, if times are measured.
    #[inline]
    pub(crate) fn note_submission(&mut self, index: u32) {
        if self.times.is_some() {
            self.calls.table.timing_mut(index).submitted_at = Some(clock::now());
        }
    }
}

impl Object {
    /// Has the times of later calls counted there.
    pub(crate) fn measure_times(&self, times: Arc<CallTimes>) {
        self.lock().times = Some(times);
    }

    /// Counts the times of an answered call.
    #[cold]
    pub(crate) fn note_times(&self, state: &ObjectState, slot: u16, index: u32) {
        if let (Some(times), Some(submitted_at)) = (&state.times, state.calls.table.timing_of(index).submitted_at) {
            times.note(submitted_at, self.claimed_start(slot), clock::now());
        }
    }
}
