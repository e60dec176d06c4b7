//! Calls whose arguments wait in the parent because every slot is in use.
//!
//! Knows encoded calls and their order. Invariant: while one waits here, no later call gets a slot before it.

use std::collections::VecDeque;
use std::io;

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

/// The waiting calls, oldest first, and so in the order of their numbers.
#[derive(Default)]
pub(super) struct Backlog(VecDeque<(u32, u64, Packet)>);

impl Backlog {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn front(&self) -> Option<u32> {
        self.0.front().map(|&(index, ..)| index)
    }

    pub(super) fn push(&mut self, index: u32, call: u64, packet: Packet) {
        self.0.push_back((index, call, packet));
    }

    /// The waiting calls, oldest first.
    pub(super) fn indices(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|&(index, ..)| index)
    }

    /// Whether this call is among them.
    pub(super) fn holds(&self, call: u64) -> bool {
        self.0.binary_search_by_key(&call, |&(_, call, _)| call).is_ok()
    }

    /// Drops the arguments of this call. The oldest goes at once, as it does when many have waited too long.
    pub(super) fn remove(&mut self, call: u64) {
        if let Ok(at) = self.0.binary_search_by_key(&call, |&(_, call, _)| call) {
            self.0.remove(at);
        }
    }

    /// Drops the waiting calls' arguments; the records of the calls, oldest first.
    pub(super) fn drain(&mut self) -> Vec<u32> {
        self.0.drain(..).map(|(index, ..)| index).collect()
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
                    core.backlog.0.pop_front();
                    self.settle_not_passed_on(core, index, &error);
                    continue;
                }
            }
            let Some(mut lease) = self.obtain_lease(core) else { return };
            let Some((index, call, packet)) = core.backlog.0.pop_front() else { return };
            // That it fits was checked before it was accepted.
            self.channel.input_area(&mut lease).write(0, &packet.raw);
            let head = self.write_request(&mut lease, packet.request());
            core.outcomes.set_sent(index);
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
        self.note_limits(core, ticket, head.tag);
        ticket
    }

    /// Accepts a call for which there is no slot yet.
    pub(super) fn accept_waiting(&self, core: &mut Core, owner: Owner, mut packet: Packet) -> Ticket {
        let held = std::mem::take(&mut packet.held);
        let ticket = core.outcomes.open(packet.method, owner, Stage::Backlogged, held);
        self.note_limits(core, ticket, packet.method);
        core.backlog.push(ticket.index(), ticket.call, packet);
        ticket
    }
}
