//! A call's arguments, as the child reads them.
//!
//! Knows messages and the files that they refer to. Does not know which method takes the arguments.
//! Invariant: a borrowed argument does not outlive its call, because it borrows the call's context.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

use super::SharedFileTable;
use crate::protocol::failure::Failure;
use crate::shared::file::SharedFile;
use crate::transport::mapped::Channel;
use crate::wire::{DecodeError, Decoder, Outside, Parameter, Raw, Slice};

/// Reads a method's arguments, one after the other. Borrows from the message wherever possible.
pub struct ArgumentReader<'m> {
    decoder: Decoder<'m>,
}

impl<'m> ArgumentReader<'m> {
    pub(crate) fn new(structured: &'m [u8], raw: &'m [u8], outside: &'m DecodeContext<'_>) -> Self {
        Self { decoder: Decoder::new(structured, Raw::TrustedWith(raw, outside)) }
    }

    /// Reads the next argument by value.
    #[inline]
    pub fn take<T: Deserialize<'m>>(&mut self, name: &'static str) -> Result<T, Failure> {
        self.decoder.take().map_err(|error| refused(name, &error))
    }

    /// Reads the next argument, to be passed to the method by reference.
    #[inline]
    pub fn borrow<X: Parameter + ?Sized>(&mut self, name: &'static str) -> Result<X::Held<'m>, Failure> {
        self.decoder.take_held::<X>().map_err(|error| refused(name, &error))
    }

    /// Reads the next argument, to be passed to the method as a slice.
    #[inline]
    pub fn borrow_slice<T: Deserialize<'m>>(&mut self, name: &'static str) -> Result<Slice<'m, T>, Failure> {
        self.decoder.take_slice().map_err(|error| refused(name, &error))
    }

    /// Reads the next argument, an `Option`, to be passed to the method as an option of a
    /// reference.
    pub fn borrow_option<X: Parameter + ?Sized>(&mut self, name: &'static str) -> Result<Option<X::Held<'m>>, Failure> {
        if self.take::<bool>(name)? { self.borrow::<X>(name).map(Some) } else { Ok(None) }
    }

    /// Checks that the message has no further argument.
    #[inline]
    pub fn end(&mut self) -> Result<(), Failure> {
        self.decoder.finish().map_err(|error| refused("", &error))
    }
}

/// The memory that a call may refer to: the input regions of all slots, and the shared files that
/// it names.
#[derive(Debug)]
pub(crate) struct DecodeContext<'c> {
    pub(crate) channel: &'c Channel,
    pub(crate) files: Vec<Arc<SharedFile>>,
}

impl Outside for DecodeContext<'_> {
    /// `None` also if the message comes from another program: it may not name other messages.
    fn region(&self, slot: u16) -> Option<&[u8]> {
        let is_there = usize::from(slot) < self.channel.layout.slots && !self.channel.is_relayed;
        is_there.then(|| self.channel.input(slot))
    }

    fn file(&self, position: u16) -> Option<&Arc<SharedFile>> {
        self.files.get(usize::from(position))
    }

    /// Always true, because the child trusts its parent.
    fn may_copy(&self, _len: usize) -> bool {
        true
    }
}

/// Reads the numbers of shared files at the end of a message. Returns the message without them, and
/// the context for decoding it.
#[inline]
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
    let cut = cut.ok_or_else(|| Failure::Malformed {
        reason: "a call is too short for the numbers of its shared files".into(),
    })?;
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
