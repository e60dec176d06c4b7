//! Whether this process is a forked copy of the one that started an object, and what a copy may use of the library's globals.
//!
//! A fork copies memory with every lock as it is, and one thread. A lock that another thread held stays locked in the copy for ever.
//! So each global of the library is one of three: made without a lock ([`Once`]), one for each process ([`PerProcess`]), or
//! locked only while [`hold_forks_back`] keeps other threads from forking.
//!
//! Knows one page that the kernel empties in every forked copy, so that asking costs one load and no system call; and the handlers that the
//! C library runs around `fork`.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::c_int;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::{io, ptr};

use memmap2::{MmapOptions, MmapRaw};

use super::once::Once;
use crate::error::refused::Naming;

/// The process in which something was made. A forked copy is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin(NonZeroU64);

impl Origin {
    /// This process.
    pub(crate) fn here() -> io::Result<Self> {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let word = current(page()?);
        if let Some(generation) = NonZeroU64::new(word.load(Ordering::Relaxed)) {
            return Ok(Self(generation));
        }
        let next = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        // Of two threads that get here at once, the first one's number stays.
        let _lost_the_race = word.compare_exchange(0, next, Ordering::Relaxed, Ordering::Relaxed);
        Ok(Self(NonZeroU64::new(word.load(Ordering::Relaxed)).expect("a number was just stored")))
    }

    /// Whether the caller still runs in that process.
    #[inline]
    pub(crate) fn is_here(self) -> bool {
        page().is_ok_and(|page| current(page).load(Ordering::Relaxed) == self.0.get())
    }
}

#[inline]
fn page() -> io::Result<&'static MmapRaw> {
    static PAGE: Once<Result<MmapRaw, i32>> = Once::new();
    let made = PAGE.get_or_make(|| emptied_by_fork().map_err(|error| error.raw_os_error().unwrap_or_default()));
    made.as_ref().map_err(|&code| io::Error::from_raw_os_error(code)).naming("madvise(MADV_WIPEONFORK)")
}

fn emptied_by_fork() -> io::Result<MmapRaw> {
    let page = MmapRaw::from(MmapOptions::new().len(size_of::<AtomicU64>()).map_anon()?);
    // SAFETY: the range is the mapping just made; the advice changes what a forked copy sees, not what this process does.
    let done = unsafe { libc::madvise(page.as_mut_ptr().cast(), page.len(), libc::MADV_WIPEONFORK) };
    if done == 0 { Ok(page) } else { Err(io::Error::last_os_error()) }
}

#[inline]
fn current(page: &'static MmapRaw) -> &'static AtomicU64 {
    // SAFETY: the page is mapped for reading and writing for the rest of the process, is aligned as pages are, and is
    // looked at through this function only.
    unsafe { &*page.as_mut_ptr().cast::<AtomicU64>() }
}

/// A global of which each process has one of its own. A forked copy begins with a fresh one, and leaves alone what it inherited.
#[derive(Debug)]
pub(crate) struct PerProcess<T>(AtomicPtr<(Option<Origin>, T)>);

impl<T: Default + Send + Sync + 'static> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    /// That of this process.
    pub(crate) fn get(&'static self) -> &'static T {
        // Where forked copies cannot be told apart, no object is started either: all processes have the same one.
        let here = Origin::here().ok();
        let current = self.0.load(Ordering::Acquire);
        // SAFETY: what is stored came out of a box and is never freed.
        match unsafe { current.as_ref() } {
            Some((origin, own)) if *origin == here => own,
            _ => self.replace(current, here),
        }
    }

    fn replace(&'static self, inherited: *mut (Option<Origin>, T), here: Option<Origin>) -> &'static T {
        let fresh = Box::into_raw(Box::new((here, T::default())));
        let stored = match self.0.compare_exchange(inherited, fresh, Ordering::AcqRel, Ordering::Acquire) {
            // What was inherited is not dropped: it may be locked, and refers to the parent's things.
            Ok(_) => fresh,
            Err(others) => {
                // SAFETY: it came out of a box just now, and no other thread has seen it.
                drop(unsafe { Box::from_raw(fresh) });
                others
            }
        };
        // SAFETY: as in `get`; another thread of this process stored it, if not this one.
        unsafe { &(*stored).1 }
    }
}

/// Taken for reading by who must not be forked away from, for writing by who forks.
static FORKS: RwLock<()> = RwLock::new(());

thread_local!(static FORKING: Cell<Option<RwLockWriteGuard<'static, ()>>> = const { Cell::new(None) });

/// Descriptors that a forked copy closes as it begins; -1 where there is none.
static CLOSED_IN_COPIES: [AtomicI32; 2] = [AtomicI32::new(-1), AtomicI32::new(-1)];

/// While this is held, a thread that forks waits. No code of the user runs meanwhile, and it is not taken twice by one thread.
pub(crate) fn hold_forks_back() -> RwLockReadGuard<'static, ()> {
    watch_forks();
    FORKS.read().unwrap_or_else(PoisonError::into_inner)
}

/// From now on forked copies close these as they begin. Called while forks are held back.
pub(crate) fn close_in_copies(descriptors: [c_int; 2]) {
    for (slot, descriptor) in CLOSED_IN_COPIES.iter().zip(descriptors) {
        slot.store(descriptor, Ordering::Relaxed);
    }
}

/// Has the C library call the handlers below. Called by `init`, and by whoever needs it earlier.
pub(crate) fn watch_forks() {
    static IS_WATCHED: AtomicBool = AtomicBool::new(false);
    if !IS_WATCHED.load(Ordering::Relaxed) && !IS_WATCHED.swap(true, Ordering::Relaxed) {
        // SAFETY: the handlers are functions of this library. They take a lock, and close descriptors in the copy.
        let _without = unsafe { libc::pthread_atfork(Some(before_fork), Some(after_fork), Some(in_copy)) };
    }
}

extern "C" fn before_fork() {
    let guard = FORKS.write().unwrap_or_else(PoisonError::into_inner);
    // A thread that is destroying its thread-locals has no place for the guard: then nothing is held.
    let _destroyed = FORKING.try_with(|forking| forking.set(Some(guard)));
}

extern "C" fn after_fork() {
    let _destroyed = FORKING.try_with(Cell::take);
}

extern "C" fn in_copy() {
    after_fork();
    for descriptor in &CLOSED_IN_COPIES {
        let descriptor = descriptor.swap(-1, Ordering::Relaxed);
        if descriptor >= 0 {
            // SAFETY: it was inherited, and its owner is a global of the parent, which a copy never uses nor drops.
            unsafe { libc::close(descriptor) };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn each_process_has_one_of_its_own() {
        static OWN: PerProcess<Mutex<u64>> = PerProcess::new();
        let locked = OWN.get().lock().expect("sound");
        // SAFETY: the copy uses no lock that another thread may hold, and ends.
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
