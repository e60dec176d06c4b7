//! The short way of a call whose arguments and result fit in ring entries, and whose caller alone
//! waits for it.
//!
//! Problem: an outcome may concern another thread, a task, a pool, a stream or a time limit. To
//! cover all of them, a reply is received, its call is settled, and then its outcome is taken:
//! three transitions with an intermediate record each. Most calls concern none of these. Way here:
//! one check finds that out, and one transition takes the reply out of the ring and frees the
//! call's record and slot.
//!
//! Knows records and slots. Invariant: the state afterwards is the same as after the three
//! transitions. Where the check fails, nothing has changed.

use super::Calls;
use super::key::CallKey;
use crate::transport::mapped::Channel;
use crate::transport::ring::InlinePayload;

impl Calls {
    /// Whether settling this call concerns its caller alone: it is sent, and refers to nothing; no
    /// thread or task waits, no call is in the backlog, and there is no pool and no stream.
    #[inline]
    pub(crate) fn concerns_caller_alone(&self, key: CallKey) -> bool {
        self.waiters.is_empty()
            && self.backlog.is_empty()
            && self.streams.is_empty()
            && !self.is_pooled
            && self.table.is_plain(key)
    }

    /// Copies the payload of the next reply, if it is the one to this call. Returns its slot.
    #[inline]
    pub(crate) fn next_reply_to(&self, channel: &Channel, key: CallKey, payload: &mut InlinePayload) -> Option<u16> {
        self.slots.peek_reply(channel, (key.index(), key.call), payload)
    }

    /// Consumes the reply that `next_reply_to` returned. Frees the slot and the record of its call.
    /// Returns the call's method.
    #[inline]
    pub(crate) fn take_next_reply(&mut self, slot: u16, key: CallKey) -> u32 {
        self.slots.consume_reply();
        self.free_slot(slot);
        self.table.close_plain(key)
    }
}
