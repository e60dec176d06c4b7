//! The handles to objects that a child keeps: how many there are, and which the child may drop.
//!
//! A handle that is dropped adds its key to a list. The next call of the object sends the list
//! first, so dropping a handle never blocks and costs no message of its own. Knows keys, not the
//! objects behind them. Invariant: each key is sent once, to the process that was current then; any
//! other process ignores it.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Object;
use super::state::ObjectState;
use crate::parent::calls::table::Owner;
use crate::protocol::handle_key::{HandleKey, Released};
use crate::protocol::method::RELEASE;

/// How many keys may wait for the next call. The drop of one more handle sends them itself.
const MAX_UNSENT: usize = 256;

/// The handles of one object.
#[derive(Debug, Default)]
pub(crate) struct HandleBook {
    live: AtomicUsize,
    /// How many replies threads have taken and not yet decoded. A reply may name objects.
    decoded: AtomicUsize,
    has_released: AtomicBool,
    /// Has a lock of its own, under which no other lock is taken.
    released: Mutex<Released>,
}

impl HandleBook {
    fn note(&self, note: impl FnOnce(&mut Released)) -> usize {
        let mut released = self.released.lock().unwrap_or_else(PoisonError::into_inner);
        note(&mut released);
        self.has_released.store(true, Ordering::Release);
        released.keys.len() + released.calls.len()
    }
}

/// A reply that may name objects, while a thread decodes it.
#[derive(Debug)]
pub(crate) struct DecodedReply<'l>(&'l HandleBook);

impl Drop for DecodedReply<'_> {
    fn drop(&mut self) {
        // A thread that reads the new count also reads the count of the handles in the reply.
        self.0.decoded.fetch_sub(1, Ordering::Release);
    }
}

impl Object {
    /// Counts a reply as being decoded, if it may name objects. Called under the lock of the state,
    /// by the thread that takes the reply.
    pub(crate) fn note_decoded(&self) -> Option<DecodedReply<'_>> {
        self.identity.uses_handles.then(|| {
            self.handles.decoded.fetch_add(1, Ordering::Relaxed);
            DecodedReply(&self.handles)
        })
    }

    /// Whether there is a handle, or a reply that may name an object.
    pub(crate) fn may_have_handles(&self, state: &ObjectState) -> bool {
        if !self.identity.uses_handles {
            return false;
        }
        // In this order: the handles in a reply are counted before the reply is counted as decoded.
        state.calls.table.has_reply() || self.handles.decoded.load(Ordering::Acquire) != 0 || self.live_handles() != 0
    }

    /// Counts a handle that was received.
    pub(crate) fn note_handle(&self) {
        self.handles.live.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the number of handles that exist.
    pub(crate) fn live_handles(&self) -> usize {
        self.handles.live.load(Ordering::Relaxed)
    }

    /// Notes that a handle was dropped. Never blocks.
    pub(crate) fn release_handle(&self, key: HandleKey) {
        self.handles.live.fetch_sub(1, Ordering::Relaxed);
        if self.handles.note(|released| released.keys.push(key)) > MAX_UNSENT {
            self.send_released();
        }
    }

    /// Notes that the result of a call was dropped unread. It may have named objects.
    pub(crate) fn release_result(&self, call: u64) {
        if self.identity.uses_handles && self.handles.note(|released| released.calls.push(call)) > MAX_UNSENT {
            self.send_released();
        }
    }

    /// Sends the child what it need not keep, if there is anything.
    #[inline]
    pub(crate) fn send_released_first(&self) {
        if self.handles.has_released.load(Ordering::Relaxed) {
            self.send_released();
        }
    }

    #[cold]
    fn send_released(&self) {
        let released = {
            let mut released = self.handles.released.lock().unwrap_or_else(PoisonError::into_inner);
            self.handles.has_released.store(false, Ordering::Relaxed);
            mem::take(&mut *released)
        };
        if released == Released::default() || !self.is_ours() {
            return;
        }
        // If the object has ended, there is nothing left to drop.
        let sent = self.submit(RELEASE, Owner::Detached, |arguments| arguments.put("", &released));
        if sent.is_ok() {
            self.lock().own_calls += 1;
        }
    }
}
