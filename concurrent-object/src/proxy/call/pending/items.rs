//! What is read of a call while its method runs: items and progress.
//!
//! Knows the state of a call. Invariant: nothing here takes the outcome.

use std::sync::Arc;
use std::task::{Context, Poll};

use serde::de::DeserializeOwned;

use super::Pending;
use crate::error::{CallError, CallId};
use crate::memory::Foreign;
use crate::parent::calls::item_source::ItemSource;
use crate::parent::calls::key::{CallKey, WaitKey};
use crate::parent::object::Object;
use crate::parent::object::awaiting::Polled;
use crate::parent::object::items::ItemNews;
use crate::parent::object::state::ObjectState;
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;
use crate::proxy::call::read::OutcomeReader;
use crate::wire::Raw;

impl Pending {
    /// Returns the object.
    pub(crate) fn object(&self) -> &Arc<Object> {
        &self.object
    }

    /// Returns the call, unless it was refused or its outcome was taken.
    pub(crate) fn key(&self) -> Option<CallKey> {
        self.open()
    }

    /// Returns the error for something that the child sent before the outcome.
    pub(crate) fn failed(&self, failure: Failure) -> CallError {
        let call = self.id().map_or(0, CallId::get);
        OutcomeReader(&self.object).failed((self.method, call, self.object.pid()), failure)
    }

    /// Returns whether items or the outcome are there. Otherwise registers the task.
    pub(crate) fn poll_items(&mut self, key: CallKey, source: &ItemSource, context: &Context<'_>) -> Poll<ItemNews> {
        let (object, polled) = (&self.object, &mut self.polled);
        let look = |state: &mut ObjectState| object.look_for_items(state, key, source);
        let news = object.poll_until(WaitKey::Call(key), context, polled, look);
        if news.is_ready() {
            // The next item is waited for as a new future would.
            *polled = Polled::default();
        }
        news
    }

    /// Returns the newest progress value of the call.
    pub(crate) fn progress<P: DeserializeOwned>(&self) -> Option<P> {
        let moved = self.found();
        let (object, call) = match &moved {
            Some((object, key)) => (object, key.call),
            None => (&self.object, self.id()?.get()),
        };
        let (bytes, len) = object.progress_of(call)?;
        // The child may write anything there. What cannot be decoded is no value.
        let value = ResultReader::new(&bytes[..len], Raw::Foreign(Foreign::of(&[]))).take::<(P,)>();
        value.ok().map(|(value,)| value)
    }
}
