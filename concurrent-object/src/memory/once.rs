//! A value that is made once, when it is first asked for, without a lock.
//!
//! `OnceLock` blocks whoever asks while another thread makes the value. A forked copy does not have that thread and would block for
//! ever. Here each thread that comes too early makes a value of its own, and the first to store it wins.
//!
//! Knows a pointer. Invariant: what is stored is never replaced nor freed.
#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// At most one value, for the rest of the process.
#[derive(Debug)]
pub(crate) struct Once<T> {
    made: AtomicPtr<T>,
    owns: PhantomData<T>,
}

impl<T> Once<T> {
    pub(crate) const fn new() -> Self {
        Self { made: AtomicPtr::new(ptr::null_mut()), owns: PhantomData }
    }

    /// The value. `make` may run on several threads at once; all of them get what one of them made.
    #[inline]
    pub(crate) fn get_or_make(&'static self, make: impl FnOnce() -> T) -> &'static T {
        self.get().unwrap_or_else(|| self.store(make()))
    }

    /// The value, if it is made.
    #[inline]
    pub(crate) fn get(&'static self) -> Option<&'static T> {
        // Acquire pairs with the Release in `store`: who sees the pointer sees the value.
        // SAFETY: what is stored came out of a box and is never freed.
        unsafe { self.made.load(Ordering::Acquire).as_ref() }
    }

    #[cold]
    fn store(&'static self, value: T) -> &'static T {
        let own = Box::into_raw(Box::new(value));
        let stored = match self.made.compare_exchange(ptr::null_mut(), own, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => own,
            Err(others) => {
                // SAFETY: it came out of a box just now, and no other thread has seen it.
                drop(unsafe { Box::from_raw(own) });
                others
            }
        };
        // SAFETY: as in `get`; it is not null, since one of the two was stored.
        unsafe { &*stored }
    }
}

// SAFETY: it owns a `T` and gives out shared references to it, to any thread.
unsafe impl<T: Send + Sync> Sync for Once<T> {}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn all_threads_get_the_same_value() {
        static ONCE: Once<thread::ThreadId> = Once::new();
        let got: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|_| scope.spawn(|| *ONCE.get_or_make(|| thread::current().id()))).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(got.iter().all(|id| id == &got[0]));
        assert_eq!(*ONCE.get_or_make(|| panic!("it is made")), got[0]);
    }
}
