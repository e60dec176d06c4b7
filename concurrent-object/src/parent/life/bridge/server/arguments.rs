//! The arguments of a call, read by its carrier in the slot where the parent wrote them.
//!
//! Knows places, not what the bytes mean. Invariant: the parent does not write a slot before the
//! call in it is concluded, and a carrier does not read it after that.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::protocol::remote::{Gone, LentRaw, RawPart};
use crate::transport::mapped::Channel;

/// A smaller part is copied at once.
const LENT_FROM: usize = 256 << 10;

/// The first bytes of a slot's input region.
struct SlotArguments {
    channel: Arc<Channel>,
    slot: u16,
    size: usize,
    is_open: Mutex<bool>,
}

/// The right to read them. Dropping it waits while a range is copied, and ends it.
pub(super) struct OpenArguments(Arc<SlotArguments>);

/// Returns the raw part of a call, and the right to read it where it lies.
pub(super) fn raw_part(channel: &Arc<Channel>, slot: u16, bytes: &[u8]) -> (RawPart, Option<OpenArguments>) {
    if bytes.len() < LENT_FROM {
        return (bytes.to_vec().into(), None);
    }
    let (channel, size, is_open) = (channel.clone(), bytes.len(), Mutex::new(true));
    let arguments = Arc::new(SlotArguments { channel, slot, size, is_open });
    (RawPart::lent(arguments.clone()), Some(OpenArguments(arguments)))
}

impl LentRaw for SlotArguments {
    fn size(&self) -> usize {
        self.size
    }

    fn append(&self, range: Range<usize>, to: &mut Vec<u8>) -> Result<(), Gone> {
        let is_open = self.is_open.lock().unwrap_or_else(PoisonError::into_inner);
        if !*is_open {
            return Err(Gone);
        }
        to.extend_from_slice(&self.channel.input(self.slot)[range]);
        Ok(())
    }
}

impl Drop for OpenArguments {
    fn drop(&mut self) {
        *self.0.is_open.lock().unwrap_or_else(PoisonError::into_inner) = false;
    }
}
