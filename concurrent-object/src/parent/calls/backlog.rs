//! Calls whose arguments wait in the parent because every slot is in use.
//!
//! Knows encoded calls and their order. Invariant: while one waits here, no later call gets a slot before it.

use std::collections::BTreeMap;
use std::mem;

use super::references::References;

/// An encoded call, ready to be written into a slot.
#[derive(Debug)]
pub(crate) struct Packet {
    pub(crate) method: u32,
    pub(crate) structured: Vec<u8>,
    /// The raw regions, as they will lie in the slot.
    pub(crate) raw: Vec<u8>,
    /// How many shared files they refer to.
    pub(crate) files: u16,
    /// What the arguments refer to.
    pub(crate) references: References,
}

/// What is written of a call, but for its raw regions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EncodedRequest<'a> {
    pub(crate) method: u32,
    pub(crate) structured: &'a [u8],
    /// Where the raw regions end.
    pub(crate) raw_end: usize,
    /// How many shared files the arguments refer to; their numbers stand at the end of the structured part.
    pub(crate) files: u16,
}

impl Packet {
    pub(crate) fn request(&self) -> EncodedRequest<'_> {
        let Self { method, files, .. } = *self;
        EncodedRequest { method, structured: &self.structured, raw_end: self.raw.len(), files }
    }
}

/// The waiting calls with their records, by their numbers, and so oldest first. Nothing that is done with one of them takes
/// longer because of the others: the lock is held meanwhile.
#[derive(Default)]
pub(crate) struct Backlog(pub(crate) BTreeMap<u64, (u32, Packet)>);

impl Backlog {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The oldest.
    pub(crate) fn front(&self) -> Option<u32> {
        self.0.first_key_value().map(|(_, &(index, _))| index)
    }

    pub(crate) fn push(&mut self, index: u32, call: u64, packet: Packet) {
        self.0.insert(call, (index, packet));
    }

    /// Whether this call is among them.
    pub(crate) fn holds(&self, call: u64) -> bool {
        self.0.contains_key(&call)
    }

    /// Drops the arguments of this call.
    pub(crate) fn remove(&mut self, call: u64) {
        self.0.remove(&call);
    }

    /// Drops the waiting calls' arguments; the records of the calls, oldest first.
    pub(crate) fn drain(&mut self) -> Vec<u32> {
        mem::take(&mut self.0).into_values().map(|(index, _)| index).collect()
    }
}
