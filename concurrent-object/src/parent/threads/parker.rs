//! Where a thread sleeps that waits but does not drive.
//!
//! Knows one word and the kernel's futex. It is not `std::thread::park`, whose token belongs to the user's code, and not a
//! standard condition variable, whose timeout follows another clock than the deadline (see `clock`).

use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Wake;

use rustix::thread::futex;

use crate::clock::{Moment, timespec};

const EMPTY: u32 = 0;
const NOTIFIED: u32 = 1;

/// One thread's place to sleep.
#[derive(Debug, Default)]
pub(crate) struct Parker(AtomicU32);

impl Parker {
    /// The calling thread's own. A notice left over from an earlier sleep ends the next one early, which does no harm.
    pub(crate) fn current() -> Arc<Self> {
        thread_local!(static PARKER: OnceCell<Arc<Parker>> = const { OnceCell::new() });
        let shared = PARKER.try_with(|parker| parker.get_or_init(Arc::default).clone());
        // While the thread is being torn down, a parker for this one sleep does as well.
        shared.unwrap_or_default()
    }

    /// Sleeps until notified or until the deadline.
    pub(crate) fn park(&self, deadline: Option<Moment>) {
        // Acquire pairs with the Release in `wake`: what was written before a notice is seen after it.
        while self.0.swap(EMPTY, Ordering::Acquire) == EMPTY && !deadline.is_some_and(Moment::has_come) {
            let left = deadline.map(|deadline| timespec(deadline.left()));
            // A notice (EAGAIN), a signal (EINTR) and the deadline are told apart by the loop.
            let _woken = futex::wait(&self.0, futex::Flags::PRIVATE, EMPTY, left.as_ref());
        }
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        // Release pairs with the Acquire in `park`.
        self.0.store(NOTIFIED, Ordering::Release);
        // It cannot fail: the word is there, and aligned.
        let _woken = futex::wake(&self.0, futex::Flags::PRIVATE, 1);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_notice_ends_the_sleep_of_now_or_the_next_one_and_a_deadline_ends_it_without() {
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
