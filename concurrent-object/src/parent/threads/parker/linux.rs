//! A parker on Linux: one word, the kernel's futex, and an eventfd.
//!
//! The timeout of a standard condition variable follows another clock than the deadline if libc's
//! clock is replaced (see `clock`). So this is not one.
//!
//! Knows that word, the futex and the eventfd. Invariant: a wake-up before the sleep is not lost;
//! it ends the next sleep.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Wake;

use rustix::thread::futex;

use crate::clock::{Moment, timespec};
use crate::descriptor::{AsFd, BorrowedFd, OwnedFd, clear_event, new_event, set_event};
use crate::transport::yields::YIELDS;

const EMPTY: u32 = 0;
const NOTIFIED: u32 = 1;
/// The thread sleeps in `poll`, and is woken through the eventfd.
const POLLS: u32 = 2;
/// The thread sleeps on the word.
const SLEEPS: u32 = 3;

/// Yields before the sleep. Where several threads call one object, a thread that yields lets
/// another one send its call, and often finds its own outcome when it runs again. A sleep and a
/// wake-up cost more than all of these yields.
const YIELDS_BEFORE_SLEEP: u32 = 8;

/// The word that one thread sleeps on.
#[derive(Debug, Default)]
pub(crate) struct Parker {
    word: AtomicU32,
    bell: OnceLock<OwnedFd>,
}

impl Parker {
    /// Blocks until woken or until the deadline. First yields a few times.
    pub(crate) fn park(&self, deadline: Option<Moment>) {
        let _soon = self.is_notified() || YIELDS.yield_until(YIELDS_BEFORE_SLEEP, || self.is_notified()).0;
        // Acquire pairs with the Release in `wake`. The woken thread sees what the waking thread
        // wrote before.
        if self.word.compare_exchange(EMPTY, SLEEPS, Ordering::Acquire, Ordering::Acquire).is_ok() {
            while !self.is_notified() && !deadline.is_some_and(Moment::has_come) {
                let left = deadline.map(|deadline| timespec(deadline.left()));
                // The result does not matter. The loop's conditions distinguish a wake-up (EAGAIN),
                // a signal (EINTR) and the deadline.
                let _woken = futex::wait(&self.word, futex::Flags::PRIVATE, SLEEPS, left.as_ref());
            }
        }
        self.word.swap(EMPTY, Ordering::Acquire);
    }

    /// Returns the eventfd through which the thread is woken while it polls. Creates it first.
    pub(crate) fn bell(&self) -> io::Result<BorrowedFd<'_>> {
        if let Some(bell) = self.bell.get() {
            return Ok(bell.as_fd());
        }
        let bell = new_event()?;
        Ok(self.bell.get_or_init(|| bell).as_fd())
    }

    /// Forgets an earlier wake-up.
    pub(crate) fn reset(&self) {
        self.word.store(EMPTY, Ordering::Relaxed);
    }

    /// Whether the thread was woken since `reset`.
    #[inline]
    pub(crate) fn is_notified(&self) -> bool {
        self.word.load(Ordering::Acquire) == NOTIFIED
    }

    /// Calls `poll`, which sleeps on the eventfd and more, unless the thread was woken before.
    pub(crate) fn park_polling<T>(&self, poll: impl FnOnce() -> T) -> Option<T> {
        if self.word.compare_exchange(EMPTY, POLLS, Ordering::Acquire, Ordering::Acquire).is_err() {
            return None;
        }
        let polled = poll();
        self.word.store(EMPTY, Ordering::Relaxed);
        // EAGAIN: it did not ring. If a thread that wakes this one is yet to write, the next sleep
        // ends early.
        self.bell.get().map(clear_event);
        Some(polled)
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        // Release pairs with the Acquire in `park`.
        match self.word.swap(NOTIFIED, Ordering::Release) {
            POLLS => {
                // EAGAIN: the counter is full, so it is readable.
                let _rung = self.bell.get().map(set_event);
            }
            SLEEPS => {
                // This cannot fail: the word is mapped and aligned.
                let _woken = futex::wake(&self.word, futex::Flags::PRIVATE, 1);
            }
            _ => {}
        }
    }
}
