//! Sends calls: from the backlog when slots become free, or at once if a slot is free.
//!
//! Knows encoded calls and their order. Invariant: while a call is in the backlog, no later call
//! gets a slot before it.

use std::io;

use super::Object;
use super::state::ObjectState;
use crate::error::{CallError, Started, described};
use crate::parent::calls::backlog::{EncodedRequest, Packet};
use crate::parent::calls::key::CallKey;
use crate::parent::calls::references::References;
use crate::parent::calls::table::{Owner, Stage};
use crate::process::fd_socket::Sent;
use crate::protocol::remote::TraceParent;
use crate::transport::SlotLease;
use crate::transport::header::{Body, Header, Inline};
use crate::transport::mapped::Lease;

/// Returns the error text of a call whose shared files cannot be sent.
pub(crate) fn not_passed_on(error: &io::Error) -> String {
    format!("shared memory could not be sent to the object: {}", described(error))
}

impl Object {
    /// Sends calls of the backlog, as long as slots are free.
    pub(crate) fn send_waiting(&self, state: &mut ObjectState) {
        if state.phase.has_ended() || state.has_retired() {
            // These calls are kept for another member of the pool.
            return;
        }
        state.calls.socket_is_full = false;
        while let Some(index) = state.calls.backlog.front() {
            if self.is_bridged() && self.is_reserved(state, index) {
                return;
            }
            match self.files.send_missing(state.calls.table.files_of(index)) {
                Ok(Sent::Yes) => {}
                Ok(Sent::NotNow) => return self.wait_for_socket(state),
                Err(error) => {
                    state.calls.backlog.0.pop_first();
                    self.settle_not_passed_on(state, index, &error);
                    continue;
                }
            }
            let Some(mut lease) = self.obtain_lease(state) else { return };
            let Some((call, (index, packet))) = state.calls.backlog.0.pop_first() else { return };
            // The size was checked before the call was accepted.
            let (mut region, mut at) = (self.channel.input_region(&mut lease), 0);
            packet.raw.each(&mut |bytes| {
                region.write(at, bytes);
                at += bytes.len();
            });
            let header = self.write_request(&mut lease, packet.request());
            state.calls.table.set_sent(index);
            if state.calls.streams.has(index) {
                self.begin_items(state, index, call, lease.slot());
            }
            self.pass_on_trace(state, index);
            self.poll_when_sent(state, index);
            state.calls.effects.ring_child |=
                state.calls.slots.send(&self.channel, lease, index, call, &header.to_words());
        }
    }

    /// Notes that the oldest call in the backlog waits for room in the control socket, on which the
    /// driver or the reactor thread sleeps too.
    fn wait_for_socket(&self, state: &mut ObjectState) {
        state.calls.wait_for_socket();
        if state.calls.waiters.is_armed() {
            self.watch_socket(state);
        }
    }

    fn settle_not_passed_on(&self, state: &mut ObjectState, index: u32, error: &io::Error) {
        let method = self.method_name(state.calls.table.method_of(index));
        let info = self.call_info(Some(method), Some(state.calls.table.call_of(index)), Started::No);
        let (part, reason) = ("the arguments".into(), not_passed_on(error));
        state.calls.settle(index, Stage::Failed(CallError::Encode { part, reason, info }));
    }

    /// Writes a request's structured part where the child reads it: into the header if it is short,
    /// and else into the slot, after the raw regions, which end at `raw_end`.
    pub(crate) fn write_request(&self, lease: &mut Lease, request: EncodedRequest<'_>) -> Header {
        let EncodedRequest { method, structured, raw_end, files } = request;
        let inline = if raw_end == 0 { Inline::new(structured) } else { None };
        let body = inline.map_or(Body::InRegion { offset: raw_end, len: structured.len() }, Body::Inline);
        if inline.is_none() {
            self.channel.input_region(lease).write(raw_end, structured);
        }
        Header { tag: method, files, body }
    }

    /// Accepts a call whose arguments are in its slot.
    pub(crate) fn accept_sent(
        &self,
        state: &mut ObjectState,
        owner: Owner,
        lease: Lease,
        header: Header,
        references: References,
        trace: Option<TraceParent>,
    ) -> CallKey {
        let key = state.calls.table.open(header.tag, owner, Stage::Sent, references);
        if owner == Owner::Items {
            state.calls.streams.open(key);
            self.begin_items(state, key.index(), key.call, lease.slot());
        }
        // Before the call, so that a bridge that passes it on finds them.
        self.note_trace(state, key, trace);
        self.note_limits(state, key);
        state.calls.effects.ring_child |=
            state.calls.slots.send(&self.channel, lease, key.index(), key.call, &header.to_words());
        state.note_submission(key.index());
        key
    }

    /// Accepts a call for which no slot is free: it goes to the backlog.
    pub(crate) fn accept_waiting(
        &self,
        state: &mut ObjectState,
        owner: Owner,
        mut packet: Packet,
        trace: Option<TraceParent>,
    ) -> CallKey {
        let references = std::mem::take(&mut packet.references);
        let key = state.calls.table.open(packet.method, owner, Stage::Backlogged, references);
        if owner == Owner::Items {
            state.calls.streams.open(key);
        }
        self.note_trace(state, key, trace);
        self.note_limits(state, key);
        state.note_submission(key.index());
        state.calls.backlog.push(key.index(), key.call, packet);
        key
    }
}
