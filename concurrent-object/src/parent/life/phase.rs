//! How far an object has come: the one place that says whether it has a process, and what for.
//!
//! Knows no process: `P` stands for it, so the transitions are tested without one. Invariants: `Ended` is final; an object
//! has at most one process; only an object that was ready once is restarted.
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

/// How far the object has come.
#[derive(Debug)]
pub(crate) enum Phase<P> {
    /// Its process constructs the object.
    Starting(Running<P>, Attempt),
    /// Its process serves calls.
    Ready(Running<P>),
    /// It has no process, and waits for the next one.
    Restarting { next: Next, refuses: Option<Arc<Death>> },
    /// It has no process, and will have none. `is_spawning`: the spawner thread has yet to discard one.
    Ended { end: End, is_spawning: bool },
}

/// Which construction this is.
#[derive(Clone, Debug)]
pub(crate) enum Attempt {
    /// The first one: a process that dies in it is not restarted.
    First,
    /// One after a death, which new calls are refused with if the policy is to fail fast.
    Restart { refuses: Option<Arc<Death>> },
}

/// When the next process comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It is spawned at this time, in nanoseconds of the monotonic clock.
    At(u64),
    /// The spawner thread spawns it now.
    Spawning,
}

/// A process, and what the parent knows of its end before it has come.
#[derive(Debug)]
pub(crate) struct Running<P> {
    pub(crate) process: P,
    /// When it was spawned, in nanoseconds of the monotonic clock.
    pub(crate) spawned_at: u64,
    /// The supervisor thread has seen its end, and left it to the driver.
    pub(crate) end_is_known: bool,
    /// Why the parent killed it, unless the user asked for that.
    pub(crate) killed_for: Option<KillReason>,
    /// What an abandoned call refers to: the process may read it until it is dead.
    pub(crate) retained: References,
}

/// Why the parent kills a process of its own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KillReason {
    /// It broke the protocol: nothing that it wrote is believed any more.
    Broken(&'static str),
    /// Its constructor took longer than `ready_timeout`.
    TooSlow,
    /// This call of this method did not end when its cancellation was requested.
    Abandoned { method: &'static str, call: CallId, reason: CancelReason },
}

/// What a user sees of the phase: a restart is a start.
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

    /// Notes why it is killed. The first reason stays, unless the process has broken the protocol since.
    pub(crate) fn note_kill(&mut self, reason: KillReason) {
        if self.killed_for.is_none() || matches!(reason, KillReason::Broken(_)) {
            self.killed_for = Some(reason);
        }
    }

    /// What it broke the protocol with.
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

    pub(crate) fn process(&self) -> Option<&P> {
        self.running().map(|running| &running.process)
    }

    pub(crate) fn killed_for(&self) -> Option<KillReason> {
        self.running()?.killed_for
    }

    /// What the running process broke the protocol with.
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

    /// Whether the object was ready at any time before.
    pub(crate) fn was_ready(&self) -> bool {
        !matches!(self, Self::Starting(_, Attempt::First))
    }

    /// The death that new calls are refused with, until the object is ready again.
    pub(crate) fn refuses(&self) -> Option<&Arc<Death>> {
        match self {
            Self::Starting(_, Attempt::Restart { refuses }) | Self::Restarting { refuses, .. } => refuses.as_ref(),
            Self::Starting(_, Attempt::First) | Self::Ready(_) | Self::Ended { .. } => None,
        }
    }

    /// When the next process is to be spawned, if that is known.
    pub(crate) fn restart_at(&self) -> Option<u64> {
        match self {
            Self::Restarting { next: Next::At(at), .. } => Some(*at),
            _ => None,
        }
    }

    /// The child says that the object is constructed. False if it has no business to say so.
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

    /// The process is dead, and there will be another one.
    pub(crate) fn restart(&mut self, at: u64, refuses: Option<Arc<Death>>) {
        debug_assert!(self.running().is_some() && self.was_ready(), "only a dead process is followed by another one");
        *self = Self::Restarting { next: Next::At(at), refuses };
    }

    /// The spawner thread takes over, if the time has come. Whether it does.
    pub(crate) fn begin_spawning(&mut self, now: u64) -> bool {
        match self {
            Self::Restarting { next, .. } if matches!(*next, Next::At(at) if at <= now) => {
                *next = Next::Spawning;
                true
            }
            _ => false,
        }
    }

    /// The spawner thread has failed, and tries again at this time.
    pub(crate) fn spawn_again(&mut self, at: u64) {
        if let Self::Restarting { next, .. } = self {
            *next = Next::At(at);
        }
    }

    /// The next process takes the place of the dead one. False, and the process is dropped, if the object has ended.
    pub(crate) fn take_place(&mut self, process: P, now: u64) -> bool {
        let Self::Restarting { next: Next::Spawning, refuses } = self else { return false };
        let attempt = Attempt::Restart { refuses: refuses.take() };
        *self = Self::Starting(Running::new(process, now), attempt);
        true
    }

    /// The object ends. What its process has left is dropped. Does nothing if it has ended before.
    pub(crate) fn finish(&mut self, end: End) {
        if !self.has_ended() {
            let is_spawning = matches!(self, Self::Restarting { next: Next::Spawning, .. });
            *self = Self::Ended { end, is_spawning };
        }
    }

    /// The spawner thread has nothing more to do for an object that has ended.
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
