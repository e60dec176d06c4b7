//! A call's result, as the child writes it.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::memory::Region;
use crate::protocol::failure::Failure;
use crate::protocol::tag::{FAILURE, LACKING, VALUE};
use crate::shared::file::SharedFile;
use crate::shared::referred::Referred;
use crate::transport::header::{Body, Header, Inline};
use crate::transport::mapped::{Channel, Lease};
use crate::wire::{Encoder, Extent, ExternalRef, Holder, RawSink};

/// Where the result of a method goes: straight into shared memory.
pub struct Reply<'s> {
    channel: &'s Channel,
    lease: &'s mut Lease,
    scratch: &'s mut Vec<u8>,
    files: Referred,
    header: Option<Header>,
}

impl<'s> Reply<'s> {
    pub(crate) fn new(channel: &'s Channel, lease: &'s mut Lease, scratch: &'s mut Vec<u8>) -> Self {
        Self { channel, lease, scratch, files: Referred::default(), header: None }
    }

    /// Sends what the method returned.
    #[inline]
    pub fn send<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        self.send_all(|answer| answer.put(value))
    }

    /// Sends what the method returned, and what it made of its `&mut` arguments, in the order in which they are put.
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
        self.finish(VALUE, extent.raw_end);
        Ok(())
    }

    /// Sends why there is no result. It is short, so there is always room for it.
    pub(crate) fn fail(&mut self, failure: Failure) -> Header {
        let tag = if matches!(failure, Failure::Lacking { .. }) { LACKING } else { FAILURE };
        let fallback = || Failure::Malformed { reason: "the failure itself could not be told".into() };
        let told = self.encode(usize::MAX, |answer| answer.put(&failure.shortened()));
        self.files = Referred::default();
        if told.or_else(|_| self.encode(usize::MAX, |answer| answer.put(&fallback()))).is_err() {
            self.scratch.clear();
        }
        self.finish(tag, 0)
    }

    /// The header to publish, if anything was sent.
    pub(crate) fn header(&self) -> Option<Header> {
        self.header
    }

    /// The shared files that the result refers to.
    pub(crate) fn files(&self) -> &[Arc<SharedFile>] {
        self.files.files()
    }

    fn finish(&mut self, tag: u32, raw_end: usize) -> Header {
        let inline = if raw_end == 0 { Inline::new(self.scratch) } else { None };
        let body = inline.map_or(Body::InRegion { offset: raw_end, len: self.scratch.len() }, Body::Inline);
        if inline.is_none() {
            self.channel.output_region(self.lease).write(raw_end, self.scratch);
        }
        *self.header.insert(Header { tag, files: self.files.count(), body })
    }

    fn encode(
        &mut self,
        limit: usize,
        write: impl FnOnce(&mut Answer<'_>) -> Result<(), Failure>,
    ) -> Result<Extent, Failure> {
        self.scratch.clear();
        self.files = Referred::default();
        let mut sink = Sink { region: self.channel.output_region(self.lease), files: &mut self.files, limit };
        let mut answer = Answer::over(Encoder::new(self.scratch, &mut sink));
        write(&mut answer)?;
        Ok(answer.finish())
    }
}

/// Where the raw regions of a result go. What its type says is shared goes nowhere.
struct Sink<'s> {
    region: Region<'s>,
    files: &'s mut Referred,
    limit: usize,
}

impl RawSink for Sink<'_> {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        RawSink::write(&mut self.region, offset, bytes);
    }

    fn limit(&self) -> usize {
        self.limit
    }

    fn external_ref(&mut self, bytes: &[u8], shared: bool) -> Option<ExternalRef> {
        let (position, offset) = if shared { self.files.place_of(bytes)? } else { return None };
        Some(ExternalRef { holder: Holder::File(position), offset })
    }
}

/// Takes the values of a reply, one after the other.
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

    /// The next value: the result first, then the changed arguments.
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
