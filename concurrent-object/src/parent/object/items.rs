//! The items of calls whose methods stream: reads them, waits for them, and frees their slots.
//!
//! Knows the ring of items as bytes. Does not trust the child: the position that it has written and
//! every length are checked against the ring before anything is copied. Invariants: an item is
//! copied out before it is decoded, or is decoded under the lock of its source. A slot whose items
//! are unread holds them until they are read, or copied out because the slot is needed.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Object;
use super::state::ObjectState;
use crate::clock::Moment;
use crate::memory::Foreign;
use crate::parent::calls::Calls;
use crate::parent::calls::item_chunk::{ItemChunk, ItemParts};
use crate::parent::calls::item_source::{ItemReading, ItemSource};
use crate::parent::calls::key::{CallKey, WaitKey};
use crate::protocol::item::{HEAD_SIZE, ItemHead};
use crate::transport::mapped::Lease;
use crate::transport::progress_cell::PROGRESS_SIZE;
use crate::transport::{Bell, Transport};

/// Small items are copied out of the ring in parts of this size.
const CHUNK_SIZE: usize = 16 * 1024;

/// A child that waits for room is woken when so many bytes are free, or when all items are read.
const WAKE_AFTER: usize = 256 * 1024;

const NOT_IN_RING: &str = "an item that does not lie in its ring";

/// What a reader of items waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemNews {
    /// Items are there.
    Items,
    /// The call has its outcome, and all items are read.
    Ended,
}

/// What `take_items` found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemsTaken {
    Nothing,
    /// The chunk has items.
    Chunk,
    /// One large item was passed to `read`.
    Large,
}

/// The next part of a ring.
enum RingPart {
    Empty,
    /// Whole items from this offset, at most `CHUNK_SIZE` bytes. At the end there may be a part of
    /// another item.
    Small {
        at: usize,
        len: usize,
    },
    /// One item.
    Large {
        at: usize,
        head: ItemHead,
    },
}

impl Object {
    /// Returns where the items of an accepted call are.
    pub(crate) fn item_source(&self, key: CallKey) -> Option<Arc<ItemSource>> {
        self.lock().calls.streams.claim(key)
    }

    /// Returns the newest progress value of this call, as bytes. Takes no lock, so it does not know
    /// the call's slot, and looks at all of them.
    pub(crate) fn progress_of(&self, call: u64) -> Option<([u8; PROGRESS_SIZE], usize)> {
        if !self.is_ours() {
            return None;
        }
        (0..self.channel.layout.slots as u16).find_map(|slot| self.channel.progress(slot).read(call))
    }

    /// Takes items that are there: small ones into `chunk`, a large one through `read`. Never
    /// blocks.
    pub(crate) fn take_items(
        &self,
        source: &ItemSource,
        chunk: &mut ItemChunk,
        read: impl FnOnce(ItemParts<'_>),
    ) -> Result<ItemsTaken, &'static str> {
        let mut reading = source.lock();
        if let Some(kept) = source.take_kept(&mut reading) {
            *chunk = kept;
            return Ok(ItemsTaken::Chunk);
        }
        let Some(slot) = source.slot() else { return Ok(ItemsTaken::Nothing) };
        let (written, ring) = (self.channel.item_lines(slot).written(), self.channel.item_ring(slot));
        let mut position = source.read();
        match next_part(ring, &mut position, written)? {
            RingPart::Empty => Ok(ItemsTaken::Nothing),
            RingPart::Small { at, len } => {
                let whole = chunk.fill(at, ring.slice(at, len).ok_or(NOT_IN_RING)?);
                if whole == 0 {
                    return Err(NOT_IN_RING);
                }
                self.free_items(source, &mut reading, slot, (position + whole as u64, written));
                Ok(ItemsTaken::Chunk)
            }
            RingPart::Large { at, head } => {
                let place = head.place(at);
                let mut structured = Vec::new();
                let part = |offset, len| ring.slice(offset, len).ok_or(NOT_IN_RING);
                part(place.structured, place.structured_len)?.append_to(&mut structured);
                read(ItemParts { structured: &structured, raw: part(place.raw, place.structured - place.raw)? });
                self.free_items(source, &mut reading, slot, (position + (place.end - at) as u64, written));
                drop(reading);
                if source.was_wanted() {
                    self.send_waiting(&mut self.lock());
                }
                Ok(ItemsTaken::Large)
            }
        }
    }

    /// Moves on in the ring, and wakes a child that waits for room.
    fn free_items(&self, source: &ItemSource, reading: &mut ItemReading, slot: u16, (position, written): (u64, u64)) {
        reading.freed += (position - source.read()) as usize;
        source.set_read(position);
        self.channel.item_lines(slot).set_read(position);
        if position == written || reading.freed >= WAKE_AFTER {
            reading.freed = 0;
            if self.channel.child_sleep().must_ring() {
                self.channel.request_bell().ring();
                self.waiting.note_woken();
            }
        }
    }

    /// Spins for two or three microseconds, until an item is there.
    pub(crate) fn spin_for_items(&self, source: &ItemSource) -> bool {
        let Some(slot) = source.slot() else { return false };
        let lines = self.channel.item_lines(slot);
        self.waiting.spin_briefly(self.channel.parents_cores(), || lines.written() != source.read())
    }

    /// Blocks until items are there or the call has its outcome. `None` after the deadline.
    pub(crate) fn wait_for_items(
        &self,
        key: CallKey,
        source: &ItemSource,
        deadline: Option<Moment>,
    ) -> Option<ItemNews> {
        self.wait_until(WaitKey::Call(key), deadline, |state| self.look_for_items(state, key, source))
    }

    /// Returns whether items are there, or the outcome. If neither is, the child will publish a
    /// notice of the next item.
    pub(crate) fn look_for_items(
        &self,
        state: &mut ObjectState,
        key: CallKey,
        source: &ItemSource,
    ) -> Option<ItemNews> {
        if source.has_kept() {
            return Some(ItemNews::Items);
        }
        // Before the items: the child writes all of them before it answers.
        let is_settled = state.calls.table.is_settled(key);
        if let Some(slot) = source.slot() {
            let lines = self.channel.item_lines(slot);
            let are_there = || lines.written() != source.read();
            if are_there() {
                return Some(ItemNews::Items);
            }
            if !is_settled && state.calls.streams.must_ask(key.index()) {
                lines.ask();
                if are_there() {
                    return Some(ItemNews::Items);
                }
            }
        }
        is_settled.then_some(ItemNews::Ended)
    }

    /// Whether the call has items, or its outcome.
    pub(crate) fn has_items_or_outcome(&self, state: &mut ObjectState, key: CallKey) -> bool {
        match state.calls.streams.find(key.index()).map(|open| open.source.clone()) {
            Some(source) => self.look_for_items(state, key, &source).is_some(),
            None => state.calls.table.is_settled(key),
        }
    }

    /// Prepares the slot of a call whose method streams. Called before the call is sent.
    pub(crate) fn begin_items(&self, state: &mut ObjectState, index: u32, call: u64, slot: u16) {
        self.channel.item_lines(slot).begin(call);
        state.calls.streams.begin(index, slot);
    }

    /// Asks a method that streams to end, since its items are not read any more.
    pub(crate) fn end_items(&self, key: CallKey) {
        let mut state = self.poll();
        let index = key.index();
        if state.calls.table.is_settled(key) || state.phase.has_ended() {
            return;
        }
        if self.cancel_if_queued(&mut state, index) {
            return;
        }
        // No time is set: a method that does not look ends by itself, as a detached call does.
        self.channel.cancel().request(key.call);
        self.wake_for_cancellation(&mut state);
    }

    /// Wakes a child that waits for room, so that it sees a request for cancellation.
    pub(crate) fn wake_for_cancellation(&self, state: &mut ObjectState) {
        if !state.calls.streams.is_empty() {
            state.calls.effects.ring_child |= self.channel.child_sleep().must_ring();
        }
    }

    /// Frees a slot by copying out the items in it, if a call that has ended holds one.
    pub(crate) fn evacuate_items(&self, state: &mut ObjectState) -> Option<Lease> {
        let Calls { streams, table, .. } = &state.calls;
        let kept = streams.iter().find(|open| {
            // A call may have its answer before its `Items` have found it.
            let is_free = open.has_reader && !open.is_abandoned && table.is_settled(open.key);
            is_free && open.source.slot().is_some_and(|slot| self.keep_items(&open.source, slot))
        });
        let index = kept?.key.index();
        let slot = state.calls.slots.slot_of(index)?;
        state.calls.streams.remove(index);
        self.keep_reply(state, slot, index);
        state.calls.slots.vacate(slot)
    }

    fn keep_items(&self, source: &ItemSource, slot: u16) -> bool {
        source.keep(|| {
            let written = self.channel.item_lines(slot).written();
            copy_all(self.channel.item_ring(slot), source.read(), written)
        })
    }
}

/// Returns the next part of a ring between two positions. Skips a marker.
fn next_part(ring: Foreign<'_>, position: &mut u64, written: u64) -> Result<RingPart, &'static str> {
    let size = ring.len();
    let begin = *position;
    loop {
        let there = written.wrapping_sub(*position);
        if there == 0 {
            // The child publishes a marker together with the item after it.
            return if *position == begin { Ok(RingPart::Empty) } else { Err("a marker without an item") };
        }
        if there > size as u64 || !written.is_multiple_of(HEAD_SIZE as u64) {
            return Err("a written position beyond the ring of items");
        }
        let at = *position as usize & (size - 1);
        let (there, rest) = (there as usize, size - at);
        let mut head = [0; HEAD_SIZE];
        ring.slice(at, HEAD_SIZE).ok_or(NOT_IN_RING)?.copy_to(&mut head);
        let head = ItemHead::from_bytes(head);
        if head.is_wrap() {
            if rest > there {
                return Err("a marker beyond the written items");
            }
            *position += rest as u64;
            continue;
        }
        let contiguous = there.min(rest);
        let len = head.place(at).end - at;
        return match len {
            len if len > contiguous => Err(NOT_IN_RING),
            len if len > CHUNK_SIZE => Ok(RingPart::Large { at, head }),
            _ => Ok(RingPart::Small { at, len: contiguous.min(CHUNK_SIZE) }),
        };
    }
}

/// Copies all items between two positions out of a ring. Stops at the first that is not sound: the
/// child has then broken the protocol, and the items before it are all that there is.
fn copy_all(ring: Foreign<'_>, mut position: u64, written: u64) -> VecDeque<ItemChunk> {
    let mut chunks = VecDeque::new();
    loop {
        let (at, len) = match next_part(ring, &mut position, written) {
            Ok(RingPart::Small { at, len }) => (at, len),
            Ok(RingPart::Large { at, head }) => (at, head.place(at).end - at),
            Ok(RingPart::Empty) | Err(_) => return chunks,
        };
        let mut chunk = ItemChunk::default();
        let whole = ring.slice(at, len).map_or(0, |part| chunk.fill(at, part));
        if whole == 0 {
            return chunks;
        }
        position += whole as u64;
        chunks.push_back(chunk);
    }
}
