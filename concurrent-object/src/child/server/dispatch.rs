//! One call into the object: decodes the arguments, runs the method, and encodes the result.
//!
//! This is the child's only panic boundary around methods. Knows messages and shared files. Does
//! not change the call's state. Invariant: every call ends with a header to publish or a failure to
//! report.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{ReplyResult, Server, Stop};
use crate::child::arguments::decode_context;
use crate::child::outlet::Outlet;
use crate::child::{ArgumentReader, ConcurrentObject, Reply, panic_hook};
use crate::protocol::failure::Failure;
use crate::transport::header::{Body, Header, short_message};
use crate::transport::ring::{Entry, InlinePayload};

/// A function that calls a method of the object with its arguments, and writes its result.
pub(super) trait Dispatch: FnOnce(u32, &mut ArgumentReader<'_>, &mut Reply<'_>) -> Result<(), Failure> {}

impl<F: FnOnce(u32, &mut ArgumentReader<'_>, &mut Reply<'_>) -> Result<(), Failure>> Dispatch for F {}

impl Server {
    /// Runs the call of a request. A panic becomes a failure.
    pub(super) fn dispatch(&mut self, entry: Entry, call: impl Dispatch) -> ReplyResult {
        let malformed = |reason: &str| Failure::Malformed { reason: reason.into() };
        let input = self.channel.input(entry.slot);
        let long;
        let (method, files, structured, raw) = match short_message(&self.payload) {
            Some((method, structured)) => (method, 0, structured, &[][..]),
            None => {
                long = Header::from_words(&self.payload, input.len()).map_err(malformed)?;
                let (structured, raw) = match &long.body {
                    Body::Inline(inline) => (inline.bytes(), &[][..]),
                    Body::InRegion { offset, len } => (&input[*offset..offset + len], &input[..*offset]),
                };
                (long.tag, long.files, structured, raw)
            }
        };
        let name = self.methods.get(method as usize).copied().unwrap_or_default();
        let span = tracing::trace_span!(target: "concurrent_object::calls", "call", method = name, call = entry.call);
        let _in_call = span.enter();
        let (structured, outside) = decode_context(&self.channel, &self.shared_files, structured, files)?;
        let mut arguments = ArgumentReader::new(structured, raw, &outside);
        let outlet = Outlet { replies: &mut self.replies, notices: &mut self.notices, entry };
        let lease = &mut self.leases[usize::from(entry.slot)];
        let mut reply = Reply::new(&self.channel, lease, &mut self.scratch).with_outlet(outlet);
        let outcome = catch_unwind(AssertUnwindSafe(|| call(method, &mut arguments, &mut reply)));
        match outcome {
            Ok(Ok(())) => {
                let (header, files) = reply.into_parts();
                let (notices, replies) = (&mut self.notices, &mut self.replies);
                if files.count() > 0 {
                    self.shared_files.send(entry.call, files.files(), |send, wait| {
                        notices.send_with_room(&*self.channel, replies, &self.requests, send, wait)
                    })?;
                }
                header.ok_or_else(|| malformed("the method returned without a reply"))
            }
            Ok(Err(failure)) => Err(failure),
            Err(payload) => Err(Failure::Panicked(panic_hook::caught(payload))),
        }
    }

    /// Runs an accepted request of a method that takes the object and returns it. The object is
    /// lost if the method panics.
    pub(super) fn serve_replacing<T: ConcurrentObject>(
        &mut self,
        object: T,
        entry: Entry,
    ) -> (Option<T>, Option<Stop>) {
        let mut held = Some(object);
        let outcome = self.run(entry, |method, arguments, reply| T::replace(&mut held, method, arguments, reply));
        let stop = match &mut held {
            Some(object) => self.save_and_conclude(object, entry, outcome),
            None => self.conclude(entry, outcome, false).or(Some(Stop::Panicked)),
        };
        (held, stop)
    }

    /// Traces a failure, and writes it in place of a result.
    pub(super) fn fail(&mut self, entry: Entry, failure: Failure) -> InlinePayload {
        let method = self.methods.get(self.method() as usize).copied().unwrap_or_default();
        match &failure {
            Failure::Panicked(panic) => {
                tracing::warn!(target: "concurrent_object::calls", method, call = entry.call, %panic, "method panicked");
            }
            failure => {
                tracing::debug!(target: "concurrent_object::calls", method, call = entry.call, ?failure, "call failed")
            }
        }
        let mut reply = Reply::new(&self.channel, &mut self.leases[usize::from(entry.slot)], &mut self.scratch);
        // A failure of a method that streams lies behind the ring, in which items may be unread. If
        // another call finds its number here by chance, its failure is as good there.
        let is_stream = self.channel.item_lines(entry.slot).call() == entry.call;
        reply.fail(failure, if is_stream { self.channel.places.after_items() } else { 0 })
    }
}
