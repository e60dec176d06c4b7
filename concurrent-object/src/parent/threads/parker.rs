//! A place where one thread sleeps until another thread wakes it: for threads that wait and do not
//! drive.
//!
//! Problem: `std::thread::park` has one token for each thread, and the user's code uses it too. So
//! one could consume the other's wake-up. The timeout of a standard condition variable follows
//! another clock than the deadline if libc's clock is replaced (see `clock`). Way here: a *binary
//! semaphore* of the library's own for each thread. It is one word and the kernel's futex.
//!
//! A thread that waits for several objects sleeps in `poll` instead, and cannot sleep on a futex at
//! the same time. While it does, its parker is woken through an eventfd.
//!
//! Knows that word, the futex and the eventfd. Invariant: a wake-up before the sleep is not lost;
//! it ends the next sleep.

use std::cell::OnceCell;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Wake;

use rustix::event::{EventfdFlags, eventfd};
use rustix::thread::futex;

use crate::clock::{Moment, timespec};
use crate::error::refused::Naming;

const EMPTY: u32 = 0;
const NOTIFIED: u32 = 1;
/// The thread sleeps in `poll`, and is woken through the eventfd.
const POLLS: u32 = 2;

/// The word that one thread sleeps on.
#[derive(Debug, Default)]
pub(crate) struct Parker {
    word: AtomicU32,
    bell: OnceLock<OwnedFd>,
}

impl Parker {
    /// Returns the calling thread's parker. A wake-up left over from an earlier wait ends the next
    /// sleep early. That is harmless, because waits are loops.
    pub(crate) fn current() -> Arc<Self> {
        thread_local!(static PARKER: OnceCell<Arc<Parker>> = const { OnceCell::new() });
        let shared = PARKER.try_with(|parker| parker.get_or_init(Arc::default).clone());
        // `try_with` fails while the thread's TLS is being destroyed. Then a new parker serves this
        // one sleep.
        shared.unwrap_or_default()
    }

    /// Blocks until woken or until the deadline.
    pub(crate) fn park(&self, deadline: Option<Moment>) {
        // Acquire pairs with the Release in `wake`. The woken thread sees what the waking thread
        // wrote before.
        while self.word.swap(EMPTY, Ordering::Acquire) == EMPTY && !deadline.is_some_and(Moment::has_come) {
            let left = deadline.map(|deadline| timespec(deadline.left()));
            // The result does not matter. The loop's conditions distinguish a wake-up (EAGAIN), a
            // signal (EINTR) and the deadline.
            let _woken = futex::wait(&self.word, futex::Flags::PRIVATE, EMPTY, left.as_ref());
        }
    }

    /// Returns the eventfd through which the thread is woken while it polls. Creates it first.
    pub(crate) fn bell(&self) -> io::Result<BorrowedFd<'_>> {
        if let Some(bell) = self.bell.get() {
            return Ok(bell.as_fd());
        }
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).naming("eventfd2")?;
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
        let _silenced = self.bell.get().map(|bell| rustix::io::read(bell, &mut [0_u8; 8]));
        Some(polled)
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        // Release pairs with the Acquire in `park`.
        if self.word.swap(NOTIFIED, Ordering::Release) == POLLS {
            // EAGAIN: the counter is full, so it is readable.
            let _rung = self.bell.get().map(|bell| rustix::io::write(bell, &1_u64.to_ne_bytes()));
            return;
        }
        // This cannot fail: the word is mapped and aligned.
        let _woken = futex::wake(&self.word, futex::Flags::PRIVATE, 1);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn wake_up_ends_the_present_or_the_next_sleep_and_so_does_a_deadline() {
        let parker = Arc::new(Parker::default());
        parker.clone().wake();
        parker.park(None);
        parker.park(Some(Moment::after(Duration::from_millis(1))));
        let waker = parker.clone();
        let waking = thread::spawn(move || waker.wake());
        parker.park(None);
        waking.join().expect("no panic");
    }
}
