//! Submits a call: encodes its arguments, straight into a slot if one is free.
//!
//! Knows the encoder and the slots. Invariant: a reserved slot is sent or released, even if the
//! user's `Serialize` panics or calls the same object.

mod raw_sink;

use std::mem;

use super::Object;
use super::send::not_passed_on;
use super::state::ObjectState;
use crate::error::PushErrorKind;
use crate::parent::calls::arguments::ArgumentWriter;
use crate::parent::calls::backlog::{EncodedRequest, Packet};
use crate::parent::calls::effects::MemberNews;
use crate::parent::calls::key::CallKey;
use crate::parent::calls::references::References;
use crate::parent::calls::scratch::Scratch;
use crate::parent::calls::table::Owner;
use crate::process::fd_socket::Sent;
use crate::protocol::remote::TraceParent;
use crate::transport::header::INLINE_SIZE;
use crate::transport::mapped::Lease;
use crate::wire::{EncodeError, Extent};

/// A structured part with more bytes than this is not copied under the lock.
const SMALL_REQUEST_SIZE: usize = 4096;

/// A smaller part of a shared file is copied, unless its type says that it is shared.
pub(crate) const LEAST_SHARED_SIZE: usize = 4096;

impl Object {
    /// Encodes a call and accepts it, or returns why not. Never blocks. Compiled for each method.
    #[inline]
    pub(crate) fn submit(
        &self,
        method: u32,
        owner: Owner,
        write: impl FnOnce(&mut ArgumentWriter<'_>),
    ) -> Result<CallKey, PushErrorKind> {
        self.check_reachable(method)?;
        self.send_released_first();
        let mut scratch = Scratch::take();
        let mut outgoing = Submission::new(self, owner);
        let mut writer = ArgumentWriter::new(&mut scratch.0, &mut outgoing, self.address());
        write(&mut writer);
        let is_pinned = writer.is_pinned();
        let encoded = writer.finish();
        if is_pinned {
            outgoing.references.pin();
        }
        outgoing.accept(method, &mut scratch.0, encoded)
    }

    #[inline]
    fn trace_accepted(&self, method: u32, call: u64) {
        tracing::trace!(
            target: "concurrent_object::calls", name = &*self.identity.name, pid = self.pid(),
            method = self.method_name(method), call, "call accepted"
        );
    }

    #[inline]
    fn check_reachable(&self, method: u32) -> Result<(), PushErrorKind> {
        if self.is_ours() { Ok(()) } else { Err(PushErrorKind::Gone(self.forked_copy(Some(self.method_name(method))))) }
    }
}

/// A call that is being encoded.
struct Submission<'l> {
    object: &'l Object,
    owner: Owner,
    /// Whether the object ends with the call.
    is_last: bool,
    room: RawTarget,
    /// Whether the slot was the last free one when the call took it.
    has_last_slot: bool,
    /// Whether code of the user may run before the next value: the `Serialize` of an argument.
    runs_user_code: bool,
    /// The loans and shared files that the arguments refer to.
    references: References,
}

enum RawTarget {
    /// No raw region was written yet.
    None,
    /// The regions go into this slot.
    Slot(Lease),
    /// The regions go into the parent's memory, until a slot is free.
    Parent(Vec<u8>),
    /// The regions go nowhere, because the push is refused as full.
    Refused,
}

impl<'l> Submission<'l> {
    fn new(object: &'l Object, owner: Owner) -> Self {
        let is_last = owner == Owner::Last;
        let owner = if is_last { Owner::Call } else { owner };
        Self {
            object,
            owner,
            is_last,
            room: RawTarget::None,
            has_last_slot: false,
            runs_user_code: true,
            references: References::default(),
        }
    }

    fn accept(
        self,
        method: u32,
        structured: &mut Vec<u8>,
        encoded: Result<Extent, (&'static str, EncodeError)>,
    ) -> Result<CallKey, PushErrorKind> {
        let object = self.object;
        let refused =
            |(argument, error): (_, EncodeError)| PushErrorKind::Encode { argument, reason: error.to_string() };
        let extent = encoded.map_err(refused)?;
        let trace = object.trace_of_caller();
        if trace.is_none()
            && self.is_short(structured, extent)
            && let Some(key) = object.send_short(method, self.owner, structured)
        {
            // Its room is `None` and its references are empty, so there is nothing to drop.
            mem::forget(self);
            object.trace_accepted(method, key.call);
            return Ok(key);
        }
        for file in self.references.files() {
            structured.extend_from_slice(&file.id().to_ne_bytes());
        }
        let request = EncodedRequest { method, structured, raw_end: extent.raw_end, files: self.references.count() };
        let key = self.commit(request, extent, trace)?;
        object.trace_accepted(method, key.call);
        Ok(key)
    }

    /// Whether the call fits in a ring entry, refers to nothing, and needs none of the checks for
    /// streams, last calls and calls of the library.
    #[inline]
    fn is_short(&self, structured: &[u8], extent: Extent) -> bool {
        matches!(self.room, RawTarget::None)
            && self.references.is_empty()
            && matches!(self.owner, Owner::Call | Owner::Pushed | Owner::Pooled)
            && !self.is_last
            && structured.len() <= INLINE_SIZE
            && extent.raw_end == 0
            && extent.counted <= self.object.channel.layout.input_limit
    }

    fn commit(
        mut self,
        request: EncodedRequest<'_>,
        extent: Extent,
        trace: Option<TraceParent>,
    ) -> Result<CallKey, PushErrorKind> {
        let object = self.object;
        object.check_size(request.structured, extent)?;
        if request.structured.len() > SMALL_REQUEST_SIZE && matches!(self.room, RawTarget::None) {
            self.reserve();
        }
        let mut header = None;
        if let RawTarget::Slot(lease) = &mut self.room {
            header = Some(object.write_request(lease, request));
        }
        let mut state = object.lock();
        if let Err(refused) = object.check_accepts(&mut state, request.method) {
            return self.keep_for_team(&mut state, request, trace).ok_or(refused);
        }
        let mut lease = self.settle_room(&mut state, request.raw_end);
        if request.files > 0 {
            lease = self.pass_files_on(&mut state, lease, request.raw_end)?;
        }
        let key = match (lease, self.owner) {
            (Some(mut lease), owner) => {
                let header = header.unwrap_or_else(|| object.write_request(&mut lease, request));
                object.accept_sent(&mut state, owner, lease, header, mem::take(&mut self.references), trace)
            }
            (None, Owner::Pushed) => {
                object.send_waiting(&mut state);
                return Err(PushErrorKind::Full);
            }
            (None, owner) => {
                let EncodedRequest { method, structured, files, .. } = request;
                let (raw, references) = (self.take_raw(), mem::take(&mut self.references));
                let packet = Packet { method, structured: structured.to_vec(), raw: raw.into(), files, references };
                let key = object.accept_waiting(&mut state, owner, packet, trace);
                object.send_waiting(&mut state);
                key
            }
        };
        if self.is_last {
            // If the child exits by itself from now on, that is the end that the user asked for.
            state.shutdown.last_call = Some(key);
        }
        Ok(key)
    }

    /// Sends the child the shared files that it lacks. Returns `None` if the socket is full: the
    /// call must wait in the backlog.
    fn pass_files_on(
        &mut self,
        state: &mut ObjectState,
        lease: Option<Lease>,
        raw_end: usize,
    ) -> Result<Option<Lease>, PushErrorKind> {
        let Some(lease) = lease else { return Ok(None) };
        let outcome = self.object.files.send_missing(self.references.files());
        if matches!(outcome, Ok(Sent::Yes)) {
            return Ok(Some(lease));
        }
        self.put_aside(state, lease, raw_end);
        match outcome {
            Ok(_) => Ok(None),
            Err(error) => Err(PushErrorKind::Encode { argument: "", reason: not_passed_on(&error) }),
        }
    }

    fn put_aside(&mut self, state: &mut ObjectState, lease: Lease, raw_end: usize) {
        if self.owner != Owner::Pushed {
            self.room = RawTarget::Parent(self.object.channel.written(&lease, raw_end).to_vec());
        }
        state.calls.slots.release(lease);
    }

    /// Returns the slot to send the call in, if it may be sent now: it overtakes no call of the
    /// backlog, even one that came while it was being encoded, and a push must be within its share.
    fn settle_room(&mut self, state: &mut ObjectState, raw_end: usize) -> Option<Lease> {
        let object = self.object;
        match mem::replace(&mut self.room, RawTarget::Refused) {
            RawTarget::Slot(lease) if state.calls.backlog.is_empty() && !object.has_no_share(state, self.owner) => {
                Some(lease)
            }
            RawTarget::Slot(lease) => {
                self.put_aside(state, lease, raw_end);
                None
            }
            RawTarget::None => object.lease_for_new_call(state, self.owner),
            RawTarget::Parent(raw) => match object.lease_for_new_call(state, self.owner) {
                Some(mut lease) => {
                    object.channel.input_region(&mut lease).write(0, &raw);
                    Some(lease)
                }
                None => {
                    self.room = RawTarget::Parent(raw);
                    None
                }
            },
            RawTarget::Refused => None,
        }
    }

    /// Accepts a call of an object that has died for another member of its pool.
    #[cold]
    fn keep_for_team(
        &mut self,
        state: &mut ObjectState,
        request: EncodedRequest<'_>,
        trace: Option<TraceParent>,
    ) -> Option<CallKey> {
        let may_move = self.owner == Owner::Pooled && self.references.may_move();
        if !may_move || !self.object.keeps_new_calls(state) {
            return None;
        }
        if let Some(lease) = self.settle_room(state, request.raw_end) {
            self.put_aside(state, lease, request.raw_end);
        }
        let EncodedRequest { method, structured, files, .. } = request;
        let (raw, references) = (self.take_raw(), mem::take(&mut self.references));
        let packet = Packet { method, structured: structured.to_vec(), raw: raw.into(), files, references };
        state.calls.tell_pool(MemberNews::Phase);
        Some(self.object.accept_waiting(state, self.owner, packet, trace))
    }

    fn take_raw(&mut self) -> Vec<u8> {
        match &mut self.room {
            RawTarget::Parent(raw) => mem::take(raw),
            RawTarget::None | RawTarget::Slot(_) | RawTarget::Refused => Vec::new(),
        }
    }
}

impl Drop for Submission<'_> {
    fn drop(&mut self) {
        if let RawTarget::Slot(lease) = mem::replace(&mut self.room, RawTarget::None) {
            let mut state = self.object.lock();
            state.calls.slots.release(lease);
            self.object.send_waiting(&mut state);
        }
    }
}
