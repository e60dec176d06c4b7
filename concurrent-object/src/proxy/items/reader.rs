//! The items of one call, for any type of items.
//!
//! Knows items as bytes, and the call that they belong to. Invariants: items come in the order in
//! which the method made them, each once. After an error or the end there are none.

use std::sync::Arc;
use std::task::{Context, Poll};

use super::DecodeItem;
use crate::clock::Moment;
use crate::error::CallError;
use crate::parent::calls::item_chunk::{ItemChunk, ItemParts};
use crate::parent::calls::item_source::ItemSource;
use crate::parent::calls::key::WaitKey;
use crate::parent::object::items::{ItemNews, ItemsTaken};
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;
use crate::proxy::call::Pending;
use crate::proxy::waited::{AwaitedObject, WaitTarget};
use crate::wire::Raw;

/// After so many items that were there at once, a poll returns `Pending` once. Otherwise a task
/// that takes items in a loop would never give way to the other tasks of its thread.
const MAX_READY_IN_A_ROW: u32 = 256;

/// The items of one call.
pub(crate) struct ItemReader {
    pub(super) pending: Pending,
    /// `None` if the call was refused.
    source: Option<Arc<ItemSource>>,
    /// Items that were copied out of shared memory.
    chunk: ItemChunk,
    is_over: bool,
    ready_in_a_row: u32,
}

type NextItem<T> = Option<Result<T, CallError>>;

impl ItemReader {
    pub(super) fn new(pending: Pending) -> Self {
        let source = pending.key().and_then(|key| pending.object().item_source(key));
        Self { pending, source, chunk: ItemChunk::default(), is_over: false, ready_in_a_row: 0 }
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Returns the next item, or the end, if it comes before the deadline.
    pub(super) fn next<T>(&mut self, deadline: Option<Moment>, decode: DecodeItem<T>) -> Option<NextItem<T>> {
        loop {
            if let Some(next) = self.now(decode) {
                return Some(next);
            }
            let (Some(key), Some(source)) = (self.pending.key(), &self.source) else { return Some(self.end()) };
            let object = self.pending.object();
            if object.spin_for_items(source) {
                continue;
            }
            match object.wait_for_items(key, source, deadline)? {
                ItemNews::Items => {}
                ItemNews::Ended => return Some(self.end()),
            }
        }
    }

    /// Returns the next item, or the end, if it is there.
    pub(super) fn try_next<T>(&mut self, decode: DecodeItem<T>) -> Option<NextItem<T>> {
        loop {
            if let Some(next) = self.now(decode) {
                return Some(next);
            }
            let (Some(key), Some(source)) = (self.pending.key(), &self.source) else { return Some(self.end()) };
            let object = self.pending.object();
            let news = object.look_for_items(&mut object.poll(), key, source);
            match news? {
                ItemNews::Items => {}
                ItemNews::Ended => return Some(self.end()),
            }
        }
    }

    /// Does the same for a task, which is woken when there is news.
    pub(super) fn poll_next<T>(&mut self, context: &Context<'_>, decode: DecodeItem<T>) -> Poll<NextItem<T>> {
        if self.ready_in_a_row >= MAX_READY_IN_A_ROW {
            self.ready_in_a_row = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.ready_in_a_row += 1;
        loop {
            if let Some(next) = self.now(decode) {
                return Poll::Ready(next);
            }
            let (Some(key), Some(source)) = (self.pending.key(), self.source.clone()) else {
                return Poll::Ready(self.end());
            };
            match self.pending.poll_items(key, &source, context) {
                Poll::Ready(ItemNews::Items) => {}
                Poll::Ready(ItemNews::Ended) => return Poll::Ready(self.end()),
                Poll::Pending => {
                    self.ready_in_a_row = 0;
                    return Poll::Pending;
                }
            }
        }
    }

    /// Returns the next item without a look at the call.
    fn now<T>(&mut self, decode: DecodeItem<T>) -> Option<NextItem<T>> {
        if self.is_over {
            return Some(None);
        }
        if let Some(parts) = self.chunk.next() {
            let item = read(self.pending.object().max_decoded_size(), parts, decode);
            return Some(Some(item.map_err(|failure| self.fail(failure))));
        }
        let source = self.source.as_ref()?;
        let object = self.pending.object();
        if !object.is_ours() {
            // The call's own answer is the error of a forked copy.
            return Some(self.end());
        }
        let (mut large, most) = (None, object.max_decoded_size());
        let taken = object.take_items(source, &mut self.chunk, |parts| large = Some(read(most, parts, decode)));
        let item = match taken {
            Ok(ItemsTaken::Nothing) => return None,
            Ok(ItemsTaken::Chunk) => read(most, self.chunk.next()?, decode),
            Ok(ItemsTaken::Large) => large?,
            Err(reason) => Err(Failure::Malformed { reason: reason.into() }),
        };
        Some(Some(item.map_err(|failure| self.fail(failure))))
    }

    /// Ends the items with the error of one.
    fn fail(&mut self, failure: Failure) -> CallError {
        self.is_over = true;
        let error = self.pending.failed(failure);
        self.leave();
        error
    }

    /// Takes the outcome of the call, which is there.
    fn end<T>(&mut self) -> NextItem<T> {
        self.is_over = true;
        match self.pending.try_read(|_| Ok(())) {
            Some(Err(error)) => Some(Err(error)),
            Some(Ok(())) | None => None,
        }
    }

    /// Asks the method to end, if it runs.
    fn leave(&self) {
        if let Some(key) = self.pending.key()
            && self.pending.object().is_ours()
        {
            self.pending.object().end_items(key);
        }
    }

    /// Returns what `wait_any` waits for.
    pub(crate) fn waits_for(&self) -> WaitTarget<'_> {
        match self.pending.key() {
            Some(key) if !self.is_over && self.chunk.is_empty() => {
                WaitTarget::Object(AwaitedObject(self.pending.object(), WaitKey::Call(key)))
            }
            _ => WaitTarget::Ready,
        }
    }
}

fn read<T>(most: usize, parts: ItemParts<'_>, decode: DecodeItem<T>) -> Result<T, Failure> {
    decode(&mut ResultReader::limited(parts.structured, Raw::Foreign(parts.raw), most))
}

impl Drop for ItemReader {
    fn drop(&mut self) {
        self.leave();
    }
}
