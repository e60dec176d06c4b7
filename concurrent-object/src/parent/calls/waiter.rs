//! What waits for an object: a thread of the program, or a task of an executor.
//!
//! Problem: a `Waker` wakes both, but they need different care. A parked thread is woken by one
//! system call, on any thread. The waker of a task is code of the user: it may block or panic, and
//! dropping it may drop the whole task. Way here: an enum, so that the code that wakes knows which
//! it has.
//!
//! Knows both kinds. Invariant: a task's waker is neither called, cloned nor dropped under the
//! object's lock.

use std::sync::Arc;
use std::task::Waker;

use crate::parent::threads::parker::Parker;

/// A thread or a task that waits, and that is woken once.
#[derive(Clone, Debug)]
pub(crate) enum Waiter {
    /// A parked thread of the program.
    Thread(Arc<Parker>),
    /// A task that polls a future.
    Task(Waker),
    /// The waker of a task that waits no more. It is only dropped.
    Discarded(Waker),
}

impl Waiter {
    #[inline]
    pub(crate) fn is_task(&self) -> bool {
        matches!(self, Self::Task(_))
    }

    /// Returns what must be dropped without the lock, for a waiter that is no longer registered.
    pub(crate) fn discard(self) -> Option<Self> {
        match self {
            Self::Thread(_) => None,
            Self::Task(waker) | Self::Discarded(waker) => Some(Self::Discarded(waker)),
        }
    }

    /// Whether this is the waker of the same task.
    pub(crate) fn will_wake(&self, waker: &Waker) -> bool {
        matches!(self, Self::Task(own) if own.will_wake(waker))
    }
}

impl From<Waker> for Waiter {
    fn from(waker: Waker) -> Self {
        Self::Task(waker)
    }
}
