//! What is told of an object's death: to whoever traces, and to the hook of its builder.
//!
//! Knows the report and to whom it goes; how it is found out is in `end`. Invariant: both are told without the object's lock, once
//! for each death that nobody asked for, after what the child has printed.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::Link;
use super::end::End;
use super::incarnation::Incarnation;
use crate::error::{Death, Panic};

/// How an object's life is reported.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) on_death: Option<DeathHook>,
}

/// What the builder says is to be done about a death.
#[derive(Clone)]
pub(crate) struct DeathHook(Arc<dyn Fn(&Death) + Send + Sync>);

/// An object has ended; the death, unless it was asked for, or the constructor has said in good order why there is no object.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) end: End,
    pub(super) body: Arc<Incarnation>,
    pub(super) death: Option<Arc<Death>>,
}

impl DeathHook {
    pub(crate) fn new(hook: impl Fn(&Death) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hook))
    }
}

impl Link {
    pub(super) fn tell_ended(&self, ended: &Ended) {
        ended.body.streams.tell_rest();
        self.trace_end(ended);
        if let (Some(hook), Some(death)) = (&self.identity.report.on_death, &ended.death) {
            self.call(hook, death);
        }
    }

    fn trace_end(&self, Ended { end, death, body }: &Ended) {
        let (name, pid) = (&*self.identity.name, body.child.pid());
        let what = match end {
            End::Requested => return tracing::debug!(target: "concurrent_object", name, pid, "object ended"),
            End::Died(death) => format!("object died: {death}"),
            End::NotConstructed(reason) => reason.to_string(),
            End::Broken(reason) => format!("killed: {reason}"),
            End::Exhausted { count, last } => format!("object died after {count} restarts: {last}"),
        };
        let Some(death) = death else {
            return tracing::error!(target: "concurrent_object", name, pid, "{what}");
        };
        let running = death.running.map(|(method, call)| (method, call.get()));
        let panic = death.last_panic.as_ref().map(tracing::field::display);
        tracing::error!(
            target: "concurrent_object",
            name,
            pid,
            method = running.map(|(method, _)| method),
            call = running.map(|(_, call)| call),
            incarnation = death.incarnation,
            exit = %death.exit,
            panic,
            backtrace = death.backtrace.as_deref(),
            unsaved = death.unsaved.as_deref(),
            stderr_tail = Some(&*death.stderr_tail).filter(|tail| !tail.is_empty()),
            "{what}"
        );
    }

    /// The hook is code of the user, and its panic is not to end whoever has noticed the death.
    fn call(&self, hook: &DeathHook, death: &Death) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| (hook.0)(death))) {
            let (name, pid, panic) = (&*self.identity.name, self.pid(), Panic::text_of(&*payload));
            // It may panic when it is dropped.
            std::mem::forget(payload);
            tracing::error!(target: "concurrent_object", name, pid, panic, "the hook for deaths panicked");
        }
    }
}

impl fmt::Debug for DeathHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeathHook")
    }
}
