//! An outcome that was taken: its reply as bytes, to be read without any lock.
//!
//! Knows where a reply's parts lie; knows no types. Invariant: a slot whose reply is being read is given back exactly once.

use std::fmt;

use super::Object;
use crate::error::CallError;
use crate::memory::Foreign;
use crate::parent::calls::received::ReceivedFiles;
use crate::protocol::tag::VALUE;
use crate::transport::header::{Body, Header};
use crate::transport::mapped::Lease;

/// The outcome of a call, taken.
#[derive(Debug)]
pub(crate) struct ReceivedReply<'l> {
    pub(crate) method: u32,
    pub(crate) call: u64,
    /// The process that the call ran in, or would have. It may have had successors since.
    pub(crate) pid: u32,
    /// The shared files that the reply refers to, whatever they are.
    pub(crate) files: ReceivedFiles,
    pub(crate) outcome: Result<ReplyBytes<'l>, CallError>,
}

/// A reply as bytes.
#[derive(Debug)]
pub(crate) struct ReplyBytes<'l> {
    header: Header,
    bytes: ReplySource<'l>,
}

#[derive(Debug)]
enum ReplySource<'l> {
    Kept(Vec<u8>),
    InSlot(Reading<'l>),
}

impl ReplyBytes<'_> {
    /// Whether it is what the method returned, and not why there is nothing.
    pub(crate) fn is_value(&self) -> bool {
        self.header.tag == VALUE
    }

    /// The structured part, if it was short: then it was copied out of the ring, and may be looked into.
    #[inline]
    pub(crate) fn short(&self) -> Option<&[u8]> {
        match &self.header.body {
            Body::Inline(inline) => Some(inline.bytes()),
            Body::InRegion { .. } => None,
        }
    }

    /// The structured part, to be copied out before anybody looks into it.
    pub(crate) fn structured(&self) -> Foreign<'_> {
        match &self.header.body {
            Body::Inline(inline) => Foreign::of(inline.bytes()),
            Body::InRegion { offset, len } => self.part(*offset, *len),
        }
    }

    /// The part that raw regions lie in.
    pub(crate) fn raw(&self) -> Foreign<'_> {
        match self.header.body {
            Body::Inline(_) => Foreign::of(&[]),
            Body::InRegion { offset, .. } => self.part(0, offset),
        }
    }

    fn part(&self, offset: usize, len: usize) -> Foreign<'_> {
        let region = match &self.bytes {
            ReplySource::Kept(bytes) => Foreign::of(bytes),
            ReplySource::InSlot(reading) => reading.object.channel.output(reading.slot, self.header.region_len()),
        };
        region.slice(offset, len).expect("the header was checked, and so much of the area is there")
    }
}

impl<'l> ReplyBytes<'l> {
    /// A reply that is here.
    pub(crate) fn kept(header: Header, bytes: Vec<u8>) -> Self {
        Self { header, bytes: ReplySource::Kept(bytes) }
    }

    /// A reply that is read where it lies, in the slot of this lease.
    pub(crate) fn in_slot(header: Header, object: &'l Object, slot: u16, lease: Option<Lease>) -> Self {
        Self { header, bytes: ReplySource::InSlot(Reading { object, slot, lease }) }
    }
}

/// A slot whose reply is being read. It is free again when this is dropped, even if reading panics.
struct Reading<'l> {
    object: &'l Object,
    slot: u16,
    lease: Option<Lease>,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let mut state = self.object.lock();
        if let Some(lease) = self.lease.take() {
            state.calls.slots.release(lease);
        }
        self.object.send_waiting(&mut state);
    }
}

impl fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("slot", &self.slot).finish_non_exhaustive()
    }
}
