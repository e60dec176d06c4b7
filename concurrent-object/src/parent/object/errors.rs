//! The facts that an object's errors carry: its name and process, the method, and the call.
//!
//! Knows names and numbers. Invariant: an error names the process that the call ran in, even if the
//! object has another one now.

use super::Object;
use super::state::ObjectState;
use crate::error::{CallError, CallId, CallInfo, Started};

impl Object {
    pub(crate) fn call_info(&self, method: Option<&'static str>, call: Option<u64>, started: Started) -> Box<CallInfo> {
        self.call_info_in(self.pid(), method, call, started)
    }

    /// Does the same for a call that another process of the object may have served.
    pub(crate) fn call_info_in(
        &self,
        pid: u32,
        method: Option<&'static str>,
        call: Option<u64>,
        started: Started,
    ) -> Box<CallInfo> {
        Box::new(CallInfo {
            name: self.identity.name.clone(),
            pid,
            method,
            call: call.map(CallId::new),
            started,
            lives_on: false,
            is_left_behind: false,
        })
    }

    /// Returns the error of every call in a forked copy of the parent.
    pub(crate) fn forked_copy(&self, method: Option<&'static str>) -> CallError {
        CallError::ForkedCopy { info: self.call_info(method, None, Started::No) }
    }

    /// Returns why the object has ended, if it has: the error of a pull without another outcome.
    pub(crate) fn error_of_end(&self, state: &ObjectState) -> Option<CallError> {
        Some(state.phase.end()?.error(self.call_info(None, None, Started::No)))
    }
}
