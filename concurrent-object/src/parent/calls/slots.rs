//! Which slot is free, and which call is in the others.
//!
//! Knows leases and record numbers. Invariant: each lease is free, or with the call in its slot, or with whoever writes
//! arguments into it or reads a result out of it, or on loan to the user; never in two places.

use crate::transport::call_state::CallPhase;
use crate::transport::header::Header;
use crate::transport::ring::{self, Consumer, Entry, InlinePayload, Producer};
use crate::transport::steps::Steps;
use crate::transport::{SlotLease, Transport};

#[cfg(not(loom))]
mod input;

/// The slots of one object.
pub(crate) struct SlotTable<L> {
    /// Last freed, first taken: its pages are warm.
    free: Vec<L>,
    in_use: Vec<Option<Occupied<L>>>,
    /// How many are on loan to the user.
    on_loan: usize,
    requests: Producer,
    replies: Consumer,
    /// A fresh input file could not take the place of the old one: what is mapped there now may be anything.
    input_is_lost: bool,
}

struct Occupied<L> {
    holder: SlotHolder,
    lease: L,
}

/// What is in a slot that is not free.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SlotHolder {
    /// The call with this record.
    Call(u32),
    /// A call that was taken back, by its number: the child has still to pass over it.
    Cancelled(u64),
}

/// What a process that is gone has left of a call.
#[derive(Debug)]
pub(crate) enum Left {
    /// Its request: it had not begun.
    Waiting(InlinePayload),
    /// Its request, though it had begun.
    Begun(InlinePayload),
    /// Its answer, published or not.
    Answered(InlinePayload),
    /// Nothing that could go on; and how far it had come, if that makes sense.
    Nothing(Option<CallPhase>),
}

/// A call that the next process is to serve.
#[derive(Debug)]
pub(crate) struct Survivor {
    pub(crate) entry: Entry,
    pub(crate) payload: InlinePayload,
}

impl<L: SlotLease> SlotTable<L> {
    pub(crate) fn new(leases: Vec<L>) -> Self {
        let in_use = leases.iter().map(|_| None).collect();
        let (requests, replies) = (Producer::default(), Consumer::default());
        Self { free: leases, in_use, on_loan: 0, requests, replies, input_is_lost: false }
    }

    /// A free slot, to write arguments into.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<L> {
        self.free.pop()
    }

    /// After a death: what there is of the call in this slot.
    pub(crate) fn left_of(&self, channel: &impl Transport<Lease = L>, entry: Entry) -> Left {
        let request = || if self.input_is_lost { None } else { ring::find(channel.requests(), entry) };
        let phase = channel.state(entry.slot).phase_of(entry.call);
        let left = match phase {
            Some(CallPhase::Queued) => request().map(Left::Waiting),
            Some(CallPhase::Running) => request().map(Left::Begun),
            Some(CallPhase::Answered) => Some(Left::Answered(channel.unpublished(entry.slot))),
            Some(CallPhase::Cancelled | CallPhase::Killed) | None => None,
        };
        left.unwrap_or(Left::Nothing(phase))
    }

    /// Between two processes: the rings are as they were at first, and hold these calls, which are still in their slots. What
    /// was taken back is passed over by nobody.
    pub(crate) fn reset(&mut self, channel: &impl Transport<Lease = L>, mut survivors: Vec<Survivor>) {
        channel.reset();
        ring::clear(channel.requests());
        ring::clear(channel.replies());
        (self.requests, self.replies) = (Producer::default(), Consumer::default());
        for slot in &mut self.in_use {
            let cancelled = slot.take_if(|occupied| matches!(occupied.holder, SlotHolder::Cancelled(_)));
            self.free.extend(cancelled.map(|occupied| occupied.lease));
        }
        survivors.sort_by_key(|survivor| survivor.entry.call);
        for Survivor { entry, payload } in survivors {
            channel.state(entry.slot).requeue(entry.call);
            self.requests.prepare(channel.requests(), &payload);
            self.requests.publish(channel.requests(), entry);
        }
    }

    /// Whether a slot is free.
    pub(crate) fn has_free(&self) -> bool {
        !self.free.is_empty()
    }

    /// Gives a slot back.
    #[inline]
    pub(crate) fn release(&mut self, lease: L) {
        self.free.push(lease);
    }

    /// This slot, if it is free.
    pub(crate) fn take_free(&mut self, slot: u16) -> Option<L> {
        let at = self.free.iter().position(|lease| lease.slot() == slot)?;
        Some(self.free.remove(at))
    }

    /// Whether all slots are free: no call, no result, no loan is in any.
    pub(crate) fn all_are_free(&self) -> bool {
        self.free.len() == self.in_use.len()
    }

    /// Whether a slot may be lent to the user: one at least is left for calls.
    pub(crate) fn may_lend(&self) -> bool {
        self.on_loan + 1 < self.in_use.len()
    }

    /// A slot that was taken is lent to the user.
    pub(crate) fn lend(&mut self) {
        self.on_loan += 1;
    }

    /// A slot that was lent to the user comes back.
    pub(crate) fn take_back(&mut self, lease: L) {
        self.on_loan -= 1;
        self.release(lease);
    }

    /// Sends the call in this slot. Whether the child must be woken for it.
    #[inline]
    pub(crate) fn send(
        &mut self,
        channel: &impl Transport<Lease = L>,
        lease: L,
        index: u32,
        call: u64,
        header: Header,
    ) -> bool {
        let slot = lease.slot();
        self.in_use[usize::from(slot)] = Some(Occupied { holder: SlotHolder::Call(index), lease });
        self.requests.prepare(channel.requests(), &header.to_words());
        self.requests.publish(channel.requests(), Entry { slot, call });
        channel.child_sleep().must_ring()
    }

    /// The record of the call in this slot; the number may come from the child, and be anything.
    #[inline]
    pub(crate) fn call_in(&self, slot: u16) -> Option<u32> {
        match self.in_use.get(usize::from(slot))?.as_ref()?.holder {
            SlotHolder::Call(index) => Some(index),
            SlotHolder::Cancelled(_) => None,
        }
    }

    /// Takes the lease away from the call in this slot.
    #[inline]
    pub(crate) fn vacate(&mut self, slot: u16) -> Option<L> {
        self.in_use.get_mut(usize::from(slot))?.take().map(|occupied| occupied.lease)
    }

    /// The slot that the call with this record is in.
    pub(crate) fn slot_of(&self, index: u32) -> Option<u16> {
        self.occupied().find(|&(_, other)| other == index).map(|(slot, _)| slot)
    }

    /// Takes the call back, unless it has begun. Its slot is free when the child has passed over it.
    pub(crate) fn cancel_unstarted(&mut self, channel: &impl Transport<Lease = L>, entry: Entry) -> bool {
        let cancelled = channel.state(entry.slot).cancel_unstarted(entry.call);
        if cancelled {
            self.leave_to_child(entry);
        }
        cancelled
    }

    /// Gives the call up, unless it is not running or just answered; the child must then be killed. Nobody passes over the
    /// call, and the child may read its arguments until it is gone: the slot is free for the next one.
    pub(crate) fn abandon(&mut self, channel: &impl Transport<Lease = L>, entry: Entry) -> bool {
        let abandoned = channel.state(entry.slot).kill(entry.call);
        if abandoned {
            self.leave_to_child(entry);
        }
        abandoned
    }

    /// Whatever is in this slot from now on is the child's to pass over.
    pub(crate) fn leave_to_child(&mut self, entry: Entry) {
        if let Some(occupied) = &mut self.in_use[usize::from(entry.slot)] {
            occupied.holder = SlotHolder::Cancelled(entry.call);
        }
    }

    /// The child has passed over this call: frees its slot. False if it was not taken back.
    pub(crate) fn skip(&mut self, entry: Entry) -> bool {
        let cancelled = SlotHolder::Cancelled(entry.call);
        let slot = self.in_use.get_mut(usize::from(entry.slot));
        let Some(occupied) = slot.and_then(|slot| slot.take_if(|occupied| occupied.holder == cancelled)) else {
            return false;
        };
        self.free.push(occupied.lease);
        true
    }

    /// The slots with calls in them.
    pub(crate) fn occupied(&self) -> impl Iterator<Item = (u16, u32)> {
        (0..self.in_use.len() as u16).filter_map(|slot| Some((slot, self.call_in(slot)?)))
    }

    /// Whether the child has still to pass over a call that was withdrawn.
    pub(crate) fn has_cancelled(&self) -> bool {
        self.in_use.iter().flatten().any(|occupied| matches!(occupied.holder, SlotHolder::Cancelled(_)))
    }

    /// The method that a call asks for whose request is still on the ring. As in `Header`: the low half of the first word.
    pub(crate) fn method_of(&self, channel: &impl Transport<Lease = L>, entry: Entry) -> Option<u32> {
        ring::find(channel.requests(), entry).map(|payload| payload[0] as u32)
    }

    /// The next entry of the reply ring, and what it carries.
    #[inline]
    pub(crate) fn next_reply(&mut self, channel: &impl Transport<Lease = L>) -> Option<(Entry, InlinePayload)> {
        let entry = self.replies.peek(channel.replies())?;
        let payload = self.replies.payload(channel.replies());
        self.replies.advance();
        Some((entry, payload))
    }

    /// Where the next reply will be, for somebody who looks for it without the lock.
    #[inline]
    pub(crate) fn reply_position(&self) -> Consumer {
        self.replies
    }
}
