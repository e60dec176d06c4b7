//! The calls of a relayed object that are under way, and those that may have waited for too long.
//!
//! Problem: the object's thread waits for calls in their order, and a call that has waited for too
//! long is settled before those in front of it. Way here: the thread looks for such calls when
//! their time is over. Knows times. Invariant: a call is concluded once.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Moment;
use crate::parent::calls::key::CallKey;

/// The calls under way, by the numbers of the proxy's program.
#[derive(Default)]
pub(super) struct OpenCalls {
    pub(super) calls: BTreeMap<u64, CallKey>,
    /// The calls that may wait for a limited time, and when that is over. They may have an outcome
    /// before those that were sent before them.
    pub(super) limited: BTreeMap<u64, Moment>,
    /// The call that the thread waits for. Only the thread takes its outcome.
    pub(super) awaited: Option<u64>,
    pub(super) is_ready_reported: bool,
    /// Whether the last event was reported, or is about to be.
    pub(super) has_ended: bool,
    pub(super) is_stopping: bool,
}

impl OpenCalls {
    /// Adds a call, or changes how long it may wait.
    pub(super) fn insert(&mut self, call: u64, key: CallKey, wait: Option<Duration>) {
        self.calls.insert(call, key);
        if let Some(wait) = wait {
            self.limited.insert(call, Moment::after(wait));
        }
    }

    /// Returns when a call may have waited for too long.
    pub(super) fn next_limit(&self) -> Option<Moment> {
        self.limited.values().min().copied()
    }
}
