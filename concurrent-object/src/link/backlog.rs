//! Calls whose arguments wait in the parent because every slot is in use.
//!
//! Knows encoded calls and their order. Invariant: while one waits here, no later call gets a slot before it.

use std::collections::BTreeMap;
use std::{io, mem};

use super::held::Held;
use super::outcomes::{Owner, Stage, Ticket};
use super::{Core, Link};
use crate::channel::head::{Body, Head, Inline};
use crate::channel::mapped::Lease;
use crate::error::{CallError, Started, described};
use crate::process::post::Sent;

/// An encoded call, ready to be written into a slot.
#[derive(Debug)]
pub(super) struct Packet {
    pub(super) method: u32,
    pub(super) structured: Vec<u8>,
    /// The raw regions, as they will lie in the slot.
    pub(super) raw: Vec<u8>,
    /// How many shared files they refer to.
    pub(super) files: u16,
    /// What the arguments refer to.
    pub(super) held: Held,
}

/// What is written of a call, but for its raw regions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    pub(super) method: u32,
    pub(super) structured: &'a [u8],
    /// Where the raw regions end.
    pub(super) raw_end: usize,
    /// How many shared files the arguments refer to; their numbers stand at the end of the structured part.
    pub(super) files: u16,
}

impl Packet {
    fn request(&self) -> Request<'_> {
        let Self { method, files, .. } = *self;
        Request { method, structured: &self.structured, raw_end: self.raw.len(), files }
    }
}

/// Why a call fails whose shared memory cannot be sent.
pub(super) fn not_passed_on(error: &io::Error) -> String {
    format!("shared memory could not be sent to the object: {}", described(error))
}

/// The waiting calls with their records, by their numbers, and so oldest first. Nothing that is done with one of them takes
/// longer because of the others: the lock is held meanwhile.
#[derive(Default)]
pub(super) struct Backlog(BTreeMap<u64, (u32, Packet)>);

impl Backlog {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The oldest.
    pub(super) fn front(&self) -> Option<u32> {
        self.0.first_key_value().map(|(_, &(index, _))| index)
    }

    pub(super) fn push(&mut self, index: u32, call: u64, packet: Packet) {
        self.0.insert(call, (index, packet));
    }

    /// Whether this call is among them.
    pub(super) fn holds(&self, call: u64) -> bool {
        self.0.contains_key(&call)
    }

    /// Drops the arguments of this call.
    pub(super) fn remove(&mut self, call: u64) {
        self.0.remove(&call);
    }

    /// Drops the waiting calls' arguments; the records of the calls, oldest first.
    pub(super) fn drain(&mut self) -> Vec<u32> {
        mem::take(&mut self.0).into_values().map(|(index, _)| index).collect()
    }
}

impl Link {
    /// Sends waiting calls, as long as there are slots.
    pub(super) fn fill_slots(&self, core: &mut Core) {
        core.socket_is_full = false;
        while let Some(index) = core.backlog.front() {
            match self.files.pass_on(core.outcomes.files_of(index)) {
                Ok(Sent::Yes) => {}
                Ok(Sent::NotNow) => return self.wait_for_socket(core),
                Err(error) => {
                    core.backlog.0.pop_first();
                    self.settle_not_passed_on(core, index, &error);
                    continue;
                }
            }
            let Some(mut lease) = self.obtain_lease(core) else { return };
            let Some((call, (index, packet))) = core.backlog.0.pop_first() else { return };
            // That it fits was checked before it was accepted.
            self.channel.input_area(&mut lease).write(0, &packet.raw);
            let head = self.write_request(&mut lease, packet.request());
            core.outcomes.set_sent(index);
            self.look_when_sent(core, index);
            core.after.ring_child |= core.slots.send(&self.channel, lease, index, call, head);
        }
    }

    /// Whoever drives waits for the socket too; if somebody already does, they must look anew.
    pub(super) fn wait_for_socket(&self, core: &mut Core) {
        core.socket_is_full = true;
        core.after.ring_driver |= !core.nobody_watches();
    }

    fn settle_not_passed_on(&self, core: &mut Core, index: u32, error: &io::Error) {
        let method = self.method_name(core.outcomes.method_of(index));
        let site = self.site(method, core.outcomes.call_of(index), Started::No);
        let (part, reason) = ("the arguments".into(), not_passed_on(error));
        core.settle(index, Stage::Failed(CallError::Encode { part, reason, site }));
    }

    /// Writes a request's structured part where the child will look for it: into its head if it is short, and else into
    /// the slot, after the raw regions, which end at `raw_end`.
    pub(super) fn write_request(&self, lease: &mut Lease, request: Request<'_>) -> Head {
        let Request { method, structured, raw_end, files } = request;
        let inline = if raw_end == 0 { Inline::new(structured) } else { None };
        let body = inline.map_or(Body::InArea { offset: raw_end, len: structured.len() }, Body::Inline);
        if inline.is_none() {
            self.channel.input_area(lease).write(raw_end, structured);
        }
        Head { tag: method, files, body }
    }

    /// Accepts a call whose arguments are in its slot.
    pub(super) fn accept_sent(&self, core: &mut Core, owner: Owner, lease: Lease, head: Head, held: Held) -> Ticket {
        let ticket = core.outcomes.open(head.tag, owner, Stage::Sent, held);
        core.after.ring_child |= core.slots.send(&self.channel, lease, ticket.index(), ticket.call, head);
        self.note_limits(core, ticket);
        ticket
    }

    /// Accepts a call for which there is no slot yet.
    pub(super) fn accept_waiting(&self, core: &mut Core, owner: Owner, mut packet: Packet) -> Ticket {
        let held = std::mem::take(&mut packet.held);
        let ticket = core.outcomes.open(packet.method, owner, Stage::Backlogged, held);
        self.note_limits(core, ticket);
        core.backlog.push(ticket.index(), ticket.call, packet);
        ticket
    }
}
