//! Receives the replies of the child, and takes the outcomes of calls.
//!
//! Knows headers and slots; knows no types. Invariant: the child is not trusted, so each reply is
//! checked against the call that was sent.

use super::Object;
use super::reply::{NoReply, ReceivedReply, ReplyBytes};
use super::state::ObjectState;
use crate::error::{CallError, CallInfo, Started};
use crate::parent::calls::Calls;
use crate::parent::calls::effects::MemberNews;
use crate::parent::calls::key::{CallKey, WaitKey};
use crate::parent::calls::table::Stage;
use crate::parent::life::arrived_files::ReplyFiles;
use crate::parent::life::events::EventKind;
use crate::protocol::notice::{FULL, ITEMS, MakeRoom, READY};
use crate::protocol::tag::{ENDED, FAILURE, LACKING, SKIPPED, TIMED_OUT, VALUE};
use crate::shared::share::REFUSED;
use crate::transport::Transport;
use crate::transport::call_state::CallPhase;
use crate::transport::header::{Body, Header};
use crate::transport::mapped::Lease;
use crate::transport::ring::{CELL_WORDS, Entry, InlinePayload, NOTICE};

/// The notice for which the parent empties the control socket.
const MAKES_ROOM: Entry = Entry { slot: NOTICE, call: FULL };

impl Object {
    /// Receives the replies that the child has published: no more than the ring holds, and nothing
    /// after a full socket was emptied. So a child that publishes without end, or fills the socket
    /// again and again, keeps the lock from other threads only for a moment.
    #[inline]
    pub(crate) fn receive_some(&self, state: &mut ObjectState) -> Result<(), &'static str> {
        for _ in 0..self.channel.places.ring_words / CELL_WORDS {
            let Some((entry, payload)) = state.calls.slots.next_reply(&self.channel) else { break };
            self.receive(state, entry, &payload)?;
            if entry == MAKES_ROOM {
                break;
            }
        }
        Ok(())
    }

    /// Receives all replies of a child that has ended, so they are no more than the ring holds.
    pub(crate) fn receive_rest(&self, state: &mut ObjectState) -> Result<(), &'static str> {
        for _ in 0..self.channel.places.ring_words / CELL_WORDS {
            let Some((entry, payload)) = state.calls.slots.next_reply(&self.channel) else { break };
            self.receive(state, entry, &payload)?;
        }
        Ok(())
    }

    /// Receives one entry of the reply ring. An entry that does not fit what the parent sent is an
    /// error.
    pub(crate) fn receive(
        &self,
        state: &mut ObjectState,
        entry: Entry,
        payload: &InlinePayload,
    ) -> Result<(), &'static str> {
        if entry.slot == NOTICE {
            return self.receive_notice(state, entry.call, payload);
        }
        let Some(index) = state.calls.slots.call_in(entry.slot) else {
            return self.receive_skipped(state, entry, payload);
        };
        if state.calls.table.call_of(index) != entry.call {
            return Err("a reply for another call than the one in its slot");
        }
        self.receive_answer(state, entry.slot, index, payload)
    }

    /// Receives the child's report that it has skipped a cancelled call. The report is the tag in
    /// the low half of the first word, as in `Header`.
    fn receive_skipped(
        &self,
        state: &mut ObjectState,
        entry: Entry,
        payload: &InlinePayload,
    ) -> Result<(), &'static str> {
        let is_skip = payload[0] as u32 == SKIPPED && state.calls.slots.skip(entry);
        if is_skip { Ok(()) } else { Err("a reply for a slot without a call") }
    }

    fn receive_notice(
        &self,
        state: &mut ObjectState,
        notice: u64,
        payload: &InlinePayload,
    ) -> Result<(), &'static str> {
        if notice == ITEMS {
            return match state.calls.streams.note_received(payload[0]) {
                Some(key) => {
                    state.calls.wake_for_items(key);
                    Ok(())
                }
                // The call was abandoned, and its outcome taken.
                None if state.is_killed() => Ok(()),
                None => Err("an unexpected notice"),
            };
        }
        if notice == FULL {
            let taken = state.calls.slots.reply_position();
            return self.channel.make_room(taken, || self.files.make_room(state.calls.table.accepted()));
        }
        if notice != READY || !state.phase.become_ready() {
            return Err("an unexpected notice");
        }
        self.note_place(state.backend());
        self.queue(state, EventKind::Ready);
        state.calls.wake(WaitKey::State);
        state.calls.tell_pool(MemberNews::Phase);
        Ok(())
    }

    /// Receives the answer of the call in this slot: checks it, and settles the call. A short
    /// result came with the entry, so its slot is free. A long result stays in its slot, and the
    /// slot's state is checked.
    pub(crate) fn receive_answer(
        &self,
        state: &mut ObjectState,
        slot: u16,
        index: u32,
        payload: &InlinePayload,
    ) -> Result<(), &'static str> {
        if !state.calls.table.is_sent(index) {
            return Err("a second reply for a call");
        }
        let header = Header::from_words(payload, self.channel.places.output_region_size)?;
        let has_items = state.calls.streams.has(index);
        match header.tag {
            FAILURE => {}
            VALUE if !has_items => {}
            ENDED if has_items => {}
            LACKING => self.files.note_lacking(state.calls.table.files_of(index)),
            SKIPPED => return self.receive_returned(state, slot, index),
            TIMED_OUT => return self.receive_timed_out(state, slot, index, &header),
            _ => return Err("a reply of unknown kind"),
        }
        if header.files > 0 && !self.receive_files(state, slot, index, header)? {
            return Ok(());
        }
        if state.times.is_some() {
            self.note_times(state, slot, index);
        }
        if let Some(error) = self.cancelled_outcome(state, slot, index) {
            state
                .calls
                .table
                .take_received(index)
                .into_iter()
                .for_each(|files| state.calls.effects.received.push(files));
            state.calls.free_slot_of(index, slot);
            state.calls.settle(index, Stage::Failed(error));
            return Ok(());
        }
        if let Body::Inline(_) = header.body
            && !has_items
        {
            state.calls.free_slot(slot);
            state.calls.settle(index, Stage::Kept(self.pid(), header, Vec::new()));
            return Ok(());
        }
        if self.channel.state(slot).phase_of(state.calls.table.call_of(index)) != Some(CallPhase::Answered) {
            return Err("a reply for a call that is not answered");
        }
        state.calls.settle(index, Stage::Answered(self.pid(), slot, header));
        Ok(())
    }

    /// Receives the files that come with a reply. Returns false if they were lost; the call is
    /// settled then.
    fn receive_files(
        &self,
        state: &mut ObjectState,
        slot: u16,
        index: u32,
        header: Header,
    ) -> Result<bool, &'static str> {
        let call = state.calls.table.call_of(index);
        match self.files.take_reply_files(call, header.files)? {
            ReplyFiles::Kept(files) => {
                state.calls.table.set_received(index, files);
                Ok(true)
            }
            ReplyFiles::Lost => {
                let info = self.call_info(
                    Some(self.method_name(state.calls.table.method_of(index))),
                    Some(call),
                    Started::Yes,
                );
                state.calls.free_slot_of(index, slot);
                state.calls.settle(index, Stage::Failed(too_many_descriptors(info)));
                Ok(false)
            }
        }
    }

    /// Returns a slot to send a call in: a free slot, or a slot whose result is copied out first.
    pub(crate) fn obtain_lease(&self, state: &mut ObjectState) -> Option<Lease> {
        state.calls.slots.take().or_else(|| self.evacuate(state)).or_else(|| self.evacuate_items(state))
    }

    fn evacuate(&self, state: &mut ObjectState) -> Option<Lease> {
        let Calls { slots, table, streams, .. } = &state.calls;
        let answered = slots.occupied().find(|&(_, index)| table.is_answered(index) && !streams.has(index));
        let (slot, index) = answered?;
        self.keep_reply(state, slot, index);
        state.calls.slots.vacate(slot)
    }

    /// Copies the reply to a call out of its slot, if the call is answered.
    pub(crate) fn keep_reply(&self, state: &mut ObjectState, slot: u16, index: u32) {
        state.calls.table.keep(index, |header| {
            let mut bytes = Vec::new();
            self.channel.output(slot, header.region_len()).append_to(&mut bytes);
            bytes
        });
    }

    /// Receives the replies, and takes the outcome of a call, if it has one.
    pub(crate) fn try_take(&self, key: CallKey) -> Option<ReceivedReply<'_>> {
        let mut state = self.poll();
        self.take(&mut state, key)
    }

    /// Takes the outcome of a call, if it has one. An outcome can be taken once.
    pub(crate) fn take<'l>(&'l self, state: &mut ObjectState, key: CallKey) -> Option<ReceivedReply<'l>> {
        if !state.calls.table.is_settled(key) {
            return None;
        }
        if state.calls.is_pooled
            && let Some(to) = state.calls.table.moved_to(key)
        {
            let method = state.calls.table.method_of(key.index());
            let outcome = Err(NoReply::Moved(to));
            return Some(ReceivedReply {
                method,
                call: key.call,
                pid: self.pid(),
                files: None,
                decoded: None,
                outcome,
            });
        }
        if state.calls.table.front() == Some(key) {
            state.calls.table.pop_front();
        }
        let method = state.calls.table.method_of(key.index());
        let files = state.calls.table.take_received(key.index());
        let (pid, outcome) = match state.calls.table.close(key.index()) {
            Stage::Answered(pid, slot, header) => {
                let lease = state.calls.slots.vacate(slot);
                state.calls.release_items(key.index());
                (pid, Ok(ReplyBytes::in_slot(header, self, slot, lease)))
            }
            Stage::Kept(pid, header, bytes) => (pid, Ok(ReplyBytes::kept(header, bytes))),
            Stage::Failed(error) => {
                state.calls.release_items(key.index());
                (error.info().pid, Err(NoReply::Failed(error)))
            }
            Stage::Free | Stage::Backlogged | Stage::Sent | Stage::Moved(_) => return None,
        };
        if !state.calls.backlog.is_empty() {
            self.send_waiting(state);
        }
        Some(ReceivedReply { method, call: key.call, pid, files, decoded: self.note_decoded(), outcome })
    }
}

fn too_many_descriptors(info: Box<CallInfo>) -> CallError {
    CallError::Decode { part: "the result".into(), reason: REFUSED.into(), info }
}
