//! A taken outcome: its reply as bytes, to be read without any lock.
//!
//! Knows where the parts of a reply lie; knows no types. Invariant: a slot whose reply is being
//! read is released exactly once.

#[cfg(feature = "bridge")]
mod lent;
#[cfg(feature = "bridge")]
mod relay;
#[cfg(feature = "bridge")]
pub(crate) use self::relay::RelayedRequest;

use std::fmt;

use super::Object;
use super::handles::DecodedReply;
use crate::error::CallError;
use crate::memory::Foreign;
use crate::parent::calls::moved::MovedTo;
use crate::parent::calls::received::ReceivedFiles;
use crate::protocol::tag::{ENDED, VALUE};
use crate::transport::header::{Body, Header};
use crate::transport::mapped::Lease;

/// The outcome of a call, taken.
#[derive(Debug)]
pub(crate) struct ReceivedReply<'l> {
    pub(crate) method: u32,
    pub(crate) call: u64,
    /// The process that the call ran in, or would have run in. The object may have another process
    /// now.
    pub(crate) pid: u32,
    /// The shared files that came with the reply. They are not checked yet.
    pub(crate) files: ReceivedFiles,
    /// Counts it as being decoded.
    pub(crate) decoded: Option<DecodedReply<'l>>,
    pub(crate) outcome: Result<ReplyBytes<'l>, NoReply>,
}

/// Why there is no reply.
#[derive(Debug)]
pub(crate) enum NoReply {
    Failed(CallError),
    /// Another member of the pool has the call. Its record here is not taken.
    Moved(MovedTo),
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
    /// Returns the kind of the reply.
    #[cfg(feature = "bridge")]
    pub(crate) fn tag(&self) -> u32 {
        self.header.tag
    }

    /// Whether the reply is the value that the method returned, or says that all items were
    /// written. Otherwise it is a failure.
    pub(crate) fn is_value(&self) -> bool {
        matches!(self.header.tag, VALUE | ENDED)
    }

    /// Returns the structured part if it is short. It was copied out of the ring, so it may be read
    /// in place.
    #[inline]
    pub(crate) fn short(&self) -> Option<&[u8]> {
        match &self.header.body {
            Body::Inline(inline) => Some(inline.bytes()),
            Body::InRegion { .. } => None,
        }
    }

    /// Returns the structured part, to be copied out before it is read.
    pub(crate) fn structured(&self) -> Foreign<'_> {
        match &self.header.body {
            Body::Inline(inline) => Foreign::of(inline.bytes()),
            Body::InRegion { offset, len } => self.part(*offset, *len),
        }
    }

    /// Returns the part that holds the raw regions.
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
        region.slice(offset, len).expect("the header was checked against the size of the region")
    }
}

impl<'l> ReplyBytes<'l> {
    /// A reply in the parent's own memory.
    pub(crate) fn kept(header: Header, bytes: Vec<u8>) -> Self {
        Self { header, bytes: ReplySource::Kept(bytes) }
    }

    /// A reply that is read in place, in the slot of this lease.
    pub(crate) fn in_slot(header: Header, object: &'l Object, slot: u16, lease: Option<Lease>) -> Self {
        Self { header, bytes: ReplySource::InSlot(Reading { object, slot, lease }) }
    }
}

/// A slot whose reply is being read. Dropping this frees the slot, even if the reader panics.
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
