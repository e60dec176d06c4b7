//! The slot operations that the loom models do not have: replacing the input file, and finding the
//! oldest unanswered call.
//!
//! Knows the mapped channel and the table of calls.

use std::{io, mem};

use super::{Occupied, SlotHolder, SlotTable};
use crate::parent::calls::front::FrontHolder;
use crate::parent::calls::key::CallKey;
use crate::parent::calls::table::CallTable;
use crate::transport::header::Header;
use crate::transport::mapped::{Channel, Lease};
use crate::transport::pages::FreshInput;
use crate::transport::ring::Entry;
use crate::transport::{SlotLease, Transport};

impl SlotTable<Lease> {
    /// Replaces the input file while all slots are free. Sends a call that makes the child switch
    /// to the new file, and switches the parent's mapping too. Returns whether the caller must ring
    /// the child's doorbell. After an error no slot is used any more.
    pub(crate) fn move_on(
        &mut self,
        channel: &Channel,
        next: FreshInput,
        key: CallKey,
        header: Header,
    ) -> io::Result<bool> {
        let mut leases = mem::take(&mut self.free);
        assert_eq!(leases.len(), self.in_use.len(), "all slots are free");
        let slot = leases.last().expect("there is one slot at least").slot();
        self.requests.move_on(channel.requests(), next.requests(), &header.to_words(), Entry { slot, call: key.call });
        let adopted = channel.adopt(next, &mut leases);
        self.input_is_lost = adopted.is_err();
        let lease = leases.pop().expect("it was there before");
        self.in_use[usize::from(slot)] = Some(Occupied { holder: SlotHolder::Call(key.index()), lease });
        adopted?;
        self.free = leases;
        Ok(channel.child_sleep().must_ring())
    }

    /// Returns the oldest call that the child has neither answered nor skipped: its slot, its
    /// number, and its holder.
    pub(crate) fn oldest(&self, outcomes: &CallTable) -> Option<(u16, u64, FrontHolder)> {
        let unanswered =
            self.in_use.iter().enumerate().filter_map(|(slot, occupied)| match occupied.as_ref()?.holder {
                SlotHolder::Call(index) if outcomes.is_sent(index) => {
                    Some((slot as u16, outcomes.call_of(index), FrontHolder::Call(index)))
                }
                SlotHolder::Call(_) => None,
                SlotHolder::Cancelled(call) => Some((slot as u16, call, FrontHolder::Cancelled)),
            });
        unanswered.min_by_key(|&(_, call, _)| call)
    }

    /// Whether a call could be sent: a slot is free, or copying a result out would free one.
    pub(crate) fn has_room(&self, outcomes: &CallTable) -> bool {
        !self.free.is_empty() || self.occupied().any(|(_, index)| outcomes.is_answered(index))
    }
}
