//! The phase of an object: whether it has a process, and what the process is doing.
//!
//! Problem: "is ready", "has a process", "is being restarted", "has ended" as separate flags allow
//! contradictions, such as an ended object with a process. Way here: a *state machine* in one enum.
//! Each phase carries just the data that it needs, and only the methods below change it.
//!
//! Knows no process. `P` stands for it, so the transitions are tested without one. Invariants:
//! `Ended` is final; an object has at most one process; only an object that was ready once is
//! restarted.
//!
//! ```text
//! Starting ──ready──> Ready ──death──> Restarting ──spawned──> Starting (again)
//!     └──────────────── death, end ──────┴──────────────────────> Ended
//! ```

use std::sync::Arc;

use super::end::End;
use crate::error::{CallId, Death};
use crate::parent::calls::references::References;
use crate::parent::calls::timing::CancelReason;

/// The phase of an object.
#[derive(Debug)]
pub(crate) enum Phase<P> {
    /// Its process constructs the object.
    Starting(Running<P>, Attempt),
    /// Its process serves calls.
    Ready(Running<P>),
    /// The object has no process, and waits for the next one. `refuses`: the death that new calls
    /// are refused with, if the policy is to fail fast.
    Restarting { next: Next, refuses: Option<Arc<Death>> },
    /// The object has no process, and will have none. `is_spawning`: the spawner thread has yet to
    /// discard a process.
    Ended { end: End, is_spawning: bool },
}

/// Whether the object is constructed for the first time.
#[derive(Clone, Debug)]
pub(crate) enum Attempt {
    /// The first construction. If its process dies, the object is not restarted.
    First,
    /// A construction after a death. `refuses` as in `Phase::Restarting`.
    Restart { refuses: Option<Arc<Death>> },
}

/// When the next process comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The process is spawned at this time, in nanoseconds of the monotonic clock.
    At(u64),
    /// The spawner thread spawns it now.
    Spawning,
}

/// A process, and what the parent knows of its end before it is reaped.
#[derive(Debug)]
pub(crate) struct Running<P> {
    pub(crate) process: P,
    /// When it was spawned, in nanoseconds of the monotonic clock.
    pub(crate) spawned_at: u64,
    /// The supervisor thread has noticed its end, and left the rest to the driver.
    pub(crate) end_is_known: bool,
    /// Why the parent killed it; `None` also if the user asked for that.
    pub(crate) killed_for: Option<KillReason>,
    /// What abandoned calls refer to. The process may read it until it is dead.
    pub(crate) retained: References,
}

/// Why the parent kills a process without the user's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KillReason {
    /// It broke the protocol. Nothing that it wrote is used any more.
    Broken(&'static str),
    /// Its constructor took longer than `ready_timeout`.
    TooSlow,
    /// This call of this method did not end after its cancellation was requested.
    Abandoned { method: &'static str, call: CallId, reason: CancelReason },
}

/// The phase as the user sees it: a restart counts as a start.
#[derive(Clone, Debug)]
pub(crate) enum Summary {
    Starting,
    Ready,
    Ended(End),
}

impl<P> Running<P> {
    pub(crate) fn new(process: P, now: u64) -> Self {
        Self { process, spawned_at: now, end_is_known: false, killed_for: None, retained: References::default() }
    }

    /// Notes why the process is killed. The first reason stays, unless the process has broken the
    /// protocol since.
    pub(crate) fn note_kill(&mut self, reason: KillReason) {
        if self.killed_for.is_none() || matches!(reason, KillReason::Broken(_)) {
            self.killed_for = Some(reason);
        }
    }

    /// Returns how the process broke the protocol, if it did.
    pub(crate) fn broken(&self) -> Option<&'static str> {
        match self.killed_for {
            Some(KillReason::Broken(reason)) => Some(reason),
            _ => None,
        }
    }
}

impl<P> Phase<P> {
    pub(crate) fn start(process: P, now: u64) -> Self {
        Self::Starting(Running::new(process, now), Attempt::First)
    }

    pub(crate) fn running(&self) -> Option<&Running<P>> {
        match self {
            Self::Starting(running, _) | Self::Ready(running) => Some(running),
            Self::Restarting { .. } | Self::Ended { .. } => None,
        }
    }

    pub(crate) fn running_mut(&mut self) -> Option<&mut Running<P>> {
        match self {
            Self::Starting(running, _) | Self::Ready(running) => Some(running),
            Self::Restarting { .. } | Self::Ended { .. } => None,
        }
    }

    /// Whether a process serves calls, and the parent has no reason to kill it.
    #[inline]
    pub(crate) fn serves(&self) -> bool {
        matches!(self, Self::Ready(running) if running.killed_for.is_none())
    }

    pub(crate) fn process(&self) -> Option<&P> {
        self.running().map(|running| &running.process)
    }

    pub(crate) fn killed_for(&self) -> Option<KillReason> {
        self.running()?.killed_for
    }

    /// Returns how the present process broke the protocol, if it did.
    pub(crate) fn broken(&self) -> Option<&'static str> {
        self.running()?.broken()
    }

    pub(crate) fn summary(&self) -> Summary {
        match self {
            Self::Starting(..) | Self::Restarting { .. } => Summary::Starting,
            Self::Ready(_) => Summary::Ready,
            Self::Ended { end, .. } => Summary::Ended(end.clone()),
        }
    }

    pub(crate) fn end(&self) -> Option<&End> {
        if let Self::Ended { end, .. } = self { Some(end) } else { None }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.end().is_some()
    }

    /// Whether the object has ended, and no process of it is left.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self, Self::Ended { is_spawning: false, .. })
    }

    pub(crate) fn is_constructing(&self) -> bool {
        matches!(self, Self::Starting(..))
    }

    pub(crate) fn is_ready(&self) -> bool {
        matches!(self, Self::Ready(_))
    }

    pub(crate) fn is_restarting(&self) -> bool {
        matches!(self, Self::Restarting { .. })
    }

    /// Whether the object was ready at some time.
    pub(crate) fn was_ready(&self) -> bool {
        !matches!(self, Self::Starting(_, Attempt::First))
    }

    /// Returns the death that new calls are refused with, until the object is ready again.
    pub(crate) fn refuses(&self) -> Option<&Arc<Death>> {
        match self {
            Self::Starting(_, Attempt::Restart { refuses }) | Self::Restarting { refuses, .. } => refuses.as_ref(),
            Self::Starting(_, Attempt::First) | Self::Ready(_) | Self::Ended { .. } => None,
        }
    }

    /// Returns when the next process is spawned, if that time is set.
    pub(crate) fn restart_at(&self) -> Option<u64> {
        match self {
            Self::Restarting { next: Next::At(at), .. } => Some(*at),
            _ => None,
        }
    }

    /// The child has reported that the object is constructed. Returns false if it is not
    /// constructing one: then the report breaks the protocol.
    pub(crate) fn become_ready(&mut self) -> bool {
        let is_constructing = self.is_constructing();
        if is_constructing {
            *self = match std::mem::replace(self, Self::placeholder()) {
                Self::Starting(running, _) => Self::Ready(running),
                other => other,
            };
        }
        is_constructing
    }

    /// The process is dead, and the next one is spawned at this time.
    pub(crate) fn restart(&mut self, at: u64, refuses: Option<Arc<Death>>) {
        debug_assert!(self.running().is_some() && self.was_ready(), "only a dead process is followed by another one");
        *self = Self::Restarting { next: Next::At(at), refuses };
    }

    /// Begins to spawn, if the time has come. Returns whether it has; then the spawner thread does
    /// the work.
    pub(crate) fn begin_spawning(&mut self, now: u64) -> bool {
        match self {
            Self::Restarting { next, .. } if matches!(*next, Next::At(at) if at <= now) => {
                *next = Next::Spawning;
                true
            }
            _ => false,
        }
    }

    /// The spawner thread has failed to spawn a process. It tries again at this time.
    pub(crate) fn spawn_again(&mut self, at: u64) {
        if let Self::Restarting { next, .. } = self {
            *next = Next::At(at);
        }
    }

    /// The next process replaces the dead one. Returns false and drops the process if the object
    /// has ended.
    pub(crate) fn take_place(&mut self, process: P, now: u64) -> bool {
        let Self::Restarting { next: Next::Spawning, refuses } = self else { return false };
        let attempt = Attempt::Restart { refuses: refuses.take() };
        *self = Self::Starting(Running::new(process, now), attempt);
        true
    }

    /// The object ends, and drops its process. Does nothing if the object has ended before.
    pub(crate) fn finish(&mut self, end: End) {
        if !self.has_ended() {
            let is_spawning = matches!(self, Self::Restarting { next: Next::Spawning, .. });
            *self = Self::Ended { end, is_spawning };
        }
    }

    /// The spawner thread has finished its work for an object that has ended.
    pub(crate) fn end_spawning(&mut self) {
        if let Self::Ended { is_spawning, .. } = self {
            *is_spawning = false;
        }
    }

    fn placeholder() -> Self {
        Self::Ended { end: End::Requested, is_spawning: false }
    }
}

#[cfg(test)]
mod tests;
