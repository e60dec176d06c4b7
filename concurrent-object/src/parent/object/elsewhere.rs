//! Where an object lives that is in another program.
//!
//! Knows what the bridge has noted. Invariant: errors and reports of an object have the process id
//! that its machine has told, if it has told one.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Object;
use super::state::ObjectState;
use crate::clock;
use crate::error::{CallId, Started};
use crate::parent::calls::key::CallKey;
use crate::parent::calls::table::Stage;
use crate::parent::calls::timing::CancelReason;
use crate::parent::life::backend::Backend;
use crate::parent::life::bridge::BridgeFacts;
use crate::parent::life::phase::KillReason;
use crate::protocol::method::is_internal;
use crate::protocol::remote::{CallLimits, TraceParent};
use crate::transport::call_state::CallPhase;
use crate::transport::header::{Body, Header};

impl Object {
    /// Whether the object lives in another program.
    pub(crate) fn is_bridged(&self) -> bool {
        self.is_bridged
    }

    /// Notes the id of the object's process, if that is on another machine and known.
    pub(crate) fn note_place(&self, backend: Option<&Backend>) {
        if let Some(pid) = backend.and_then(Backend::facts).and_then(BridgeFacts::pid) {
            self.pid.store(pid, Ordering::Relaxed);
        }
    }

    /// Returns the id of the latest process, as far as it is known now.
    pub(crate) fn current_pid(&self) -> u32 {
        // A forked copy may find the lock held.
        if self.is_bridged && self.is_ours() {
            self.note_place(self.lock().backend());
        }
        self.pid()
    }

    /// Returns the span that the present thread is in, if the object is in another program. May run
    /// code of the user.
    #[inline]
    pub(super) fn trace_of_caller(&self) -> Option<TraceParent> {
        if self.is_bridged { self.ask_for_trace() } else { None }
    }

    #[cold]
    fn ask_for_trace(&self) -> Option<TraceParent> {
        self.identity.remote.as_ref()?.traceparent()
    }

    /// Keeps the span of a call's caller, for each life that serves the call.
    #[inline]
    pub(super) fn note_trace(&self, state: &mut ObjectState, key: CallKey, trace: Option<TraceParent>) {
        if trace.is_some() {
            state.calls.table.timing_mut(key.index()).trace = trace;
            self.pass_on_trace(state, key.index());
        }
    }

    /// Has the bridge pass on the span of a call that is in a slot.
    pub(super) fn pass_on_trace(&self, state: &ObjectState, index: u32) {
        if self.is_bridged && state.calls.table.is_sent(index) {
            state.backend().into_iter().for_each(|backend| self.pass_on_trace_to(backend, state, index));
        }
    }

    fn pass_on_trace_to(&self, backend: &Backend, state: &ObjectState, index: u32) {
        if let Some(trace) = state.calls.table.timing_of(index).trace {
            backend.trace(state.calls.table.call_of(index), trace);
        }
    }

    /// Has the next life's bridge, which has not begun, pass on the spans of all calls in slots.
    pub(super) fn pass_on_all_traces(&self, state: &ObjectState, next: &Backend) {
        if self.is_bridged {
            state.calls.sent().iter().for_each(|&(_, index)| self.pass_on_trace_to(next, state, index));
        }
    }

    /// Has the bridge pass on the rest of the time limits of a call that is in a slot. The other
    /// program enforces them.
    pub(crate) fn pass_on_limits(&self, state: &ObjectState, index: u32) {
        let method = state.calls.table.method_of(index);
        if is_internal(method) || !state.calls.table.is_sent(index) {
            return;
        }
        let (timing, limits) = (state.calls.table.timing_of(index), &self.identity.limits);
        let waited = |since| Duration::from_nanos(clock::now().saturating_sub(since));
        let wait = limits.queue_timeout.zip(timing.queued_at).map(|(limit, since)| limit.saturating_sub(waited(since)));
        let left = CallLimits::new(wait, timing.timeout.or(limits.of(method)));
        if left.are_set() {
            state.backend().into_iter().for_each(|backend| backend.limit(state.calls.table.call_of(index), left));
        }
    }

    /// Does that for all calls in slots, which the next process serves.
    pub(crate) fn pass_on_all_limits(&self, state: &ObjectState) {
        if self.is_bridged() {
            state.calls.sent().iter().for_each(|&(_, index)| self.pass_on_limits(state, index));
        }
    }

    /// Receives a call that was over its limit in another program.
    #[cold]
    pub(crate) fn receive_timed_out(
        &self,
        state: &mut ObjectState,
        slot: u16,
        index: u32,
        header: &Header,
    ) -> Result<(), &'static str> {
        let facts = match &header.body {
            Body::Inline(inline) => inline.bytes().split_first_chunk::<8>(),
            Body::InRegion { .. } => None,
        };
        let Some((ran_for, &[was_killed])) = facts.filter(|_| self.is_bridged()) else {
            return Err("a reply of unknown kind");
        };
        let (ran_for, was_killed) = (Duration::from_nanos(u64::from_le_bytes(*ran_for)), was_killed != 0);
        let request = state.calls.table.timing_of(index).cancel_request;
        let (reason, ran_for) =
            request.map_or((CancelReason::TimedOut, ran_for), |request| (request.reason, request.ran_for));
        let is_cancelled = self.phase(state, Some(slot), index) == Some(CallPhase::Cancelled);
        let started = if is_cancelled { Started::No } else { Started::Yes };
        let error = self.ended_early(state, index, reason, ran_for, was_killed, started);
        state.calls.free_slot_of(index, slot);
        state.calls.settle(index, Stage::Failed(error));
        if was_killed {
            let method = self.method_name(state.calls.table.method_of(index));
            let call = CallId::new(state.calls.table.call_of(index));
            self.kill_for(state, KillReason::Abandoned { method, call, reason });
        }
        Ok(())
    }

    /// Returns the name of the object's machine, if it is another one and the object has a
    /// process there.
    #[cfg(feature = "bridge")]
    pub(crate) fn host(&self) -> Option<String> {
        let state = self.lock();
        state.backend()?.facts()?.host().map(str::to_owned)
    }
}
