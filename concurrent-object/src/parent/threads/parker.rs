//! A place where one thread sleeps until another thread wakes it: for threads that wait and do not
//! drive.
//!
//! Problem: `std::thread::park` has one token for each thread, and the user's code uses it too. So
//! one could consume the other's wake-up. Way here: a *binary semaphore* of the library's own for
//! each thread. On Linux it is one word and the kernel's futex (`linux`), on other targets a
//! condition variable (`portable`).
//!
//! A thread that waits for several objects sleeps in `poll` instead, and cannot sleep on its parker
//! at the same time. While it does, its parker is woken through an event.
//!
//! Invariant: a wake-up before the sleep is not lost; it ends the next sleep.

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod linux;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
mod portable;

use std::cell::OnceCell;
use std::sync::Arc;

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) use self::linux::Parker;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) use self::portable::Parker;

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
}

#[cfg(test)]
mod tests {
    use std::task::Wake;
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::clock::Moment;

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
