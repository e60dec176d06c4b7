//! Decodes the outcome of a call into a value, or into the error that says why there is no result.
//!
//! Knows how a child encodes a failure. Invariant: the thread that takes an outcome decodes it,
//! without holding a lock.

use super::attached::Attached;
use crate::error::push::part_of_arguments;
use crate::error::{CallError, Payload, PushErrorKind, StartError, Started};
use crate::memory::Foreign;
use crate::parent::calls::received::ReceivedFiles;
use crate::parent::object::Object;
use crate::parent::object::reply::{NoReply, ReceivedReply};
use crate::parent::object::short::ShortReply;
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;
use crate::proxy::decoded::DecodedObject;
use crate::transport::header::short_message;
use crate::transport::ring::InlinePayload;
use crate::wire::Raw;

/// A structured part of at most this many bytes is copied to the stack.
const SMALL_STRUCTURED_SIZE: usize = 128;

/// Reads the outcomes of an object's calls.
pub(crate) struct OutcomeReader<'o>(pub(crate) &'o Object);

impl OutcomeReader<'_> {
    /// Decodes an outcome into a value, or into the error that says why there is no result.
    #[inline]
    pub(crate) fn read<T>(
        &self,
        taken: ReceivedReply<'_>,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Result<T, CallError> {
        let (method, call, pid) = (taken.method, taken.call, taken.pid);
        let outcome = self.decode(taken, decode);
        if outcome.is_err() {
            // The child may have kept an object before the call failed, or after its time was over.
            self.0.release_result(call);
        }
        self.trace(method, call, pid, &outcome);
        outcome
    }

    /// Decodes a short result. An object that keeps objects for handles has none.
    #[inline]
    pub(crate) fn read_short<T>(
        &self,
        taken: ShortReply,
        call: u64,
        payload: &InlinePayload,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Result<T, CallError> {
        let ShortReply { method, pid } = taken;
        let structured = short_message(payload).map_or(&[][..], |(_, structured)| structured);
        // The payload was copied out of the ring, so it may be read in place.
        let mut result = ResultReader::limited(structured, Raw::Foreign(Foreign::of(&[])), self.0.max_decoded_size());
        let outcome = decode(&mut result).map_err(|failure| self.failed((method, call, pid), failure));
        self.trace(method, call, pid, &outcome);
        outcome
    }

    #[inline]
    fn trace<T>(&self, method: u32, call: u64, pid: u32, outcome: &Result<T, CallError>) {
        tracing::trace!(
            target: "concurrent_object::calls", name = &*self.0.identity.name, pid,
            method = self.0.method_name(method), call, error = outcome.as_ref().err().map(tracing::field::display),
            "outcome taken"
        );
    }

    fn decode<T>(
        &self,
        taken: ReceivedReply<'_>,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Result<T, CallError> {
        let ReceivedReply { method, call, pid, files, decoded: _decoded_reply, outcome } = taken;
        let reply = match outcome {
            Ok(reply) => reply,
            Err(NoReply::Failed(error)) => return Err(error),
            Err(NoReply::Moved(_)) => unreachable!("the `Call` follows it"),
        };
        let (mut small, mut large) = (None, Vec::new());
        let structured = reply.short().unwrap_or_else(|| copy_out(reply.structured(), &mut small, &mut large));
        let value = if reply.is_value() {
            let _decoded = self.0.identity.uses_handles.then(|| DecodedObject::enter(self.0));
            read_value(structured, reply.raw(), files, self.0.max_decoded_size(), decode)
        } else {
            Err(decode_failure(structured, reply.raw()))
        };
        drop(reply);
        value.map_err(|failure| self.failed((method, call, pid), failure))
    }

    /// Converts a failure into the error of a call.
    pub(crate) fn failed(&self, (method, call, pid): (u32, u64, u32), failure: Failure) -> CallError {
        // The method has not started if the child could not decode its arguments.
        let is_unread = matches!(
            &failure,
            Failure::Decode { argument: Some(_), .. } | Failure::Lacking { .. } | Failure::Handle(_)
        );
        let started = if is_unread { Started::No } else { Started::Yes };
        let info = self.0.call_info_in(pid, Some(self.0.method_name(method)), Some(call), started);
        let argument = |argument: Option<String>| {
            argument.map_or_else(|| "the result".to_owned(), |name| part_of_arguments(&name))
        };
        match failure {
            Failure::Panicked(panic) => CallError::Panicked { panic, info },
            Failure::Decode { argument: name, reason } => CallError::Decode { part: argument(name), reason, info },
            Failure::Lacking { reason } => CallError::Decode { part: argument(Some(String::new())), reason, info },
            Failure::Encode { reason } => CallError::Encode { part: argument(None), reason, info },
            Failure::Handle(problem) => CallError::Handle { problem, info },
            Failure::Unsaved { reason } => CallError::NotSaved { reason, info },
            Failure::TooLarge { needed, limit } => {
                CallError::TooLarge { payload: Payload::Result, needed, limit, info }
            }
            Failure::ItemTooLarge { needed, limit } => {
                CallError::TooLarge { payload: Payload::Item, needed, limit, info }
            }
            Failure::Confinement(error) => self.0.break_off_after(info, StartError::from(error).to_string()),
            Failure::Malformed { reason } => self.0.break_off_after(info, reason),
            Failure::Constructor { message, .. } => self.0.break_off_after(info, message),
        }
    }

    /// Converts a refusal into the error of a call.
    pub(crate) fn refused(&self, method: u32, kind: PushErrorKind) -> CallError {
        let info = self.0.call_info(Some(self.0.method_name(method)), None, Started::No);
        match kind {
            PushErrorKind::Gone(error) | PushErrorKind::Restarting(error) => error,
            PushErrorKind::TooLarge { needed, limit } => {
                CallError::TooLarge { payload: Payload::Arguments, needed, limit, info }
            }
            PushErrorKind::Encode { argument, reason } => {
                CallError::Encode { part: part_of_arguments(argument), reason, info }
            }
            PushErrorKind::Full => unreachable!("a call waits where a push would be refused as full"),
        }
    }
}

#[inline]
fn read_value<T>(
    structured: &[u8],
    raw: Foreign<'_>,
    files: ReceivedFiles,
    most: usize,
    decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let Some(files) = files else {
        return decode(&mut ResultReader::limited(structured, Raw::Foreign(raw), most));
    };
    let attached = Attached::open(files)?;
    decode(&mut ResultReader::limited(structured, Raw::ForeignWith(raw, &attached), most))
}

/// Copies a part that the child can still write: a short one to the stack.
fn copy_out<'b>(
    structured: Foreign<'_>,
    small: &'b mut Option<[u8; SMALL_STRUCTURED_SIZE]>,
    large: &'b mut Vec<u8>,
) -> &'b [u8] {
    match small.insert([0; SMALL_STRUCTURED_SIZE]).get_mut(..structured.len()) {
        Some(part) => {
            structured.copy_to(part);
            part
        }
        None => {
            structured.append_to(large);
            large
        }
    }
}

fn decode_failure(structured: &[u8], raw: Foreign<'_>) -> Failure {
    let failure = ResultReader::new(structured, Raw::Foreign(raw)).take();
    failure
        .unwrap_or_else(|error| Failure::Malformed { reason: format!("a failure that cannot be decoded: {error:?}") })
}
