//! A call's arguments, as the child reads them.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

use super::SharedFileTable;
use crate::protocol::failure::Failure;
use crate::shared::file::SharedFile;
use crate::transport::mapped::Channel;
use crate::wire::{DecodeError, Decoder, Outside, Parameter, Raw, Slice};

/// Gives a method's arguments, one after the other, borrowed from the message wherever that is possible.
pub struct ArgumentReader<'m> {
    decoder: Decoder<'m>,
}

impl<'m> ArgumentReader<'m> {
    pub(crate) fn new(structured: &'m [u8], raw: &'m [u8], outside: &'m DecodeContext<'_>) -> Self {
        Self { decoder: Decoder::new(structured, Raw::TrustedWith(raw, outside)) }
    }

    /// The next argument, by value.
    #[inline]
    pub fn take<T: Deserialize<'m>>(&mut self, name: &'static str) -> Result<T, Failure> {
        self.decoder.take().map_err(|error| refused(name, &error))
    }

    /// The next argument, to be lent to the method.
    #[inline]
    pub fn borrow<X: Parameter + ?Sized>(&mut self, name: &'static str) -> Result<X::Held<'m>, Failure> {
        self.decoder.take_held::<X>().map_err(|error| refused(name, &error))
    }

    /// The next argument, a slice to be lent to the method.
    #[inline]
    pub fn borrow_slice<T: Deserialize<'m>>(&mut self, name: &'static str) -> Result<Slice<'m, T>, Failure> {
        self.decoder.take_slice().map_err(|error| refused(name, &error))
    }

    /// The next argument, which may be missing, to be lent to the method.
    pub fn borrow_option<X: Parameter + ?Sized>(&mut self, name: &'static str) -> Result<Option<X::Held<'m>>, Failure> {
        if self.take::<bool>(name)? { self.borrow::<X>(name).map(Some) } else { Ok(None) }
    }

    /// There are no more.
    #[inline]
    pub fn end(&mut self) -> Result<(), Failure> {
        self.decoder.finish().map_err(|error| refused("", &error))
    }
}

/// What a call may refer to: the input areas of all slots, and the shared files that it came with.
#[derive(Debug)]
pub(crate) struct DecodeContext<'c> {
    pub(crate) channel: &'c Channel,
    pub(crate) files: Vec<Arc<SharedFile>>,
}

impl Outside for DecodeContext<'_> {
    fn region(&self, slot: u16) -> Option<&[u8]> {
        (usize::from(slot) < self.channel.layout.slots).then(|| self.channel.input(slot))
    }

    fn file(&self, position: u16) -> Option<&Arc<SharedFile>> {
        self.files.get(usize::from(position))
    }

    /// The parent is trusted.
    fn may_copy(&self, _len: usize) -> bool {
        true
    }
}

/// What a message may refer to, and the message without the numbers of its shared files, which stand at its end.
pub(crate) fn decode_context<'s>(
    channel: &'s Channel,
    shared_files: &SharedFileTable,
    structured: &'s [u8],
    files: u16,
) -> Result<(&'s [u8], DecodeContext<'s>), Failure> {
    if files == 0 {
        return Ok((structured, DecodeContext { channel, files: Vec::new() }));
    }
    let cut = structured.len().checked_sub(usize::from(files) * size_of::<u64>());
    let cut = cut.ok_or_else(|| Failure::Malformed { reason: "a call without the numbers of its files".into() })?;
    let (structured, numbers) = structured.split_at(cut);
    let files = shared_files.look_up(numbers.as_chunks().0.iter().map(|&number| u64::from_ne_bytes(number)))?;
    Ok((structured, DecodeContext { channel, files }))
}

#[cold]
fn refused(name: &'static str, error: &DecodeError) -> Failure {
    Failure::Decode { argument: Some(name.into()), reason: error.to_string() }
}

impl fmt::Debug for ArgumentReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArgumentReader").finish_non_exhaustive()
    }
}
