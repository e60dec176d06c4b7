//! A parker without a kernel's futex: a condition variable, and an event.
//!
//! Knows one truth value. Invariant: a wake-up before the sleep is not lost; it ends the next
//! sleep.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Wake;

use crate::clock::Moment;
use crate::descriptor::{AsFd, BorrowedFd, OwnedFd, clear_event, new_event, set_event};

/// The place where one thread sleeps.
#[derive(Debug, Default)]
pub(crate) struct Parker {
    is_notified: Mutex<bool>,
    changed: Condvar,
    /// Set by each wake-up.
    bell: OnceLock<OwnedFd>,
}

impl Parker {
    /// Blocks until woken or until the deadline.
    pub(crate) fn park(&self, deadline: Option<Moment>) {
        let mut is_notified = self.lock();
        while !*is_notified && !deadline.is_some_and(Moment::has_come) {
            is_notified = match deadline {
                None => self.changed.wait(is_notified).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let waited = self.changed.wait_timeout(is_notified, deadline.left());
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        *is_notified = false;
    }

    /// Returns the event through which the thread is woken while it polls. Creates it first.
    pub(crate) fn bell(&self) -> io::Result<BorrowedFd<'_>> {
        if let Some(bell) = self.bell.get() {
            return Ok(bell.as_fd());
        }
        let bell = new_event()?;
        Ok(self.bell.get_or_init(|| bell).as_fd())
    }

    /// Forgets an earlier wake-up.
    pub(crate) fn reset(&self) {
        let mut is_notified = self.lock();
        *is_notified = false;
        self.bell.get().map(clear_event);
    }

    /// Whether the thread was woken since `reset`.
    pub(crate) fn is_notified(&self) -> bool {
        *self.lock()
    }

    /// Calls `poll`, which sleeps on the event and more, unless the thread was woken before.
    pub(crate) fn park_polling<T>(&self, poll: impl FnOnce() -> T) -> Option<T> {
        if self.is_notified() {
            self.reset();
            return None;
        }
        let polled = poll();
        self.reset();
        Some(polled)
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.is_notified.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        let mut is_notified = self.lock();
        *is_notified = true;
        let _set = self.bell.get().map(set_event);
        self.changed.notify_one();
    }
}
