//! A call's result, as the child writes it.
//!
//! Knows the slot's output region and the limits. Does not publish: that is for `server`.
//! Invariant: a header that `send` stored describes a message that is completely written.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::cancel;
use super::outlet::Outlet;
use crate::memory::Region;
use crate::protocol::failure::Failure;
use crate::protocol::tag::{ENDED, FAILURE, LACKING, VALUE};
use crate::shared::referred::Referred;
use crate::transport::header::{Body, Header, short_payload};
use crate::transport::mapped::{Channel, Lease};
use crate::transport::ring::{Entry, InlinePayload};
use crate::wire::{Encoder, Extent, ExternalRef, Holder, RawSink};

/// Writes the result of a method directly into shared memory.
pub struct Reply<'s> {
    channel: &'s Channel,
    lease: &'s mut Lease,
    scratch: &'s mut Vec<u8>,
    files: Referred,
    /// The header of the written result, as the words of a ring entry.
    header: Option<InlinePayload>,
    /// Where a method that streams publishes items. `None` for a failure.
    outlet: Option<Outlet<'s>>,
}

impl<'s> Reply<'s> {
    pub(crate) fn new(channel: &'s Channel, lease: &'s mut Lease, scratch: &'s mut Vec<u8>) -> Self {
        Self { channel, lease, scratch, files: Referred::default(), header: None, outlet: None }
    }

    /// Adds what a method that streams needs.
    #[inline]
    pub(crate) fn with_outlet(mut self, outlet: Outlet<'s>) -> Self {
        self.outlet = Some(outlet);
        self
    }

    /// Returns what a method that streams needs to write its items.
    pub(crate) fn for_items(&mut self) -> Result<(&Channel, &mut Lease, &mut Vec<u8>, &mut Outlet<'s>), Failure> {
        let none = || Failure::Malformed { reason: "items of a call that cannot have any".into() };
        Ok((self.channel, self.lease, self.scratch, self.outlet.as_mut().ok_or_else(none)?))
    }

    /// Returns the running call, whose caller may read its progress.
    pub(crate) fn reported(&self) -> Option<(Arc<Channel>, Entry)> {
        Some((cancel::channel()?, self.outlet.as_ref()?.entry))
    }

    /// Writes that all items are written.
    pub(crate) fn end_items(&mut self) {
        self.header = short_payload(ENDED, 0, &[]);
    }

    /// Writes the method's return value.
    #[inline]
    pub fn send<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        self.send_all(|answer| answer.put(value))
    }

    /// Writes the method's return value and its changed `&mut` arguments, in the order of the
    /// `put`s.
    #[inline]
    pub fn send_all(&mut self, write: impl FnOnce(&mut Answer<'_>) -> Result<(), Failure>) -> Result<(), Failure> {
        let layout = self.channel.layout;
        let extent = self.encode(layout.output_limit, write)?;
        let whole = self.scratch.len() + extent.raw_end;
        if extent.counted > layout.output_limit {
            return Err(Failure::TooLarge { needed: extent.counted, limit: layout.output_limit });
        }
        if whole > self.channel.places.output_region_size {
            return Err(Failure::TooLarge { needed: whole, limit: layout.output_limit });
        }
        self.finish(VALUE, extent.raw_end, extent.raw_end);
        Ok(())
    }

    /// Writes a failure in place of a result, at this offset of the region. It is shortened, so it
    /// always fits.
    pub(crate) fn fail(&mut self, failure: Failure, at: usize) -> InlinePayload {
        let tag = if matches!(failure, Failure::Lacking { .. }) { LACKING } else { FAILURE };
        let fallback = || Failure::Malformed { reason: "the call failed, and the reason cannot be encoded".into() };
        let encoded = self.encode(usize::MAX, |answer| answer.put(&failure.shortened()));
        self.files = Referred::default();
        if encoded.or_else(|_| self.encode(usize::MAX, |answer| answer.put(&fallback()))).is_err() {
            self.scratch.clear();
        }
        self.finish(tag, 0, at);
        self.header.expect("`finish` has set it")
    }

    /// The header to publish, if a result was written, and the shared files that it refers to.
    #[inline]
    pub(crate) fn into_parts(self) -> (Option<InlinePayload>, Referred) {
        (self.header, self.files)
    }

    /// Writes the structured part: into the header if it is short and there is no raw region, and
    /// else at this offset of the region.
    #[inline]
    fn finish(&mut self, tag: u32, raw_end: usize, at: usize) {
        let files = self.files.count();
        let short = if raw_end == 0 { short_payload(tag, files, self.scratch) } else { None };
        self.header = Some(short.unwrap_or_else(|| {
            self.channel.output_region(self.lease).write(at, self.scratch);
            Header { tag, files, body: Body::InRegion { offset: at, len: self.scratch.len() } }.to_words()
        }));
    }

    fn encode(
        &mut self,
        limit: usize,
        write: impl FnOnce(&mut Answer<'_>) -> Result<(), Failure>,
    ) -> Result<Extent, Failure> {
        self.scratch.clear();
        self.files = Referred::default();
        let copies = self.channel.is_relayed;
        let region = self.channel.output_region(self.lease);
        let mut sink = ReplySink { region, files: &mut self.files, limit, copies };
        let mut answer = Answer::over(Encoder::new(self.scratch, &mut sink));
        write(&mut answer)?;
        Ok(answer.finish())
    }
}

/// Writes the raw regions of a result. Data in a shared file is not written: the result refers to
/// it.
struct ReplySink<'s> {
    region: Region<'s>,
    files: &'s mut Referred,
    limit: usize,
    /// Whether it copies shared memory, since another program cannot have it.
    copies: bool,
}

impl RawSink for ReplySink<'_> {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        RawSink::write(&mut self.region, offset, bytes);
    }

    fn limit(&self) -> usize {
        self.limit
    }

    fn external_ref(&mut self, bytes: &[u8], shared: bool) -> Option<ExternalRef> {
        let (position, offset) = if shared && !self.copies { self.files.place_of(bytes)? } else { return None };
        Some(ExternalRef { holder: Holder::File(position), offset })
    }
}

/// Encodes the values of a reply, one after the other.
#[derive(Debug)]
pub struct Answer<'a> {
    encoder: Encoder<'a>,
}

impl<'a> Answer<'a> {
    pub(crate) fn over(encoder: Encoder<'a>) -> Self {
        Self { encoder }
    }

    pub(crate) fn finish(self) -> Extent {
        self.encoder.finish()
    }

    /// Encodes the next value: the result first, then the changed arguments.
    #[inline]
    pub fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        self.encoder.put(value).map_err(|error| Failure::Encode { reason: error.to_string() })
    }
}

impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("header", &self.header).finish_non_exhaustive()
    }
}
