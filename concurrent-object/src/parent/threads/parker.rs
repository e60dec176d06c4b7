//! A place where one thread sleeps until another thread wakes it: for threads that wait and do not
//! drive.
//!
//! Problem: `std::thread::park` has one token for each thread, and the user's code uses it too. So
//! one could consume the other's wake-up. The timeout of a standard condition variable follows
//! another clock than the deadline if libc's clock is replaced (see `clock`). Way here: a *binary
//! semaphore* of the library's own for each thread. It is one word and the kernel's futex.
//!
//! Knows that word and the futex. Invariant: a wake-up before the sleep is not lost; it ends the
//! next sleep.

use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Wake;

use rustix::thread::futex;

use crate::clock::{Moment, timespec};

const EMPTY: u32 = 0;
const NOTIFIED: u32 = 1;

/// The word that one thread sleeps on.
#[derive(Debug, Default)]
pub(crate) struct Parker(AtomicU32);

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
        while self.0.swap(EMPTY, Ordering::Acquire) == EMPTY && !deadline.is_some_and(Moment::has_come) {
            let left = deadline.map(|deadline| timespec(deadline.left()));
            // The result does not matter. The loop's conditions distinguish a wake-up (EAGAIN), a
            // signal (EINTR) and the deadline.
            let _woken = futex::wait(&self.0, futex::Flags::PRIVATE, EMPTY, left.as_ref());
        }
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        // Release pairs with the Acquire in `park`.
        self.0.store(NOTIFIED, Ordering::Release);
        // This cannot fail: the word is mapped and aligned.
        let _woken = futex::wake(&self.0, futex::Flags::PRIVATE, 1);
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
