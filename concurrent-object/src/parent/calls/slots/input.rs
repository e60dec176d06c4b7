//! Goes on with another input file, and finds what a call waits for.
//!
//! Knows the mapped channel and the table of calls, which the models do not have.

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
    /// Sends, while all slots are free, a call that sends the child to another input file, and goes on there. Whether the
    /// child must be woken for it. After an error no slot is used any more.
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

    /// The oldest call that the child has neither answered nor passed over: its slot, its number, and what it is.
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

    /// Whether a call could be sent: a slot is free, or one could be, by copying its result out.
    pub(crate) fn has_room(&self, outcomes: &CallTable) -> bool {
        !self.free.is_empty() || self.occupied().any(|(_, index)| outcomes.is_answered(index))
    }
}
