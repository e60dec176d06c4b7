//! The backlog: encoded calls that wait in the parent because every slot is in use.
//!
//! Knows encoded calls and their order.
//!
//! Invariant: while a call waits here, no later call gets a slot before it.

use std::collections::BTreeMap;
use std::mem;

use super::references::References;
use crate::protocol::remote::StoredRaw;

/// An encoded call, ready to be copied into a slot.
#[derive(Debug)]
pub(crate) struct Packet {
    pub(crate) method: u32,
    pub(crate) structured: Vec<u8>,
    /// The raw regions, laid out as in the slot.
    pub(crate) raw: StoredRaw,
    /// The number of shared files that the arguments refer to.
    pub(crate) files: u16,
    /// The lent regions and shared files that the arguments refer to.
    pub(crate) references: References,
}

/// An encoded call, without its raw regions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EncodedRequest<'a> {
    pub(crate) method: u32,
    pub(crate) structured: &'a [u8],
    /// The offset at which the raw regions end.
    pub(crate) raw_end: usize,
    /// The number of shared files that the arguments refer to. The files' ids are at the end of the
    /// structured part.
    pub(crate) files: u16,
}

impl Packet {
    pub(crate) fn request(&self) -> EncodedRequest<'_> {
        let Self { method, files, .. } = *self;
        EncodedRequest { method, structured: &self.structured, raw_end: self.raw.len(), files }
    }
}

/// The waiting calls by their numbers, so oldest first, each with its record. A tree, because the
/// object's lock is held during each operation, and its time must not grow with the backlog's
/// length.
#[derive(Default)]
pub(crate) struct Backlog(pub(crate) BTreeMap<u64, (u32, Packet)>);

impl Backlog {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the record of the oldest waiting call.
    pub(crate) fn front(&self) -> Option<u32> {
        self.0.first_key_value().map(|(_, &(index, _))| index)
    }

    pub(crate) fn push(&mut self, index: u32, call: u64, packet: Packet) {
        self.0.insert(call, (index, packet));
    }

    /// Whether this call waits here.
    pub(crate) fn holds(&self, call: u64) -> bool {
        self.0.contains_key(&call)
    }

    /// Removes this call and drops its arguments.
    pub(crate) fn remove(&mut self, call: u64) {
        self.0.remove(&call);
    }

    /// Empties the backlog and drops the arguments. Returns the records of the calls, oldest first.
    pub(crate) fn drain(&mut self) -> Vec<u32> {
        mem::take(&mut self.0).into_values().map(|(index, _)| index).collect()
    }
}
