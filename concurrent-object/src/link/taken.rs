//! An outcome that was taken: its reply as bytes, to be read without any lock.
//!
//! Knows where a reply's parts lie; knows no types. Invariant: a slot whose reply is being read is given back exactly once.

use std::fmt;
use std::os::fd::OwnedFd;

use super::Link;
use crate::channel::head::{Body, Head};
use crate::channel::mapped::Lease;
use crate::error::CallError;
use crate::memory::Foreign;

/// The reply is what the method returned.
pub(crate) const VALUE: u32 = 1;
/// The reply is why there is no result; the object goes on.
pub(crate) const FAILURE: u32 = 2;

/// The shared files that came with a reply, if there were any.
pub(crate) type Received = Option<Box<[OwnedFd]>>;

/// No reply: the call was taken back, and the child has passed over it.
pub(crate) const WITHDRAWN: u32 = 3;

/// As `FAILURE`: the child could not take all shared files that the call refers to, and may be able to later.
pub(crate) const LACKING: u32 = 4;

/// The outcome of a call, taken.
#[derive(Debug)]
pub(crate) struct Taken<'l> {
    pub(crate) method: u32,
    pub(crate) call: u64,
    /// The process that the call ran in, or would have. It may have had successors since.
    pub(crate) pid: u32,
    /// The shared files that the reply refers to, whatever they are.
    pub(crate) files: Received,
    pub(crate) outcome: Result<Reply<'l>, CallError>,
}

/// A reply as bytes.
#[derive(Debug)]
pub(crate) struct Reply<'l> {
    head: Head,
    bytes: Bytes<'l>,
}

#[derive(Debug)]
enum Bytes<'l> {
    Kept(Vec<u8>),
    InSlot(Reading<'l>),
}

impl Reply<'_> {
    /// Whether it is what the method returned, and not why there is nothing.
    pub(crate) fn is_value(&self) -> bool {
        self.head.tag == VALUE
    }

    /// The structured part, if it was short: then it was copied out of the ring, and may be looked into.
    #[inline]
    pub(crate) fn short(&self) -> Option<&[u8]> {
        match &self.head.body {
            Body::Inline(inline) => Some(inline.bytes()),
            Body::InArea { .. } => None,
        }
    }

    /// The structured part, to be copied out before anybody looks into it.
    pub(crate) fn structured(&self) -> Foreign<'_> {
        match &self.head.body {
            Body::Inline(inline) => Foreign::of(inline.bytes()),
            Body::InArea { offset, len } => self.part(*offset, *len),
        }
    }

    /// The part that raw regions lie in.
    pub(crate) fn raw(&self) -> Foreign<'_> {
        match self.head.body {
            Body::Inline(_) => Foreign::of(&[]),
            Body::InArea { offset, .. } => self.part(0, offset),
        }
    }

    fn part(&self, offset: usize, len: usize) -> Foreign<'_> {
        let area = match &self.bytes {
            Bytes::Kept(bytes) => Foreign::of(bytes),
            Bytes::InSlot(reading) => reading.link.channel.output(reading.slot, self.head.area_len()),
        };
        area.slice(offset, len).expect("the head was checked, and so much of the area is there")
    }
}

impl<'l> Reply<'l> {
    /// A reply that is here.
    pub(super) fn kept(head: Head, bytes: Vec<u8>) -> Self {
        Self { head, bytes: Bytes::Kept(bytes) }
    }

    /// A reply that is read where it lies, in the slot of this lease.
    pub(super) fn in_slot(head: Head, link: &'l Link, slot: u16, lease: Option<Lease>) -> Self {
        Self { head, bytes: Bytes::InSlot(Reading { link, slot, lease }) }
    }
}

/// A slot whose reply is being read. It is free again when this is dropped, even if reading panics.
struct Reading<'l> {
    link: &'l Link,
    slot: u16,
    lease: Option<Lease>,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let mut core = self.link.lock();
        if let Some(lease) = self.lease.take() {
            core.slots.release(lease);
        }
        self.link.fill_slots(&mut core);
    }
}

impl fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("slot", &self.slot).finish_non_exhaustive()
    }
}
