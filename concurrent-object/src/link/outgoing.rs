//! A call on its way out: its arguments are encoded, as far as possible straight into the slot that they will be read in.
//!
//! Knows the encoder and the slots. Invariant: a slot that was reserved is sent or given back, even if the user's
//! `Serialize` panics or calls the same object.

use std::mem;

use super::arguments::ArgumentWriter;
use super::backlog::{Packet, Request, not_passed_on};
use super::held::Held;
use super::outcomes::{Owner, Ticket};
use super::scratch::Scratch;
use super::{Core, Link};
use crate::channel::mapped::Lease;
use crate::error::PushErrorKind;
use crate::process::post::Sent;
use crate::shared::file::find;
use crate::wire::{Elsewhere, EncodeError, Extent, Holder, RawSink};

/// A structured part of more bytes than this is not copied under the lock.
const SMALL_REQUEST_SIZE: usize = 4096;

/// A smaller part of what is shared is copied, unless its type says that it is shared.
pub(crate) const LEAST_SHARED_SIZE: usize = 4096;

impl Link {
    /// Encodes a call and accepts it, or says why not. Never blocks.
    ///
    /// What is compiled for each method is no more than what its arguments need.
    #[inline]
    pub(crate) fn submit(
        &self,
        method: u32,
        owner: Owner,
        write: impl FnOnce(&mut ArgumentWriter<'_>),
    ) -> Result<Ticket, PushErrorKind> {
        self.check_reachable(method)?;
        let mut scratch = Scratch::take();
        let mut outgoing = Outgoing::new(self, owner);
        let mut writer = ArgumentWriter::new(&mut scratch.0, &mut outgoing);
        write(&mut writer);
        let encoded = writer.finish();
        outgoing.accept(method, &mut scratch.0, encoded)
    }

    #[inline]
    fn check_reachable(&self, method: u32) -> Result<(), PushErrorKind> {
        if self.is_ours() { Ok(()) } else { Err(PushErrorKind::Gone(self.forked_copy(self.method_name(method)))) }
    }
}

/// Where a call's raw regions go, decided when the first of them comes.
struct Outgoing<'l> {
    link: &'l Link,
    owner: Owner,
    /// The object ends with the call.
    is_last: bool,
    room: Room,
    /// What the arguments refer to.
    held: Held,
}

enum Room {
    /// Nothing was written yet.
    None,
    /// Into this slot.
    Slot(Lease),
    /// Into the parent's memory, until there is a slot.
    Parent(Vec<u8>),
    /// Nowhere: a push that is refused as full.
    Refused,
}

impl RawSink for Outgoing<'_> {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        // What does not fit is counted by the encoder, and refused by `commit`.
        let end = offset.saturating_add(bytes.len());
        if end > self.link.channel.places.input_area_size {
            return;
        }
        if matches!(self.room, Room::None) {
            self.reserve();
        }
        match &mut self.room {
            Room::Slot(lease) => drop(self.link.channel.input_area(lease).write(offset, bytes)),
            Room::Parent(raw) => RawSink::write(raw, offset, bytes),
            Room::None | Room::Refused => {}
        }
    }

    fn limit(&self) -> usize {
        self.link.channel.layout.input_limit
    }

    #[inline]
    fn elsewhere(&mut self, bytes: &[u8], shared: bool) -> Option<Elsewhere> {
        if let Some((area, place)) = self.link.find_lent(bytes) {
            self.held.hold(area);
            return Some(place);
        }
        if !shared && bytes.len() < LEAST_SHARED_SIZE {
            return None;
        }
        let (file, offset) = find(bytes)?;
        Some(Elsewhere { holder: Holder::File(self.held.hold_file(file)?), offset })
    }
}

impl<'l> Outgoing<'l> {
    fn new(link: &'l Link, owner: Owner) -> Self {
        let is_last = owner == Owner::Last;
        let owner = if is_last { Owner::Held } else { owner };
        Self { link, owner, is_last, room: Room::None, held: Held::default() }
    }

    fn accept(
        self,
        method: u32,
        structured: &mut Vec<u8>,
        encoded: Result<Extent, (&'static str, EncodeError)>,
    ) -> Result<Ticket, PushErrorKind> {
        let link = self.link;
        let refused =
            |(argument, error): (_, EncodeError)| PushErrorKind::Encode { argument, reason: error.to_string() };
        let extent = encoded.map_err(refused)?;
        for file in self.held.files() {
            structured.extend_from_slice(&file.id().to_ne_bytes());
        }
        let request = Request { method, structured, raw_end: extent.raw_end, files: self.held.count() };
        let ticket = self.commit(request, extent)?;
        tracing::trace!(
            target: "concurrent_object::calls", name = &*link.identity.name, pid = link.pid(),
            method = link.method_name(method), call = ticket.call, "call accepted"
        );
        Ok(ticket)
    }

    fn reserve(&mut self) {
        let mut core = self.link.lock();
        self.room = match self.link.lease_for_new_call(&mut core, self.owner) {
            Some(lease) if core.slots.has_free() => Room::Slot(lease),
            // The last slot is not held while code of the user runs: that code may itself wait for a call.
            Some(lease) => {
                core.slots.release(lease);
                Room::Parent(Vec::new())
            }
            None if self.owner == Owner::Pushed => Room::Refused,
            None => Room::Parent(Vec::new()),
        };
    }

    fn commit(mut self, request: Request<'_>, extent: Extent) -> Result<Ticket, PushErrorKind> {
        let link = self.link;
        link.check_size(request.structured, extent)?;
        if request.structured.len() > SMALL_REQUEST_SIZE && matches!(self.room, Room::None) {
            self.reserve();
        }
        let mut head = None;
        if let Room::Slot(lease) = &mut self.room {
            head = Some(link.write_request(lease, request));
        }
        let mut core = link.lock();
        link.check_accepts(&mut core, request.method)?;
        let mut lease = self.settle_room(&mut core, request.raw_end);
        if request.files > 0 {
            lease = self.pass_files_on(&mut core, lease, request.raw_end)?;
        }
        let ticket = match (lease, self.owner) {
            (Some(mut lease), owner) => {
                let head = head.unwrap_or_else(|| link.write_request(&mut lease, request));
                link.accept_sent(&mut core, owner, lease, head, mem::take(&mut self.held))
            }
            (None, Owner::Pushed) => {
                link.fill_slots(&mut core);
                return Err(PushErrorKind::Full);
            }
            (None, owner) => {
                let Request { method, structured, files, .. } = request;
                let (raw, held) = (self.take_raw(), mem::take(&mut self.held));
                let packet = Packet { method, structured: structured.to_vec(), raw, files, held };
                let ticket = link.accept_waiting(&mut core, owner, packet);
                link.fill_slots(&mut core);
                ticket
            }
        };
        if self.is_last {
            // What the child does of itself from now on is the end that was asked for.
            core.ending.last_call = Some(ticket);
        }
        Ok(ticket)
    }

    /// Sees to it that the child has the shared files. If it cannot take them now, the call must wait.
    fn pass_files_on(
        &mut self,
        core: &mut Core,
        lease: Option<Lease>,
        raw_end: usize,
    ) -> Result<Option<Lease>, PushErrorKind> {
        let Some(lease) = lease else { return Ok(None) };
        let outcome = self.link.files.pass_on(self.held.files());
        if matches!(outcome, Ok(Sent::Yes)) {
            return Ok(Some(lease));
        }
        self.put_aside(core, lease, raw_end);
        match outcome {
            Ok(_) => Ok(None),
            Err(error) => Err(PushErrorKind::Encode { argument: "", reason: not_passed_on(&error) }),
        }
    }

    fn put_aside(&mut self, core: &mut Core, lease: Lease, raw_end: usize) {
        if self.owner == Owner::Held {
            self.room = Room::Parent(self.link.channel.written(&lease, raw_end).to_vec());
        }
        core.slots.release(lease);
    }

    /// The slot to send the call in, if it may be sent now: not before those that wait, though they came while this one
    /// was being encoded, and a push only within its share.
    fn settle_room(&mut self, core: &mut Core, raw_end: usize) -> Option<Lease> {
        let link = self.link;
        match mem::replace(&mut self.room, Room::Refused) {
            Room::Slot(lease) if core.backlog.is_empty() && !link.has_no_share(core, self.owner) => Some(lease),
            Room::Slot(lease) => {
                self.put_aside(core, lease, raw_end);
                None
            }
            Room::None => link.lease_for_new_call(core, self.owner),
            Room::Parent(raw) => match link.lease_for_new_call(core, self.owner) {
                Some(mut lease) => {
                    link.channel.input_area(&mut lease).write(0, &raw);
                    Some(lease)
                }
                None => {
                    self.room = Room::Parent(raw);
                    None
                }
            },
            Room::Refused => None,
        }
    }

    fn take_raw(&mut self) -> Vec<u8> {
        match &mut self.room {
            Room::Parent(raw) => mem::take(raw),
            Room::None | Room::Slot(_) | Room::Refused => Vec::new(),
        }
    }
}

impl Drop for Outgoing<'_> {
    fn drop(&mut self) {
        if let Room::Slot(lease) = mem::replace(&mut self.room, Room::None) {
            let mut core = self.link.lock();
            core.slots.release(lease);
            self.link.fill_slots(&mut core);
        }
    }
}

impl Link {
    /// A slot for a call that is new: not before those that wait, and for a push only within its share.
    fn lease_for_new_call(&self, core: &mut Core, owner: Owner) -> Option<Lease> {
        if self.has_no_share(core, owner) {
            return None;
        }
        if core.backlog.is_empty()
            && let Some(lease) = core.slots.take()
        {
            return Some(lease);
        }
        self.advance(core);
        if core.backlog.is_empty() { self.obtain_lease(core) } else { None }
    }

    fn has_no_share(&self, core: &Core, owner: Owner) -> bool {
        owner == Owner::Pushed && core.outcomes.unpulled() >= self.channel.layout.slots
    }

    fn check_size(&self, structured: &[u8], extent: Extent) -> Result<(), PushErrorKind> {
        let limit = self.channel.layout.input_limit;
        let whole = structured.len() + extent.raw_end;
        if extent.counted > limit {
            return Err(PushErrorKind::TooLarge { needed: extent.counted, limit });
        }
        // Only a call of very many parameters gets here: each may cost some bytes beyond what is counted.
        if whole > self.channel.places.input_area_size {
            return Err(PushErrorKind::TooLarge { needed: whole, limit });
        }
        Ok(())
    }
}
