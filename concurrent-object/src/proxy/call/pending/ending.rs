//! The last call of an object: it resolves when the object has ended.
//!
//! Knows the end of the object. Invariant: a poll never blocks.

use std::task::{Context, Poll, ready};

use super::Pending;
use crate::parent::calls::key::{CallKey, WaitKey};
use crate::parent::object::Object;
use crate::parent::object::state::ObjectState;

impl Pending {
    /// Waits until an object has ended whose last call this is. Otherwise dropping the call would
    /// block for that.
    pub(super) fn poll_end(&mut self, key: CallKey, context: &Context<'_>) -> Poll<()> {
        if self.last.is_none() {
            return Poll::Ready(());
        }
        if !self.is_ending {
            let is_settled = |state: &mut ObjectState| state.calls.table.is_settled(key).then_some(());
            ready!(self.object.poll_until(WaitKey::Call(key), context, &mut self.polled, is_settled));
            if self.object.end_consumed_in_background().is_err() {
                // Then dropping the call ends the object, and blocks.
                return Poll::Ready(());
            }
            self.is_ending = true;
        }
        let has_ended = |state: &mut ObjectState| Object::outcome_of_end(state).map(drop);
        self.object.poll_until(WaitKey::State, context, &mut self.polled, has_ended)
    }
}
