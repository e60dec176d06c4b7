//! Calls that come as bytes from another program, and replies that go there.
//!
//! Knows sizes, and no types. Invariant: a call that is too large for its slot is refused before it
//! is stored, and no call refers to memory outside of its own bytes.

use std::sync::atomic::Ordering;

use super::super::state::ObjectState;
use super::{Object, ReceivedReply};
use crate::clock::{self, Moment};
use crate::error::PushErrorKind;
use crate::parent::calls::backlog::Packet;
use crate::parent::calls::key::{CallKey, WaitKey};
use crate::parent::calls::references::References;
use crate::parent::calls::table::Owner;
use crate::parent::life::backend::Backend;
use crate::parent::life::end::End;
use crate::parent::life::snapshot_files::CopiedState;
use crate::parent::life::spawn_spec::SpawnSpec;
use crate::protocol::remote::{CallLimits, Message, StoredRaw};
use crate::transport::call_state::CallPhase;
use crate::wire::Extent;

/// A call that came as bytes.
pub(crate) struct RelayedRequest {
    pub(crate) method: u32,
    /// The size that counts against the limit.
    pub(crate) counted: u64,
    pub(crate) structured: Vec<u8>,
    pub(crate) raw: StoredRaw,
    pub(crate) limits: CallLimits,
}

impl Object {
    /// Accepts a call, or returns why not. Never blocks.
    pub(crate) fn relay(&self, request: RelayedRequest) -> Result<CallKey, PushErrorKind> {
        let RelayedRequest { method, counted, structured, raw, limits } = request;
        let extent = Extent { counted: usize::try_from(counted).unwrap_or(usize::MAX), raw_end: raw.len() };
        self.check_size(&structured, extent)?;
        let mut state = self.lock();
        self.check_accepts(&mut state, method)?;
        let packet = Packet { method, structured, raw, files: 0, references: References::default() };
        let key = self.accept_waiting(&mut state, Owner::Call, packet, None);
        if limits.are_set() {
            self.set_limits(&mut state, key, limits);
        }
        self.send_waiting(&mut state);
        Ok(key)
    }

    /// Changes the limits of such a call, if its record is still its own.
    pub(crate) fn limit_relayed(&self, key: CallKey, limits: CallLimits) {
        let mut state = self.poll();
        if state.calls.table.is_open(key) {
            self.set_limits(&mut state, key, limits);
        }
    }

    fn set_limits(&self, state: &mut ObjectState, key: CallKey, limits: CallLimits) {
        state.calls.table.timing_mut(key.index()).set_limits(limits, clock::now());
        self.poll_when_sent(state, key.index());
    }

    /// Takes the outcome of such a call, if it comes before the deadline.
    pub(crate) fn relayed_outcome(&self, key: CallKey, deadline: Option<Moment>) -> Option<ReceivedReply<'_>> {
        self.wait_until(WaitKey::Call(key), deadline, |state| self.take(state, key))
    }

    /// Takes the outcome of such a call, if it has ended before it began.
    pub(crate) fn relayed_return(&self, key: CallKey) -> Option<ReceivedReply<'_>> {
        let mut state = self.poll();
        if state.calls.table.has_not_begun(key) { self.take(&mut state, key) } else { None }
    }

    /// Whether the child says that it has started this call, which has no outcome yet.
    pub(crate) fn has_begun(&self, key: CallKey) -> bool {
        let state = self.poll();
        let slot = state.calls.slots.slot_of(key.index());
        matches!(self.phase(&state, slot, key.index()), Some(CallPhase::Running | CallPhase::Answered))
    }

    /// Returns the newest state that the child has saved, with its number, if that is larger than
    /// `last`. A state that cannot be read is reported with the next one.
    pub(crate) fn state_saved_after(&self, last: u64) -> Option<(u64, Message)> {
        let CopiedState { sequence, structured, raw } = self.spawn_spec.as_ref()?.newest_state_after(last).ok()??;
        Some((sequence, Message::new(0, (structured.len() + raw.len()) as u64, structured, raw)))
    }

    /// Returns how often the state could not be saved, as the child counts it, and why the latest
    /// one is not.
    pub(crate) fn unsaved_states(&self) -> (u64, Option<String>) {
        // Acquire pairs with the Release with which the child counts a failure.
        let word = self.channel.unsaved().load(Ordering::Acquire);
        (word, self.spawn_spec.as_ref().and_then(SpawnSpec::unsaved))
    }

    /// Returns the object's process.
    pub(crate) fn process(&self) -> Option<Backend> {
        self.lock().backend().cloned()
    }

    /// Asks for the end at once. Does not block.
    pub(crate) fn begin_kill(&self) {
        self.kill_now(&mut self.poll());
    }

    /// Returns why the object has ended, if it has.
    pub(crate) fn end_of_object(&self) -> Option<End> {
        self.poll().phase.end().cloned()
    }
}
