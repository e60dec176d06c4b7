//! The events with which calls and objects end, for the proxy's program.
//!
//! Knows outcomes and deaths. Invariant: a call that may have begun is never reported as not begun.

use crate::error::{CallError, Cause, Death, Exit, StartError, Started, Violation};
use crate::parent::life::end::End;
use crate::protocol::failure::{CrashRecord, Failure};
use crate::protocol::remote::{Diagnosis, Event, Message, RemoteExit, RemoteViolation};
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

/// What the other program learns of the end of an object.
#[derive(Default)]
pub(super) struct EndReport {
    pub(super) record: Option<CrashRecord>,
    pub(super) diagnosis: Option<Diagnosis>,
    /// The last event.
    pub(super) last: Option<Event>,
}

/// Returns what to report of the end of an object.
pub(super) fn report_of(end: Option<&End>) -> EndReport {
    match end {
        Some(End::Died(death) | End::Exhausted { last: death, .. }) => of_death(death),
        Some(End::NotConstructed(reason)) => not_constructed(reason),
        Some(End::Broken(reason)) => {
            let lost = Event::Lost(format!("its process broke the protocol: {reason}"));
            EndReport { last: Some(lost), ..EndReport::default() }
        }
        Some(End::Requested) | None => EndReport { last: Some(Event::Ended), ..EndReport::default() },
    }
}

fn of_death(death: &Death) -> EndReport {
    let record = death.last_panic.clone().map(|panic| CrashRecord::Panic(panic, death.backtrace.clone()));
    let exit = match death.exit {
        Exit::Code(code) => RemoteExit::Code(code),
        Exit::Signal { number, .. } => RemoteExit::Signal(number),
        Exit::Unknown | Exit::LeftBehind => RemoteExit::Unknown,
    };
    EndReport { record, diagnosis: Some(diagnosis_of(death)), last: Some(Event::Died(exit)) }
}

fn diagnosis_of(death: &Death) -> Diagnosis {
    let violation = death.violation().map(|violation| match *violation {
        Violation::SystemCall { number, arguments, .. } => RemoteViolation::SystemCall { number, arguments },
        Violation::UnknownSystemCall => RemoteViolation::UnknownSystemCall,
        Violation::OutOfMemory { limit } => RemoteViolation::OutOfMemory { limit },
        Violation::CpuTime { limit } => RemoteViolation::CpuTime { limit },
    });
    let is_out_of_memory = death.cause == Cause::OutOfMemory;
    Diagnosis { peak_memory: death.peak_memory, cpu_time: death.cpu_time, is_out_of_memory, violation }
}

fn not_constructed(reason: &StartError) -> EndReport {
    let failure = match reason {
        StartError::Died { death } => return of_death(death),
        StartError::Constructor { message, chain } => {
            Failure::Constructor { message: message.clone(), chain: chain.clone() }
        }
        StartError::ConstructorPanicked { panic } => Failure::Panicked(panic.clone()),
        StartError::Argument { argument, reason } => {
            Failure::Decode { argument: Some(argument.clone()), reason: reason.clone() }
        }
        other => Failure::Malformed { reason: other.to_string() },
    };
    let record = Some(CrashRecord::NotConstructed(failure.shortened()));
    EndReport { record, diagnosis: None, last: Some(Event::Died(RemoteExit::Code(1))) }
}
