//! Forked copies: whether this process is a fork of the process that started an object, and which
//! of the library's globals a copy may use.
//!
//! Problem: a fork copies all memory, but only the forking thread. A lock that another thread held
//! stays locked in the copy without end. Comparing process ids costs a system call for each use. So
//! on Linux one page is mapped that the kernel empties in every forked copy (`MADV_WIPEONFORK`).
//! The check is one load of a generation number in it. Other targets compare process ids
//! (`portable`).
//!
//! Each global of the library is one of three: created without a lock
//! ([`Once`](super::once::Once)), separate for each process ([`PerProcess`]), or locked only while
//! [`hold_forks_back`] keeps other threads from forking. Knows processes and globals.
#![allow(unsafe_code)]

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod linux;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
mod portable;

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) use self::linux::{Origin, close_in_copies, hold_forks_back, keep_in_copies, watch_forks};
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) use self::portable::{Origin, hold_forks_back, watch_forks};

/// A global of which each process has its own value. A forked copy begins with a new value, and
/// does not touch the inherited one.
#[derive(Debug)]
pub(crate) struct PerProcess<T>(AtomicPtr<(Option<Origin>, T)>);

impl<T: Default + Send + Sync + 'static> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    /// Returns the value of this process.
    pub(crate) fn get(&'static self) -> &'static T {
        // If the page cannot be had, copies cannot be recognised. No object is started then, and
        // all processes use the same value.
        let here = Origin::here().ok();
        let current = self.0.load(Ordering::Acquire);
        // SAFETY: the stored pointer came from a box, and the box is never freed.
        match unsafe { current.as_ref() } {
            Some((origin, own)) if *origin == here => own,
            _ => self.replace(current, here),
        }
    }

    fn replace(&'static self, inherited: *mut (Option<Origin>, T), here: Option<Origin>) -> &'static T {
        let fresh = Box::into_raw(Box::new((here, T::default())));
        let stored = match self.0.compare_exchange(inherited, fresh, Ordering::AcqRel, Ordering::Acquire) {
            // The inherited value is not dropped: it may be locked, and refers to the parent's
            // resources.
            Ok(_) => fresh,
            Err(others) => {
                // SAFETY: the pointer came from a box just now, and no other thread has seen it.
                drop(unsafe { Box::from_raw(fresh) });
                others
            }
        };
        // SAFETY: as in `get`: this thread or another thread of this process stored the pointer,
        // and it is never freed.
        unsafe { &(*stored).1 }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn each_process_has_its_own_value() {
        static OWN: PerProcess<Mutex<u64>> = PerProcess::new();
        let locked = OWN.get().lock().expect("sound");
        // SAFETY: the copy takes no lock that another thread may hold, and exits.
        let copy = unsafe { libc::fork() };
        if copy == 0 {
            let is_fresh = OWN.get().try_lock().is_ok_and(|own| *own == 0);
            // SAFETY: `_exit` has no precondition.
            unsafe { libc::_exit(if is_fresh { 77 } else { 1 }) }
        }
        drop(locked);
        let mut status = 0;
        // SAFETY: there is room for the status, and the process is a child of this one.
        let ended = unsafe { libc::waitpid(copy, &raw mut status, 0) };
        assert_eq!((ended, libc::WEXITSTATUS(status)), (copy, 77));
        assert!(std::ptr::eq(OWN.get(), OWN.get()));
    }
}
