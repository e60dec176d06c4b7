//! Where a thread sleeps that waits but does not drive.
//!
//! Knows one flag and one condition. It is not `std::thread::park`, whose token belongs to the user's code.

use std::cell::OnceCell;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::Wake;
use std::time::Instant;

/// One thread's place to sleep.
#[derive(Debug, Default)]
pub(super) struct Parker {
    notified: Mutex<bool>,
    condition: Condvar,
}

impl Parker {
    /// The calling thread's own. A notice left over from an earlier sleep ends the next one early, which does no harm.
    pub(super) fn current() -> Arc<Self> {
        thread_local!(static PARKER: OnceCell<Arc<Parker>> = const { OnceCell::new() });
        let shared = PARKER.try_with(|parker| parker.get_or_init(Arc::default).clone());
        // While the thread is being torn down, a parker for this one sleep does as well.
        shared.unwrap_or_default()
    }

    /// Sleeps until notified or until the deadline.
    pub(super) fn park(&self, deadline: Option<Instant>) {
        let mut notified = self.notified.lock().unwrap_or_else(PoisonError::into_inner);
        while !*notified {
            notified = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                None => self.condition.wait(notified).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => break,
                Some(left) => self.condition.wait_timeout(notified, left).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
        *notified = false;
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        *self.notified.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.condition.notify_one();
    }
}
