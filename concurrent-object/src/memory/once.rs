//! A value that is created at its first use, without a lock.
//!
//! Problem: `OnceLock` blocks a thread while another thread creates the value. A forked copy does
//! not have that other thread, and would block without end. Here each thread that finds no value
//! creates one, and the first to store its value wins (a compare-exchange on a pointer).
//!
//! Knows a pointer. Invariant: a stored value is never replaced or freed.
#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// At most one value, which lives until the process exits.
#[derive(Debug)]
pub(crate) struct Once<T> {
    made: AtomicPtr<T>,
    owns: PhantomData<T>,
}

impl<T> Once<T> {
    pub(crate) const fn new() -> Self {
        Self { made: AtomicPtr::new(ptr::null_mut()), owns: PhantomData }
    }

    /// Returns the value. `make` may run on several threads at once; all of them get the one stored
    /// value.
    #[inline]
    pub(crate) fn get_or_make(&'static self, make: impl FnOnce() -> T) -> &'static T {
        self.get().unwrap_or_else(|| self.store(make()))
    }

    /// Returns the value, if it exists.
    #[inline]
    pub(crate) fn get(&'static self) -> Option<&'static T> {
        // Acquire pairs with the Release in `store`: a thread that sees the pointer also sees the
        // value.
        // SAFETY: the stored pointer came from a box, and the box is never freed.
        unsafe { self.made.load(Ordering::Acquire).as_ref() }
    }

    #[cold]
    fn store(&'static self, value: T) -> &'static T {
        let own = Box::into_raw(Box::new(value));
        let stored = match self.made.compare_exchange(ptr::null_mut(), own, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => own,
            Err(others) => {
                // SAFETY: the pointer came from a box just now, and no other thread has seen it.
                drop(unsafe { Box::from_raw(own) });
                others
            }
        };
        // SAFETY: as in `get`; it is not null, because one of the two pointers was stored.
        unsafe { &*stored }
    }
}

// SAFETY: it owns a `T`, and gives shared references to it to any thread.
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
