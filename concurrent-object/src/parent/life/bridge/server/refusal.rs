//! Answers calls that were refused on their way.
//!
//! Knows how a child writes a failure. Invariant: the parent gets no answer before the object is
//! ready.

use super::{Bridge, Unsound};
use crate::protocol::failure::{Failure, shortened};
use crate::protocol::remote::{Event, Message};

impl Bridge<'_> {
    /// Keeps an outcome that came before the object is ready.
    pub(super) fn keep_early(&mut self, event: Event) -> Result<(), Unsound> {
        if self.early.len() >= self.under_way.len() {
            return Err(Unsound);
        }
        self.early.push(match event {
            Event::Failed(call, reason) => Event::Failed(call, shortened(reason)),
            other => other,
        });
        Ok(())
    }

    /// Answers a call that was refused.
    pub(super) fn fail(&mut self, call: u64, reason: String) -> Result<(), Unsound> {
        let failure = Failure::Decode { argument: Some(String::new()), reason };
        self.answer(call, &Message::of_failure(failure))
    }
}
