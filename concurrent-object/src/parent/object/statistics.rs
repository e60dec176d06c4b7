//! Counts an object's calls, and names its methods.
//!
//! Knows only the counts that the state holds, and the names of the identity. Invariant: the
//! library's own calls are not counted.

use std::time::Duration;

use super::Object;
use super::state::ObjectState;
use crate::parent::handle_names;
use crate::process::cpu_time::cpu_time;
use crate::protocol::method::{RELEASE, TRIM};

/// Counts of an object's calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Calls that were accepted since the start.
    pub accepted: u64,
    /// Calls that were accepted and have no outcome yet.
    pub outstanding: usize,
    /// Outstanding calls whose arguments wait in the parent because every slot is in use.
    pub waiting: usize,
    /// Pushed calls whose outcome was not pulled yet.
    pub unpulled: usize,
    /// Snapshots of the object's state that failed since the start: see
    /// [`SnapshotPolicy`](crate::SnapshotPolicy).
    pub unsaved: u64,
    /// Handles to objects that the child keeps.
    pub handles: usize,
    /// The processor time that the present process has used. Zero if it has ended, or if the object
    /// lives in a thread.
    pub cpu_time: Duration,
}

impl Object {
    /// Returns the name of a method, by its number in calls.
    pub(crate) fn method_name(&self, method: u32) -> &'static str {
        let other = || match method {
            TRIM => "trim",
            RELEASE => "release",
            of_a_handle => handle_names::name_of(of_a_handle).unwrap_or_default(),
        };
        self.identity.methods.get(method as usize).copied().unwrap_or_else(other)
    }

    fn cpu_time(&self, state: &ObjectState) -> Duration {
        // The process is not reaped yet, so the id is its own.
        let is_process = state.backend().is_some_and(|backend| backend.own_thread().is_none());
        if is_process { cpu_time(self.pid()).unwrap_or_default() } else { Duration::ZERO }
    }

    /// Returns the counts of the object's calls.
    pub(crate) fn statistics(&self) -> Statistics {
        let state = self.poll();
        Statistics {
            accepted: state.calls.table.accepted() - state.own_calls,
            outstanding: state.calls.table.unsettled(),
            waiting: state.calls.backlog.len(),
            unpulled: state.calls.table.unpulled(),
            unsaved: state.unsaved.count,
            handles: self.live_handles(),
            cpu_time: self.cpu_time(&state),
        }
    }
}
