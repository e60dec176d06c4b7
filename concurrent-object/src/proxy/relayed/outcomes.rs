//! The events with which calls and objects end, for the proxy's program.
//!
//! Knows outcomes and deaths. Invariant: a call that may have begun is never reported as not begun.

use crate::error::{CallError, Death, Exit, StartError, Started};
use crate::protocol::failure::{CrashRecord, Failure};
use crate::protocol::remote::{Event, Message, RemoteExit};
use crate::protocol::tag::FAILURE;

/// Returns what to report of a call without an answer, whose object has ended.
pub(super) fn event_of_lost(call: u64, has_begun: bool, error: &CallError) -> Option<Event> {
    match error.info().started {
        Started::No => Some(Event::Returned(call)),
        // The end says that a call without this has not begun.
        Started::Yes | Started::Unknown if !has_begun => Some(Event::Begun(call)),
        Started::Yes | Started::Unknown => None,
    }
}

/// Returns what the span of a call says of its outcome.
pub(super) fn outcome_of(event: Option<&Event>) -> &'static str {
    match event {
        Some(Event::Answered(_, message)) if message.tag == FAILURE => "failed",
        Some(Event::Answered(..)) => "answered",
        Some(Event::Failed(..)) => "refused",
        Some(Event::Returned(_)) => "not begun",
        Some(Event::TimedOut { .. }) => "timed out",
        _ => "died",
    }
}

/// Reports a call that has begun, and whose result cannot be sent.
pub(super) fn failed(call: u64, reason: String) -> Event {
    Event::Answered(call, Message::of_failure(Failure::Encode { reason }))
}

pub(super) fn note_of(death: &Death) -> Option<CrashRecord> {
    death.last_panic.clone().map(|panic| CrashRecord::Panic(panic, death.backtrace.clone()))
}

pub(super) fn died(death: &Death) -> Event {
    Event::Died(match death.exit {
        Exit::Code(code) => RemoteExit::Code(code),
        Exit::Signal { number, .. } => RemoteExit::Signal(number),
        Exit::Unknown | Exit::LeftBehind => RemoteExit::Unknown,
    })
}

pub(super) fn not_constructed(reason: &StartError) -> (Option<CrashRecord>, Event) {
    let failure = match reason {
        StartError::Died { death } => return (note_of(death), died(death)),
        StartError::Constructor { message, chain } => {
            Failure::Constructor { message: message.clone(), chain: chain.clone() }
        }
        StartError::ConstructorPanicked { panic } => Failure::Panicked(panic.clone()),
        StartError::Argument { argument, reason } => {
            Failure::Decode { argument: Some(argument.clone()), reason: reason.clone() }
        }
        other => Failure::Malformed { reason: other.to_string() },
    };
    (Some(CrashRecord::NotConstructed(failure.shortened())), Event::Died(RemoteExit::Code(1)))
}
