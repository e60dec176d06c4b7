//! Why an object has ended, found out when its process is gone: asked to, of its constructor, or dead; and then the report.
//!
//! Knows last words, which the child has written, and so may be anything.

use std::sync::Arc;

use super::end::{BOOTSTRAP_EXIT_CODE, End, PANIC_EXIT_CODE};
use super::incarnation::{Incarnation, Recipe};
use super::limits::Why;
use super::{Core, Life, Link};
use crate::channel::state::Phase;
use crate::error::failure::{Failure, LastWord};
use crate::error::{CallId, Cause, Death, Exit, StartError};
use crate::process::reap::Reaped;
use crate::process::watch::TOLD_TO_DIE;
use crate::wire;

impl Link {
    /// Why it ended, and the report if it died.
    pub(super) fn find_end(&self, core: &Core, body: &Incarnation, reaped: Reaped) -> (End, Option<Arc<Death>>) {
        let exit = reaped.exit;
        let mut death = self.death(core, body, reaped);
        let last_word = self.channel.last_words().read().and_then(|bytes| wire::from_bytes(&bytes).ok());
        let starting = matches!(core.life, Life::Starting);
        // One that ended of itself just before the kill says why as any other does.
        let is_too_slow = core.ending.is_too_slow && starting && may_be_killed(exit);
        if let (true, Some(limit)) = (is_too_slow, self.identity.limits.ready_timeout) {
            let reason = Arc::new(StartError::ConstructorTimedOut { limit });
            return (End::NotConstructed(reason), Some(Arc::new(death)));
        }
        let failure = match last_word {
            Some(LastWord::Panic(panic, backtrace)) => {
                (death.last_panic, death.backtrace) = (Some(panic), backtrace);
                None
            }
            Some(LastWord::NotConstructed(failure)) => Some(failure).filter(|_| starting),
            None if starting && exit == Exit::Code(BOOTSTRAP_EXIT_CODE) => {
                self.files.take_reason().map(|reason| Failure::Malformed { reason })
            }
            None => None,
        };
        if let Some(reason) = core.ending.broken {
            return (End::Broken(reason.into()), Some(Arc::new(death)));
        }
        if let Some(failure) = failure {
            return not_constructed(failure, death);
        }
        // If somebody else took the status, a child that was asked to end and left no last words did as it was asked.
        let ended_as_asked = exit == Exit::Code(0) || (exit == Exit::Unknown && death.last_panic.is_none());
        let ends_of_itself = core.ending.last_call.is_some() && core.outcomes.unsettled() == 0;
        if core.ending.killed || ((core.ending.asked || ends_of_itself) && ended_as_asked) {
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

    fn death(&self, core: &Core, body: &Incarnation, reaped: Reaped) -> Death {
        let Reaped { exit, peak_memory, .. } = reaped;
        let running = core.slots.occupied().find_map(|(slot, index)| {
            let call = core.outcomes.call_of(index);
            let runs = self.channel.state(slot).phase_of(call) == Some(Phase::Running);
            runs.then(|| (self.method_name(core.outcomes.method_of(index)), CallId::new(call)))
        });
        let running = core.ending.given_up.map(|(method, call, _)| (method, call)).or(running);
        let stderr_tail = body.streams.end();
        let cause = cause_of(core, body, exit, &stderr_tail);
        let (name, incarnation) = (self.identity.name.clone(), self.incarnation());
        let unsaved = self.recipe.as_ref().and_then(Recipe::unsaved);
        Death {
            name,
            pid: self.pid(),
            incarnation,
            exit,
            cause,
            peak_memory,
            running,
            last_panic: None,
            backtrace: None,
            stderr_tail,
            unsaved,
        }
    }
}

/// Whether the process may have ended of a SIGKILL of ours, or as it was told to instead.
fn may_be_killed(exit: Exit) -> bool {
    exit.signal_name() == Some("SIGKILL") || [Exit::Unknown, Exit::Code(TOLD_TO_DIE)].contains(&exit)
}

fn cause_of(core: &Core, body: &Incarnation, exit: Exit, stderr_tail: &str) -> Cause {
    let ending = &core.ending;
    match exit {
        _ if !may_be_killed(exit) && stderr_tail.contains(OVERFLOWED) => Cause::StackOverflow,
        _ if !may_be_killed(exit) => Cause::Itself,
        _ if ending.broken.is_some() => Cause::Protocol,
        _ if ending.is_too_slow => Cause::NotReady,
        _ if matches!(ending.given_up, Some((_, _, Why::TimedOut))) => Cause::TimedOut,
        _ if ending.given_up.is_some() => Cause::Cancelled,
        Exit::Unknown => Cause::Unknown,
        Exit::Code(_) => Cause::Itself,
        _ if body.oom_kills.has_grown() => Cause::OutOfMemory,
        Exit::Signal { .. } => Cause::Killed,
    }
}

/// What the Rust runtime prints of a thread whose stack is full, before it aborts.
const OVERFLOWED: &str = "has overflowed its stack";

/// A constructor that panicked is a death too, as it is where panics abort; one that gave an error is not.
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
        Failure::TooLarge { needed, limit } => {
            StartError::Bootstrap { reason: format!("{needed} bytes are more than {limit}") }
        }
    }
}

/// Under `panic = "abort"` nothing is caught, and the panic is all that is left.
fn died_in_construction(death: &Arc<Death>) -> StartError {
    let panicked = death.exit == Exit::Code(PANIC_EXIT_CODE) || death.exit.signal_name() == Some("SIGABRT");
    match &death.last_panic {
        Some(panic) if panicked => StartError::ConstructorPanicked { panic: panic.clone() },
        _ => StartError::Died { death: death.clone() },
    }
}
