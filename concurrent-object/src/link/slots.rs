//! Which slot is free, and which call is in the others.
//!
//! Knows leases and record numbers. Invariant: each lease is free, or with the call in its slot, or with whoever writes
//! arguments into it or reads a result out of it, or on loan to the user; never in two places.

#[cfg(not(loom))]
use std::{io, mem};

#[cfg(not(loom))]
use super::front;
#[cfg(not(loom))]
use super::outcomes::{Outcomes, Ticket};
use crate::channel::head::Head;
use crate::channel::mapped::{Channel, Lease};
#[cfg(not(loom))]
use crate::channel::pages::FreshInput;
use crate::channel::ring::{self, Carried, Consumer, Entry, Producer};
use crate::channel::state::Phase;

/// The slots of one object.
pub(super) struct SlotTable {
    /// Last freed, first taken: its pages are warm.
    free: Vec<Lease>,
    in_use: Vec<Option<Occupied>>,
    /// How many are on loan to the user.
    on_loan: usize,
    requests: Producer,
    replies: Consumer,
    /// A fresh input file could not take the place of the old one: what is mapped there now may be anything.
    input_is_lost: bool,
}

struct Occupied {
    holder: Holder,
    lease: Lease,
}

/// What is in a slot that is not free.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    /// The call with this record.
    Call(u32),
    /// A call that was taken back, by its number: the child has still to pass over it.
    Withdrawn(u64),
}

/// What a process that is gone has left of a call.
#[derive(Debug)]
pub(super) enum Left {
    /// Its request: it had not begun.
    Waiting(Carried),
    /// Its request, though it had begun.
    Begun(Carried),
    /// Its answer, published or not.
    Answered(Carried),
    /// Nothing that could go on; and how far it had come, if that makes sense.
    Nothing(Option<Phase>),
}

/// A call that the next process is to serve.
#[derive(Debug)]
pub(super) struct Survivor {
    pub(super) entry: Entry,
    pub(super) carried: Carried,
}

impl SlotTable {
    pub(super) fn new(leases: Vec<Lease>) -> Self {
        let in_use = leases.iter().map(|_| None).collect();
        let (requests, replies) = (Producer::default(), Consumer::default());
        Self { free: leases, in_use, on_loan: 0, requests, replies, input_is_lost: false }
    }

    /// A free slot, to write arguments into.
    #[inline]
    pub(super) fn take(&mut self) -> Option<Lease> {
        self.free.pop()
    }

    /// After a death: what there is of the call in this slot.
    pub(super) fn left_of(&self, channel: &Channel, entry: Entry) -> Left {
        let request = || if self.input_is_lost { None } else { ring::find(channel.requests(), entry) };
        let phase = channel.state(entry.slot).phase_of(entry.call);
        let left = match phase {
            Some(Phase::Queued) => request().map(Left::Waiting),
            Some(Phase::Running) => request().map(Left::Begun),
            Some(Phase::Answered) => Some(Left::Answered(channel.unpublished(entry.slot))),
            Some(Phase::Withdrawn | Phase::Killed) | None => None,
        };
        left.unwrap_or(Left::Nothing(phase))
    }

    /// Between two processes: the rings are as they were at first, and hold these calls, which are still in their slots. What
    /// was taken back is passed over by nobody.
    pub(super) fn begin_anew(&mut self, channel: &Channel, mut survivors: Vec<Survivor>) {
        channel.begin_anew();
        ring::clear(channel.requests());
        ring::clear(channel.replies());
        (self.requests, self.replies) = (Producer::default(), Consumer::default());
        for slot in &mut self.in_use {
            let withdrawn = slot.take_if(|occupied| matches!(occupied.holder, Holder::Withdrawn(_)));
            self.free.extend(withdrawn.map(|occupied| occupied.lease));
        }
        survivors.sort_by_key(|survivor| survivor.entry.call);
        for Survivor { entry, carried } in survivors {
            channel.state(entry.slot).requeue(entry.call);
            self.requests.prepare(channel.requests(), &carried);
            self.requests.publish(channel.requests(), entry);
        }
    }

    /// Whether a slot is free.
    pub(super) fn has_free(&self) -> bool {
        !self.free.is_empty()
    }

    /// Gives a slot back.
    #[inline]
    pub(super) fn release(&mut self, lease: Lease) {
        self.free.push(lease);
    }

    /// This slot, if it is free.
    pub(super) fn take_free(&mut self, slot: u16) -> Option<Lease> {
        let at = self.free.iter().position(|lease| lease.slot() == slot)?;
        Some(self.free.remove(at))
    }

    /// Whether all slots are free: no call, no result, no loan is in any.
    pub(super) fn all_are_free(&self) -> bool {
        self.free.len() == self.in_use.len()
    }

    /// Whether a slot may be lent to the user: one at least is left for calls.
    pub(super) fn may_lend(&self) -> bool {
        self.on_loan + 1 < self.in_use.len()
    }

    /// A slot that was taken is lent to the user.
    pub(super) fn lend(&mut self) {
        self.on_loan += 1;
    }

    /// A slot that was lent to the user comes back.
    pub(super) fn take_back(&mut self, lease: Lease) {
        self.on_loan -= 1;
        self.release(lease);
    }

    /// Sends the call in this slot. Whether the child must be woken for it.
    #[inline]
    pub(super) fn send(&mut self, channel: &Channel, lease: Lease, index: u32, call: u64, head: Head) -> bool {
        let slot = lease.slot();
        self.in_use[usize::from(slot)] = Some(Occupied { holder: Holder::Call(index), lease });
        self.requests.prepare(channel.requests(), &head.to_words());
        self.requests.publish(channel.requests(), Entry { slot, call });
        channel.child_sleep().must_ring()
    }

    /// Sends, while all slots are free, a call that sends the child to another input file, and goes on there. Whether the
    /// child must be woken for it. After an error no slot is used any more.
    #[cfg(not(loom))]
    pub(super) fn move_on(
        &mut self,
        channel: &Channel,
        next: FreshInput,
        ticket: Ticket,
        head: Head,
    ) -> io::Result<bool> {
        let mut leases = mem::take(&mut self.free);
        assert_eq!(leases.len(), self.in_use.len(), "all slots are free");
        let slot = leases.last().expect("there is one slot at least").slot();
        self.requests.move_on(channel.requests(), next.requests(), &head.to_words(), Entry { slot, call: ticket.call });
        let adopted = channel.adopt(next, &mut leases);
        self.input_is_lost = adopted.is_err();
        let lease = leases.pop().expect("it was there before");
        self.in_use[usize::from(slot)] = Some(Occupied { holder: Holder::Call(ticket.index()), lease });
        adopted?;
        self.free = leases;
        Ok(channel.child_sleep().must_ring())
    }

    /// The record of the call in this slot; the number may come from the child, and be anything.
    #[inline]
    pub(super) fn call_in(&self, slot: u16) -> Option<u32> {
        match self.in_use.get(usize::from(slot))?.as_ref()?.holder {
            Holder::Call(index) => Some(index),
            Holder::Withdrawn(_) => None,
        }
    }

    /// Takes the lease away from the call in this slot.
    #[inline]
    pub(super) fn vacate(&mut self, slot: u16) -> Option<Lease> {
        self.in_use.get_mut(usize::from(slot))?.take().map(|occupied| occupied.lease)
    }

    /// The slot that the call with this record is in.
    pub(super) fn slot_of(&self, index: u32) -> Option<u16> {
        self.occupied().find(|&(_, other)| other == index).map(|(slot, _)| slot)
    }

    /// Takes the call back, unless it has begun. Its slot is free when the child has passed over it.
    pub(super) fn withdraw(&mut self, channel: &Channel, entry: Entry) -> bool {
        let withdrawn = channel.state(entry.slot).withdraw(entry.call);
        if withdrawn {
            self.leave_to_child(entry);
        }
        withdrawn
    }

    /// Gives the call up, unless it is not running or just answered; the child must then be killed. Nobody passes over the
    /// call, and the child may read its arguments until it is gone: the slot is free for the next one.
    pub(super) fn give_up(&mut self, channel: &Channel, entry: Entry) -> bool {
        let given_up = channel.state(entry.slot).kill(entry.call);
        if given_up {
            self.leave_to_child(entry);
        }
        given_up
    }

    /// Whatever is in this slot from now on is the child's to pass over.
    pub(super) fn leave_to_child(&mut self, entry: Entry) {
        if let Some(occupied) = &mut self.in_use[usize::from(entry.slot)] {
            occupied.holder = Holder::Withdrawn(entry.call);
        }
    }

    /// The child has passed over this call: frees its slot. False if it was not taken back.
    pub(super) fn pass_over(&mut self, entry: Entry) -> bool {
        let withdrawn = Holder::Withdrawn(entry.call);
        let slot = self.in_use.get_mut(usize::from(entry.slot));
        let Some(occupied) = slot.and_then(|slot| slot.take_if(|occupied| occupied.holder == withdrawn)) else {
            return false;
        };
        self.free.push(occupied.lease);
        true
    }

    /// The slots with calls in them.
    pub(super) fn occupied(&self) -> impl Iterator<Item = (u16, u32)> {
        (0..self.in_use.len() as u16).filter_map(|slot| Some((slot, self.call_in(slot)?)))
    }

    /// The oldest call that the child has neither answered nor passed over: its slot, its number, and what it is.
    #[cfg(not(loom))]
    pub(super) fn oldest(&self, outcomes: &Outcomes) -> Option<(u16, u64, front::Holder)> {
        let unanswered =
            self.in_use.iter().enumerate().filter_map(|(slot, occupied)| match occupied.as_ref()?.holder {
                Holder::Call(index) if outcomes.is_sent(index) => {
                    Some((slot as u16, outcomes.call_of(index), front::Holder::Call(index)))
                }
                Holder::Call(_) => None,
                Holder::Withdrawn(call) => Some((slot as u16, call, front::Holder::Withdrawn)),
            });
        unanswered.min_by_key(|&(_, call, _)| call)
    }

    /// Whether the child has still to pass over a call that was withdrawn.
    #[cfg(not(loom))]
    pub(super) fn has_withdrawn(&self) -> bool {
        self.in_use.iter().flatten().any(|occupied| matches!(occupied.holder, Holder::Withdrawn(_)))
    }

    /// The method that a call asks for whose request is still on the ring. As in `Head`: the low half of the first word.
    #[cfg(not(loom))]
    pub(super) fn method_of(&self, channel: &Channel, entry: Entry) -> Option<u32> {
        ring::find(channel.requests(), entry).map(|carried| carried[0] as u32)
    }

    /// Whether a call could be sent: a slot is free, or one could be, by copying its result out.
    #[cfg(not(loom))]
    pub(super) fn has_room(&self, outcomes: &Outcomes) -> bool {
        !self.free.is_empty() || self.occupied().any(|(_, index)| outcomes.is_answered(index))
    }

    /// The next entry of the reply ring, and what it carries.
    #[inline]
    pub(super) fn next_reply(&mut self, channel: &Channel) -> Option<(Entry, Carried)> {
        let entry = self.replies.peek(channel.replies())?;
        let carried = self.replies.carried(channel.replies());
        self.replies.advance();
        Some((entry, carried))
    }

    /// Where the next reply will be, for somebody who looks for it without the lock.
    #[inline]
    pub(super) fn reply_position(&self) -> Consumer {
        self.replies
    }
}
