//! Sends a short call straight into a ring entry, and takes a short result straight out of one, for
//! the one thread that waits for it.
//!
//! Knows headers and the conditions of the short way; `calls::short` says why there is one.
//! Invariant: a reply that is refused here is left in the ring, and received in the usual way.

use super::Object;
use super::reply::ReceivedReply;
use super::state::ObjectState;
use crate::parent::calls::key::CallKey;
use crate::parent::calls::table::Owner;
use crate::protocol::tag::VALUE;
use crate::transport::header::{short_message, short_payload};
use crate::transport::ring::InlinePayload;

/// A taken outcome.
#[derive(Debug)]
pub(crate) enum TakenReply<'l> {
    /// A short result.
    Short(ShortReply),
    Whole(ReceivedReply<'l>),
}

/// A result that travelled in a ring entry, without files. Its bytes are in the buffer of the
/// thread that takes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShortReply {
    pub(crate) method: u32,
    /// The process that the call ran in.
    pub(crate) pid: u32,
}

impl Object {
    /// Sends a call whose structured part fits in a ring entry and which has no raw region. `None`
    /// if the object does not serve now, or if the call must wait.
    #[inline]
    pub(crate) fn send_short(&self, method: u32, owner: Owner, structured: &[u8]) -> Option<CallKey> {
        let payload = short_payload(method, 0, structured)?;
        let mut state = self.lock();
        let serves = state.phase.serves() && !state.shutdown.takes_no_calls();
        if !serves || !state.calls.backlog.is_empty() || self.has_no_share(&state, owner) {
            return None;
        }
        let lease = state.calls.slots.take()?;
        let key = state.calls.table.open_sent(method, owner);
        // Before the call, so that a bridge that passes it on finds them.
        self.note_limits(&mut state, key);
        state.calls.effects.ring_child |= state.calls.slots.send(&self.channel, lease, key.index(), key.call, &payload);
        state.note_submission(key.index());
        Some(key)
    }

    /// Receives replies, and takes the outcome of this call, if it has one. Copies the payload of a
    /// short result.
    #[inline]
    pub(crate) fn receive_and_take<'l>(
        &'l self,
        state: &mut ObjectState,
        key: CallKey,
        payload: &mut InlinePayload,
    ) -> Option<TakenReply<'l>> {
        if let Some(short) = self.take_short(state, key, payload) {
            return Some(TakenReply::Short(short));
        }
        self.advance(state);
        self.take(state, key).map(TakenReply::Whole)
    }

    /// Takes the outcome of this call, if it is the next reply in the ring, and a short result that
    /// concerns its caller alone.
    #[inline]
    pub(crate) fn take_short(
        &self,
        state: &mut ObjectState,
        key: CallKey,
        payload: &mut InlinePayload,
    ) -> Option<ShortReply> {
        let is_usual = state.phase.serves() && state.times.is_none() && !self.saves && !self.identity.uses_handles;
        if !is_usual || !state.calls.concerns_caller_alone(key) {
            return None;
        }
        let slot = state.calls.next_reply_to(&self.channel, key, payload)?;
        short_message(payload).filter(|&(tag, _)| tag == VALUE)?;
        let method = state.calls.take_next_reply(slot, key);
        Some(ShortReply { method, pid: self.pid() })
    }
}
