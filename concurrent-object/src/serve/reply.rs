//! A call's result, as the child writes it.

use std::fmt;

use serde::Serialize;

use crate::channel::mapped::{Channel, Lease};
use crate::channel::slot::ReplyKind;
use crate::error::failure::Failure;
use crate::wire::{EncodeError, Encoder, Extent};

/// Where the result of a method goes: straight into shared memory.
pub struct Reply<'s> {
    channel: &'s Channel,
    lease: &'s mut Lease,
    scratch: &'s mut Vec<u8>,
    sent: bool,
}

impl<'s> Reply<'s> {
    pub(crate) fn new(channel: &'s Channel, lease: &'s mut Lease, scratch: &'s mut Vec<u8>) -> Self {
        Self { channel, lease, scratch, sent: false }
    }

    /// Sends what the method returned.
    pub fn send<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        let extent = self.encode(value).map_err(|error| Failure::Encode { reason: error.to_string() })?;
        let layout = self.channel.layout;
        let whole = self.scratch.len() + extent.raw_end;
        if extent.counted > layout.output_limit {
            return Err(Failure::TooLarge { needed: extent.counted, limit: layout.output_limit });
        }
        if !layout.fits_output(whole) {
            return Err(Failure::TooLarge { needed: whole, limit: layout.output_limit });
        }
        self.sent = self.channel.write_reply(self.lease, ReplyKind::Value, self.scratch, extent.raw_end);
        Ok(())
    }

    /// Sends why there is no result. It is short, so there is always room for it.
    pub(crate) fn fail(&mut self, failure: Failure) {
        let fallback = || Failure::Malformed { reason: "the failure itself could not be told".into() };
        let written = self.encode(&failure.shortened()).or_else(|_| self.encode(&fallback())).is_ok();
        let structured: &[u8] = if written { self.scratch } else { &[] };
        self.sent = self.channel.write_reply(self.lease, ReplyKind::Failure, structured, 0);
    }

    pub(crate) fn was_sent(&self) -> bool {
        self.sent
    }

    fn encode<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<Extent, EncodeError> {
        self.scratch.clear();
        let mut area = self.channel.output_area(self.lease);
        let mut encoder = Encoder::new(self.scratch, &mut area);
        encoder.put(value)?;
        Ok(encoder.finish())
    }
}

impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("sent", &self.sent).finish_non_exhaustive()
    }
}
