//! A reply as a message for another program. A large one is read in its slot until it has left.
//!
//! Knows where the parts of a reply lie. Invariant: the slot is released once, when the last reader
//! has dropped the message.

use std::ops::Range;
use std::sync::Arc;

use super::{Object, ReplyBytes, ReplySource};
use crate::protocol::remote::{Gone, LentRaw, Message, RawPart};
use crate::transport::header::Body;
use crate::transport::mapped::Lease;

/// A smaller part is copied at once.
const LENT_FROM: usize = 256 << 10;

impl ReplyBytes<'_> {
    /// Returns the reply as a message. `object` is the one that has it.
    pub(crate) fn into_message(mut self, object: &Arc<Object>) -> Message {
        let mut structured = Vec::new();
        self.structured().append_to(&mut structured);
        let raw_len = self.raw().len();
        let counted = (structured.len() + raw_len) as u64;
        let tag = self.tag();
        let raw = match self.lend_raw(object, raw_len) {
            Some(lent) => RawPart::lent(Arc::new(lent)),
            None => {
                let mut raw = Vec::with_capacity(raw_len);
                self.raw().append_to(&mut raw);
                raw.into()
            }
        };
        Message::new(tag, counted, structured, raw)
    }

    /// Moves the lease of the slot into what reads the raw part.
    fn lend_raw(&mut self, object: &Arc<Object>, len: usize) -> Option<LentReply> {
        let (ReplySource::InSlot(reading), Body::InRegion { .. }) = (&mut self.bytes, &self.header.body) else {
            return None;
        };
        if len < LENT_FROM {
            return None;
        }
        let (slot, lease) = (reading.slot, Some(reading.lease.take()?));
        Some(LentReply { object: object.clone(), slot, len, lease })
    }
}

/// The raw part of a reply, in the slot of this lease.
struct LentReply {
    object: Arc<Object>,
    slot: u16,
    len: usize,
    lease: Option<Lease>,
}

impl LentRaw for LentReply {
    fn size(&self) -> usize {
        self.len
    }

    fn append(&self, range: Range<usize>, to: &mut Vec<u8>) -> Result<(), Gone> {
        let region = self.object.channel.output(self.slot, self.len);
        region.slice(range.start, range.len()).expect("a range of the bytes").append_to(to);
        Ok(())
    }
}

impl Drop for LentReply {
    fn drop(&mut self) {
        let mut state = self.object.lock();
        if let Some(lease) = self.lease.take() {
            state.calls.slots.release(lease);
        }
        self.object.send_waiting(&mut state);
    }
}
