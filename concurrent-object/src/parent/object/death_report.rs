//! Writes events to `tracing`, and calls the builder's hook for deaths.
//!
//! Knows the texts and fields of events. When and where an event is reported is in `events`; how a
//! death is diagnosed is in `exit_diagnosis`. Invariant: a death is reported once, without the
//! object's lock, after the output of the child.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Object;
use crate::error::printable::{one_line, printable_lines};
use crate::error::{Death, Panic};
use crate::parent::life::end::End;
use crate::parent::life::events::{EventKind, LifeEvent};
use crate::parent::life::report::{DeathHook, Ended};

impl Object {
    /// Calls the subscriber, and the hook if the event is a death.
    pub(crate) fn report(&self, event: &LifeEvent) {
        let (name, LifeEvent { pid, incarnation, kind }) = (&*self.identity.name, event);
        match kind {
            EventKind::Ready => {
                tracing::debug!(target: "concurrent_object::life", name, pid, incarnation, "object is ready");
            }
            EventKind::EndRequested => {
                tracing::debug!(target: "concurrent_object::life", name, pid, incarnation, "asked to end");
            }
            EventKind::CancellationRequested(method, call) => {
                tracing::debug!(target: "concurrent_object::calls", name, pid, incarnation, method, call, "cancellation of a call requested");
            }
            EventKind::Broken(reason) => {
                tracing::error!(target: "concurrent_object::life", name, pid, incarnation, reason, "protocol broken");
            }
            EventKind::HeldByTracer(tracer) => {
                let what = "the object's process is dead, and stays a zombie until the process that traces it detaches";
                tracing::warn!(target: "concurrent_object::life", name, pid, incarnation, tracer, "{what}");
            }
            EventKind::WillRestart => {
                tracing::warn!(target: "concurrent_object::life", name, pid, incarnation, "object will be restarted");
            }
            EventKind::NotSpawned(error) => {
                let what = "the object's next process could not be spawned";
                tracing::error!(target: "concurrent_object::life", name, pid, incarnation, "{what}: {error}");
            }
            EventKind::Restarted => {
                tracing::info!(target: "concurrent_object::life", name, pid, incarnation, "object restarted");
            }
            EventKind::NotSaved(reason) => {
                let reason = one_line(reason);
                let what = "the object's state is not saved; a death would undo what it has done since";
                tracing::warn!(target: "concurrent_object::life", name, pid, incarnation, reason, "{what}");
            }
            EventKind::Ended(ended) => self.report_end(event, ended),
        }
    }

    fn report_end(&self, event: &LifeEvent, ended: &Ended) {
        ended.backend.report_output();
        self.trace_end(event, ended);
        if let (Some(hook), Some(death)) = (&self.identity.report.on_death, &ended.death) {
            self.call(hook, death);
        }
    }

    fn trace_end(&self, event: &LifeEvent, Ended { end, death, .. }: &Ended) {
        let (name, &LifeEvent { pid, incarnation, .. }) = (&*self.identity.name, event);
        let what = match end {
            End::Requested => {
                return tracing::debug!(target: "concurrent_object::life", name, pid, incarnation, "object ended");
            }
            End::Died(death) => format!("object died: {death}"),
            End::NotConstructed(reason) => reason.to_string(),
            End::Broken(reason) => format!("killed: {reason}"),
            End::Exhausted { count, last } => format!("object died after {count} restarts: {last}"),
        };
        let Some(death) = death else {
            return tracing::error!(target: "concurrent_object::life", name, pid, incarnation, "{what}");
        };
        let running = death.running.map(|(method, call)| (method, call.get()));
        let panic = death.last_panic.as_ref().map(tracing::field::display);
        tracing::error!(
            target: "concurrent_object::life",
            name,
            pid,
            method = running.map(|(method, _)| method),
            call = running.map(|(_, call)| call),
            incarnation,
            exit = %death.exit,
            cause = %death.cause,
            violation = death.violation().map(tracing::field::display),
            peak_memory = death.peak_memory,
            panic,
            backtrace = death.backtrace.as_deref().map(printable_lines).as_deref(),
            unsaved = death.unsaved.as_deref().map(one_line),
            stderr_tail = Some(printable_lines(&death.stderr_tail)).filter(|tail| !tail.is_empty()).as_deref(),
            "{what}"
        );
    }

    /// Calls the hook and catches its panic. The hook is code of the user, and its panic must not
    /// end the thread that noticed the death.
    fn call(&self, hook: &DeathHook, death: &Death) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| (hook.0)(death))) {
            let (name, pid, panic) = (&*self.identity.name, death.pid, Panic::text_of(&*payload));
            // The payload may panic when it is dropped.
            std::mem::forget(payload);
            tracing::error!(target: "concurrent_object::life", name, pid, panic, "the hook for deaths panicked");
        }
    }
}
