//! Finds out why an object has ended, once its process is gone: as requested, in its constructor,
//! or by a death. Builds the report of a death.
//!
//! Problem: an exit status alone is ambiguous. A SIGKILL may come from the parent, from the kernel
//! (out of memory) or from a user. Exit code 0 may be what the user asked for, or the method's own
//! `exit`. Naive way: map the status to a cause. Way here: combine the status with three sources.
//! The parent knows which kill it sent and why, whether the user asked for the end, and which call
//! ran. The kernel counts its out-of-memory kills. The child may have left a crash note. What the
//! parent knows comes first.
//!
//! Knows the crash note. The child has written it, so it may hold anything. Invariant: a note that
//! cannot be decoded, or that does not fit the phase, changes no cause.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Object;
use super::state::ObjectState;
use crate::error::{CallId, Cause, Death, Exit, StartError, Violation};
use crate::parent::calls::timing::CancelReason;
use crate::parent::life::backend::Backend;
use crate::parent::life::bridge::BridgeFacts;
use crate::parent::life::end::End;
use crate::parent::life::phase::KillReason;
use crate::parent::life::spawn_spec::SpawnSpec;
use crate::process::confinement::record::{self, EndedProcess, RecordWords};
use crate::process::reap::Reaped;
use crate::protocol::exit_code::{BOOTSTRAP_EXIT_CODE, ENDED_ON_REQUEST, PANIC_EXIT_CODE};
use crate::protocol::failure::{CrashRecord, Failure};
use crate::protocol::remote::RemoteViolation;
use crate::transport::Transport;
use crate::wire;

impl Object {
    /// Returns why the object ended, and the report if its process died.
    pub(crate) fn find_end(&self, state: &ObjectState, backend: &Backend, reaped: Reaped) -> (End, Option<Arc<Death>>) {
        let exit = reaped.exit;
        let mut death = self.death(state, backend, reaped);
        let record = self.take_violation();
        let crash_record = self.channel.crash_note().read().and_then(|bytes| wire::from_bytes(&bytes).ok());
        let starting = state.phase.is_constructing();
        // A process that exited by itself just before the kill gets the same diagnosis as any other
        // exit.
        let is_too_slow = state.phase.killed_for() == Some(KillReason::TooSlow) && starting && may_be_killed(exit);
        if let (true, Some(limit)) = (is_too_slow, self.identity.limits.ready_timeout) {
            let reason = Arc::new(StartError::ConstructorTimedOut { limit });
            return (End::NotConstructed(reason), Some(Arc::new(death)));
        }
        if let Some(refusal) = backend.facts().and_then(BridgeFacts::refusal) {
            // A refusal that may be temporary counts as a death, so that a restart tries again.
            let death = Some(Arc::new(death)).filter(|_| refusal.is_transient() && state.phase.was_ready());
            return (End::NotConstructed(Arc::new(refusal.clone())), death);
        }
        let failure = match crash_record {
            Some(CrashRecord::Panic(panic, backtrace)) => {
                (death.last_panic, death.backtrace) = (Some(panic), backtrace);
                None
            }
            Some(CrashRecord::NotConstructed(failure)) => Some(failure).filter(|_| starting),
            None if starting && exit == Exit::Code(BOOTSTRAP_EXIT_CODE) => {
                self.files.take_reason().map(|reason| Failure::Malformed { reason })
            }
            None => None,
        };
        if state.phase.killed_for().is_none() {
            self.blame_limits(&mut death, record);
            backend.facts().and_then(violation_elsewhere).into_iter().for_each(|violation| death.blame(violation));
        }
        if let Some(reason) = state.phase.broken() {
            return (End::Broken(reason.into()), Some(Arc::new(death)));
        }
        if let Some(failure) = failure {
            return not_constructed(failure, death);
        }
        // The status is unknown if other code of this program reaped the child. A child that was
        // asked to end and left no panic in its note is then taken to have ended as asked.
        let ended_as_asked = exit == Exit::Code(0) || (exit == Exit::Unknown && death.last_panic.is_none());
        let has_served_last_call = state.shutdown.last_call.is_some() && state.calls.table.unsettled() == 0;
        if state.shutdown.is_killed() || ((state.shutdown.is_stopping() || has_served_last_call) && ended_as_asked) {
            return (End::Requested, None);
        }
        let death = Arc::new(death);
        let end = if starting {
            End::NotConstructed(Arc::new(died_in_construction(&death)))
        } else {
            End::Died(death.clone())
        };
        (end, Some(death))
    }

    fn death(&self, state: &ObjectState, backend: &Backend, reaped: Reaped) -> Death {
        let Reaped { exit, peak_memory, cpu_time, .. } = reaped;
        let running = self.find_running(state).map(|(_, index)| {
            let (method, call) = (state.calls.table.method_of(index), state.calls.table.call_of(index));
            (self.method_name(method), CallId::new(call))
        });
        let running = match state.phase.killed_for() {
            Some(KillReason::Abandoned { method, call, .. }) => Some((method, call)),
            _ => running,
        };
        let stderr_tail = backend.stderr_tail();
        let cause = cause_of(state, backend, exit, &stderr_tail);
        let (name, incarnation) = (self.identity.name.clone(), self.incarnation());
        let unsaved = self.spawn_spec.as_ref().and_then(SpawnSpec::unsaved);
        Death {
            name,
            pid: self.pid(),
            incarnation,
            exit,
            cause,
            peak_memory,
            cpu_time,
            running,
            last_panic: None,
            backtrace: None,
            stderr_tail,
            unsaved,
            violation: None,
            lost: backend.facts().and_then(BridgeFacts::lost).cloned(),
        }
    }

    /// Takes the violation record, which the next process uses again.
    fn take_violation(&self) -> RecordWords {
        std::array::from_fn(|at| self.channel.violation()[at].swap(0, Ordering::Relaxed))
    }

    /// Notes of which limit the process died, if it did.
    fn blame_limits(&self, death: &mut Death, record: RecordWords) {
        let ended = EndedProcess {
            exit: death.exit,
            cpu_time: death.cpu_time,
            has_panicked: death.last_panic.is_some(),
            stderr_tail: &death.stderr_tail,
        };
        if let Some(violation) = record::violation(&self.identity.confinement, record, ended) {
            death.blame(violation);
        }
    }
}

/// Returns what the object's process did on its machine against the limits there.
fn violation_elsewhere(facts: &BridgeFacts) -> Option<Violation> {
    Some(match facts.diagnosis()?.violation? {
        RemoteViolation::SystemCall { number, arguments } => record::system_call(number, arguments),
        RemoteViolation::UnknownSystemCall => Violation::UnknownSystemCall,
        RemoteViolation::OutOfMemory { limit } => Violation::OutOfMemory { limit },
        RemoteViolation::CpuTime { limit } => Violation::CpuTime { limit },
    })
}

/// Whether the process may have ended by the parent's SIGKILL, or by the request to exit that
/// replaces it. A thread that was left behind counts as such a process.
fn may_be_killed(exit: Exit) -> bool {
    exit.signal_name() == Some("SIGKILL")
        || [Exit::Unknown, Exit::LeftBehind, Exit::Code(ENDED_ON_REQUEST)].contains(&exit)
}

fn cause_of(state: &ObjectState, backend: &Backend, exit: Exit, stderr_tail: &str) -> Cause {
    if backend.facts().is_some_and(|facts| facts.lost().is_some()) {
        return Cause::Disconnected;
    }
    if !may_be_killed(exit) {
        return if stderr_tail.contains(OVERFLOWED) { Cause::StackOverflow } else { Cause::Itself };
    }
    match (state.phase.killed_for(), exit) {
        (Some(KillReason::Broken(_)), _) => Cause::Protocol,
        (Some(KillReason::TooSlow), _) => Cause::NotReady,
        (Some(KillReason::Abandoned { reason: CancelReason::TimedOut, .. }), _) => Cause::TimedOut,
        (Some(KillReason::Abandoned { .. }), _) => Cause::Cancelled,
        (None, Exit::Unknown | Exit::LeftBehind) => Cause::Unknown,
        (None, Exit::Code(_)) => Cause::Itself,
        (None, _) if backend.has_seen_oom_kill() => Cause::OutOfMemory,
        (None, Exit::Signal { .. }) => Cause::Killed,
    }
}

/// The text that the Rust runtime prints about a thread with a full stack, before it aborts.
const OVERFLOWED: &str = "has overflowed its stack";

/// Returns the end of a child whose constructor failed. A panic there is a death too, as it is
/// under `panic = "abort"`; an error that the constructor returns is not.
fn not_constructed(failure: Failure, mut death: Death) -> (End, Option<Arc<Death>>) {
    let panicked = if let Failure::Panicked(panic) = &failure { Some(panic.clone()) } else { None };
    let death = panicked.map(|panic| {
        death.last_panic = Some(panic);
        Arc::new(death)
    });
    (End::NotConstructed(Arc::new(construction_failed(failure))), death)
}

fn construction_failed(failure: Failure) -> StartError {
    match failure {
        Failure::Constructor { message, chain } => StartError::Constructor { message, chain },
        Failure::Decode { argument, reason } => StartError::Argument { argument: argument.unwrap_or_default(), reason },
        Failure::Lacking { reason } => StartError::Argument { argument: String::new(), reason },
        Failure::Panicked(panic) => StartError::ConstructorPanicked { panic },
        Failure::Malformed { reason } | Failure::Encode { reason } | Failure::Unsaved { reason } => {
            StartError::Bootstrap { reason }
        }
        Failure::Confinement(error) => error.into(),
        Failure::Handle(problem) => StartError::Bootstrap { reason: problem.to_string() },
        Failure::TooLarge { needed, limit } | Failure::ItemTooLarge { needed, limit } => {
            StartError::Bootstrap { reason: format!("{needed} bytes are more than {limit}") }
        }
    }
}

/// Returns the start error for a child that died in its constructor. Under `panic = "abort"`
/// nothing catches the panic, so the panic in the crash note is the only trace of it.
fn died_in_construction(death: &Arc<Death>) -> StartError {
    let panicked = death.exit == Exit::Code(PANIC_EXIT_CODE) || death.exit.signal_name() == Some("SIGABRT");
    match &death.last_panic {
        Some(panic) if panicked => StartError::ConstructorPanicked { panic: panic.clone() },
        _ => StartError::Died { death: death.clone() },
    }
}
