//! Answers calls that were refused on their way.
//!
//! Knows how a child writes a failure. Invariant: the parent gets no answer before the object is
//! ready.

use super::{Bridge, Unsound};
use crate::protocol::failure::{Failure, shortened};
use crate::protocol::remote::Message;
use crate::protocol::tag::FAILURE;
use crate::wire;

impl Bridge<'_> {
    /// Answers a call that was refused, once the object is ready.
    pub(super) fn fail(&mut self, call: u64, reason: String) -> Result<(), Unsound> {
        if !self.is_ready {
            if self.refused.len() >= self.under_way.len() {
                return Err(Unsound);
            }
            self.refused.push((call, shortened(reason)));
            return Ok(());
        }
        let failure = Failure::Decode { argument: Some(String::new()), reason }.shortened();
        let (mut structured, mut raw) = (Vec::new(), Vec::new());
        let mut encoder = wire::Encoder::new(&mut structured, &mut raw);
        encoder.put(&failure).expect("a text can be encoded");
        encoder.finish();
        self.answer(call, &Message::new(FAILURE, 0, structured, raw))
    }
}
