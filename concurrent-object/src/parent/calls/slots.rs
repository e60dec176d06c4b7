//! The slots of one object: which are free, and which call is in each of the others.
//!
//! Problem: each slot's input region may be written by one thread only, and only while the child
//! does not read it. The naive way is a set of free slots in shared memory. It fails because the
//! child could free a slot twice. Way here: *ownership tokens*. Each slot has one lease, which
//! cannot be cloned, and moving the lease moves the right to write. The table is in the parent's
//! private memory, and the child's messages are only checked against it. A cancelled call keeps its
//! lease here until the child has skipped the call, because its entry is still in the request ring.
//!
//! Knows leases and record numbers; must not know outcomes.
//!
//! Invariant: each lease is in one place: it is free; or with the call in its slot; or with a
//! thread that writes arguments or reads a result; or lent to the user.

use crate::transport::call_state::CallPhase;
use crate::transport::ring::{self, Consumer, Entry, InlinePayload, Producer};
use crate::transport::steps::Steps;
use crate::transport::{SlotLease, Transport};

#[cfg(not(loom))]
mod input;

/// The slots of one object.
pub(crate) struct SlotTable<L> {
    /// The lease freed last is taken first, because its pages are warm in the cache.
    free: Vec<L>,
    in_use: Vec<Option<Occupied<L>>>,
    /// The number of slots that are lent to the user.
    on_loan: usize,
    requests: Producer,
    replies: Consumer,
    /// Whether replacing the input file failed. Then the memory at its address may be anything, and
    /// must not be read.
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
    /// A cancelled or abandoned call, by its number. The child has not skipped it yet.
    Cancelled(u64),
}

/// What a dead process has left of a call.
#[derive(Debug)]
pub(crate) enum Left {
    /// The request of a call that the child had not started.
    Waiting(InlinePayload),
    /// The request of a call that the child had started and not answered.
    Started(InlinePayload),
    /// The request of a call that a bridge had passed on. It may have started.
    PassedOn(InlinePayload),
    /// The reply, whether or not the child had published it in the reply ring.
    Answered(InlinePayload),
    /// Neither a request nor a reply. The phase is what the state word shows, or `None` if it shows
    /// a phase that this call cannot be in.
    Nothing(Option<CallPhase>),
}

/// A call that the next process serves.
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

    /// Takes a free slot, to write arguments into.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<L> {
        self.free.pop()
    }

    /// Returns what a dead process has left of the call in this slot.
    pub(crate) fn left_of(&self, channel: &impl Transport<Lease = L>, entry: Entry) -> Left {
        let request = || if self.input_is_lost { None } else { ring::find(channel.requests(), entry) };
        let phase = channel.state(entry.slot).phase_of(entry.call);
        let left = match phase {
            Some(CallPhase::Queued) => request().map(Left::Waiting),
            Some(CallPhase::Running) => request().map(Left::Started),
            Some(CallPhase::PassedOn) => request().map(Left::PassedOn),
            Some(CallPhase::Answered) => Some(Left::Answered(channel.unpublished(entry.slot))),
            Some(CallPhase::Cancelled | CallPhase::Killed) | None => None,
        };
        left.unwrap_or(Left::Nothing(phase))
    }

    /// Prepares the channel for the next process. Clears both rings, then queues the surviving
    /// calls again, oldest first; they are still in their slots. Frees the slots of cancelled
    /// calls, because no child will skip those.
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
            self.requests.push(channel.requests(), entry, &payload);
        }
    }

    /// Whether a slot is free.
    pub(crate) fn has_free(&self) -> bool {
        !self.free.is_empty()
    }

    /// Returns a lease to the free slots.
    #[inline]
    pub(crate) fn release(&mut self, lease: L) {
        self.free.push(lease);
    }

    /// Takes this slot, if it is free.
    pub(crate) fn take_free(&mut self, slot: u16) -> Option<L> {
        let at = self.free.iter().position(|lease| lease.slot() == slot)?;
        Some(self.free.remove(at))
    }

    /// Whether all slots are free: none holds a call, a result or a loan.
    pub(crate) fn all_are_free(&self) -> bool {
        self.free.len() == self.in_use.len()
    }

    /// Whether a slot may be lent to the user. At least one slot is left for calls.
    pub(crate) fn may_lend(&self) -> bool {
        self.on_loan + 1 < self.in_use.len()
    }

    /// Records that a slot, whose lease was taken, is lent to the user.
    pub(crate) fn lend(&mut self) {
        self.on_loan += 1;
    }

    /// Takes the lease of a lent slot back from the user.
    pub(crate) fn end_loan(&mut self, lease: L) {
        self.on_loan -= 1;
        self.release(lease);
    }

    /// Sends the call in this slot. Returns whether the child sleeps, so that the caller must ring
    /// its doorbell.
    #[inline]
    pub(crate) fn send(
        &mut self,
        channel: &impl Transport<Lease = L>,
        lease: L,
        index: u32,
        call: u64,
        payload: &InlinePayload,
    ) -> bool {
        let slot = lease.slot();
        self.in_use[usize::from(slot)] = Some(Occupied { holder: SlotHolder::Call(index), lease });
        self.requests.push(channel.requests(), Entry { slot, call }, payload);
        channel.child_sleep().must_ring()
    }

    /// Returns the record of the call in this slot. The slot number may come from the child, so it
    /// may be out of range.
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

    /// Returns the slot of the call with this record.
    pub(crate) fn slot_of(&self, index: u32) -> Option<u16> {
        self.occupied().find(|&(_, other)| other == index).map(|(slot, _)| slot)
    }

    /// Cancels the call, unless the child has started it. Its slot becomes free when the child has
    /// skipped it.
    pub(crate) fn cancel_unstarted(&mut self, channel: &impl Transport<Lease = L>, entry: Entry) -> bool {
        let cancelled = channel.state(entry.slot).cancel_unstarted(entry.call);
        if cancelled {
            self.leave_to_child(entry);
        }
        cancelled
    }

    /// Abandons the call, if it is running. Returns false if it is not running, for example because
    /// it was just answered. If this returns true, the caller must kill the child. The child may
    /// read the arguments until it is dead, so only the restart frees the slot.
    pub(crate) fn abandon(&mut self, channel: &impl Transport<Lease = L>, entry: Entry) -> bool {
        let abandoned = channel.state(entry.slot).kill(entry.call);
        if abandoned {
            self.leave_to_child(entry);
        }
        abandoned
    }

    /// Marks the call in this slot as cancelled: the slot becomes free when the child has skipped
    /// it.
    pub(crate) fn leave_to_child(&mut self, entry: Entry) {
        if let Some(occupied) = &mut self.in_use[usize::from(entry.slot)] {
            occupied.holder = SlotHolder::Cancelled(entry.call);
        }
    }

    /// Frees the slot of a cancelled call that the child has skipped. Returns false if that call
    /// was not cancelled.
    pub(crate) fn skip(&mut self, entry: Entry) -> bool {
        let cancelled = SlotHolder::Cancelled(entry.call);
        let slot = self.in_use.get_mut(usize::from(entry.slot));
        let Some(occupied) = slot.and_then(|slot| slot.take_if(|occupied| occupied.holder == cancelled)) else {
            return false;
        };
        self.free.push(occupied.lease);
        true
    }

    /// Returns the slots that hold calls, with the calls' records.
    pub(crate) fn occupied(&self) -> impl Iterator<Item = (u16, u32)> {
        (0..self.in_use.len() as u16).filter_map(|slot| Some((slot, self.call_in(slot)?)))
    }

    /// Whether the child has yet to skip a cancelled call.
    pub(crate) fn has_cancelled(&self) -> bool {
        self.in_use.iter().flatten().any(|occupied| matches!(occupied.holder, SlotHolder::Cancelled(_)))
    }

    /// Returns the method of a call whose request is still in the request ring. As in `Header`, it
    /// is the low half of the first word.
    pub(crate) fn method_of(&self, channel: &impl Transport<Lease = L>, entry: Entry) -> Option<u32> {
        ring::find(channel.requests(), entry).map(|payload| payload[0] as u32)
    }

    /// Takes the next entry of the reply ring, with its inline payload.
    #[inline]
    pub(crate) fn next_reply(&mut self, channel: &impl Transport<Lease = L>) -> Option<(Entry, InlinePayload)> {
        let ring = channel.replies();
        let entry = self.replies.peek(ring)?;
        let payload = self.replies.payload(ring);
        self.replies.advance();
        Some((entry, payload))
    }

    /// Copies the payload of the next reply, if it is the one to the call with this record and
    /// number. Returns its slot.
    #[inline]
    pub(crate) fn peek_reply(
        &self,
        channel: &impl Transport<Lease = L>,
        (index, call): (u32, u64),
        payload: &mut InlinePayload,
    ) -> Option<u16> {
        let ring = channel.replies();
        let entry = self.replies.peek(ring)?;
        if entry.call != call || self.call_in(entry.slot) != Some(index) {
            return None;
        }
        *payload = self.replies.payload(ring);
        Some(entry.slot)
    }

    /// Consumes the reply that `peek_reply` returned.
    #[inline]
    pub(crate) fn consume_reply(&mut self) {
        self.replies.advance();
    }

    /// Returns the position of the next reply, for a driver that polls the ring without the lock.
    #[inline]
    pub(crate) fn reply_position(&self) -> Consumer {
        self.replies
    }
}
