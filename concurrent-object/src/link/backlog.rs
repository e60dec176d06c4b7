//! Calls whose arguments wait in the parent because every slot is in use.
//!
//! Knows encoded calls and their order. Invariant: while one waits here, no later call gets a slot before it.

use std::collections::VecDeque;

use super::loans::Held;
use super::outcomes::{Owner, Stage, Ticket};
use super::{Core, Link};
use crate::channel::head::{Body, Head, Inline};
use crate::channel::mapped::Lease;

/// An encoded call, ready to be written into a slot.
#[derive(Debug)]
pub(super) struct Packet {
    pub(super) method: u32,
    pub(super) structured: Vec<u8>,
    /// The raw regions, as they will lie in the slot.
    pub(super) raw: Vec<u8>,
    /// What the arguments refer to.
    pub(super) lent: Held,
}

/// The waiting calls, oldest first.
#[derive(Default)]
pub(super) struct Backlog(VecDeque<(u32, u64, Packet)>);

impl Backlog {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn push(&mut self, index: u32, call: u64, packet: Packet) {
        self.0.push_back((index, call, packet));
    }

    /// Drops the waiting calls' arguments; the records of the calls, oldest first.
    pub(super) fn drain(&mut self) -> Vec<u32> {
        self.0.drain(..).map(|(index, ..)| index).collect()
    }
}

impl Link {
    /// Sends waiting calls, as long as there are slots.
    pub(super) fn fill_slots(&self, core: &mut Core) {
        while !core.backlog.is_empty() {
            let Some(mut lease) = self.obtain_lease(core) else { return };
            let Some((index, call, packet)) = core.backlog.0.pop_front() else { return };
            // That it fits was checked before it was accepted.
            self.channel.input_area(&mut lease).write(0, &packet.raw);
            let head = self.write_request(&mut lease, packet.method, &packet.structured, packet.raw.len());
            core.outcomes.set_sent(index);
            core.after.ring_child |= core.slots.send(&self.channel, lease, index, call, head);
        }
    }

    /// Writes a request's structured part where the child will look for it: into its head if it is short, and else into
    /// the slot, after the raw regions, which end at `raw_end`.
    pub(super) fn write_request(&self, lease: &mut Lease, method: u32, structured: &[u8], raw_end: usize) -> Head {
        let inline = if raw_end == 0 { Inline::new(structured) } else { None };
        let body = inline.map_or(Body::InArea { offset: raw_end, len: structured.len() }, Body::Inline);
        if inline.is_none() {
            self.channel.input_area(lease).write(raw_end, structured);
        }
        Head { tag: method, body }
    }

    /// Accepts a call whose arguments are in its slot.
    pub(super) fn accept_sent(&self, core: &mut Core, owner: Owner, lease: Lease, head: Head, lent: Held) -> Ticket {
        let ticket = core.outcomes.open(head.tag, owner, Stage::Sent, lent);
        core.after.ring_child |= core.slots.send(&self.channel, lease, ticket.index(), ticket.call, head);
        ticket
    }

    /// Accepts a call for which there is no slot yet.
    pub(super) fn accept_waiting(&self, core: &mut Core, owner: Owner, mut packet: Packet) -> Ticket {
        let lent = std::mem::take(&mut packet.lent);
        let ticket = core.outcomes.open(packet.method, owner, Stage::Backlogged, lent);
        core.backlog.push(ticket.index(), ticket.call, packet);
        ticket
    }
}
