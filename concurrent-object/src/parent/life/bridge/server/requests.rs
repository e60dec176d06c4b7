//! Passes the parent's requests on to the other program.
//!
//! Knows how the parent writes a request. Invariant: a request is passed on once, with the rest of
//! its time limits, or reported as skipped.

use super::arguments::raw_part;
use super::{Bridge, UnderWay, short};
use crate::protocol::remote::{EndKind, Message};
use crate::protocol::tag::SKIPPED;
use crate::transport::Transport;
use crate::transport::header::{Body, Header};
use crate::transport::steps::Steps;

impl Bridge<'_> {
    /// Passes on what waits in the request ring. Once the parent has asked for the end, passes on
    /// that instead.
    pub(super) fn pass_on_all(&mut self) {
        if self.is_stopping {
            return;
        }
        if self.is_asked_to_stop() {
            self.is_stopping = true;
            return self.carrier.end(EndKind::Shutdown);
        }
        while let Some(entry) = self.requests.peek(self.channel.requests()) {
            let payload = self.requests.payload(self.channel.requests());
            self.requests.advance();
            if !self.channel.state(entry.slot).pass_on(entry.call) {
                self.channel.publish(&mut self.replies, entry, &short(SKIPPED).to_words());
                continue;
            }
            let input = self.channel.input(entry.slot);
            let header = Header::from_words(&payload, input.len()).expect("this process has written the request");
            let (structured, raw) = match &header.body {
                Body::Inline(inline) => (inline.bytes(), &[][..]),
                Body::InRegion { offset, len } => (&input[*offset..offset + len], &input[..*offset]),
            };
            // The parent has checked what counts against the limit.
            let counted = (structured.len() + raw.len()).min(self.channel.layout.input_limit) as u64;
            let (raw, arguments) = raw_part(&self.channel, entry.slot, raw);
            let mut message = Message::new(header.tag, counted, structured.to_vec(), raw);
            message.limits = self.limits_of(entry.call);
            message.traceparent = self.ends.inbox.take_trace(entry.call);
            let slot = entry.slot;
            self.under_way
                .insert(entry.call, UnderWay { slot, is_cancelled: false, is_withdrawn: false, _arguments: arguments });
            self.carrier.send(entry.call, message);
        }
    }
}
