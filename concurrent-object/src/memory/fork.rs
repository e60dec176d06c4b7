//! Forked copies: whether this process is a fork of the process that started an object, and which
//! of the library's globals a copy may use.
//!
//! Problem: a fork copies all memory, but only the forking thread. A lock that another thread held
//! stays locked in the copy without end. Comparing process ids costs a system call for each use. So
//! one page is mapped that the kernel empties in every forked copy (`MADV_WIPEONFORK`). The check
//! is one load of a generation number in it.
//!
//! Each global of the library is one of three: created without a lock ([`Once`]), separate for each
//! process ([`PerProcess`]), or locked only while [`hold_forks_back`] keeps other threads from
//! forking. Knows that page, and the handlers that the C library runs around `fork`.
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

/// The process in which a value was created. A forked copy is another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin(NonZeroU64);

impl Origin {
    /// Returns the present process.
    pub(crate) fn here() -> io::Result<Self> {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let word = current(page()?);
        if let Some(generation) = NonZeroU64::new(word.load(Ordering::Relaxed)) {
            return Ok(Self(generation));
        }
        let next = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        // If two threads come here at once, the number that is stored first stays.
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
    // SAFETY: the range is the mapping just made. The advice changes what a forked copy sees, not
    // what this process does.
    let done = unsafe { libc::madvise(page.as_mut_ptr().cast(), page.len(), libc::MADV_WIPEONFORK) };
    if done == 0 { Ok(page) } else { Err(io::Error::last_os_error()) }
}

#[inline]
fn current(page: &'static MmapRaw) -> &'static AtomicU64 {
    // SAFETY: `page` keeps the mapping in a static, so it stays mapped for reading and writing. A
    // page is aligned for the word, and only this function gives access to it.
    unsafe { &*page.as_mut_ptr().cast::<AtomicU64>() }
}

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

/// Read-locked by a thread while no other thread may fork; write-locked by a thread that forks.
static FORKS: RwLock<()> = RwLock::new(());

thread_local!(static FORKING: Cell<Option<RwLockWriteGuard<'static, ()>>> = const { Cell::new(None) });

/// Descriptors that a forked copy closes at its beginning; -1 means none.
static CLOSED_IN_COPIES: [AtomicI32; 2] = [AtomicI32::new(-1), AtomicI32::new(-1)];

/// Makes threads that fork wait while the guard lives. A thread must not run code of the user under
/// the guard, and must not take it twice.
pub(crate) fn hold_forks_back() -> RwLockReadGuard<'static, ()> {
    watch_forks();
    FORKS.read().unwrap_or_else(PoisonError::into_inner)
}

/// Makes later forked copies close these descriptors at their beginning. The caller must hold forks
/// back.
pub(crate) fn close_in_copies(descriptors: [c_int; 2]) {
    for (slot, descriptor) in CLOSED_IN_COPIES.iter().zip(descriptors) {
        slot.store(descriptor, Ordering::Relaxed);
    }
}

/// Registers the handlers below with the C library. `init` calls this function, and so does code
/// that needs the handlers earlier.
pub(crate) fn watch_forks() {
    static IS_WATCHED: AtomicBool = AtomicBool::new(false);
    if !IS_WATCHED.load(Ordering::Relaxed) && !IS_WATCHED.swap(true, Ordering::Relaxed) {
        // SAFETY: the handlers are functions of this library. They take a lock, and close
        // descriptors in the copy.
        let _without = unsafe { libc::pthread_atfork(Some(before_fork), Some(after_fork), Some(in_copy)) };
    }
}

extern "C" fn before_fork() {
    let guard = FORKS.write().unwrap_or_else(PoisonError::into_inner);
    // A thread that is destroying its thread-locals cannot store the guard. Then the guard is
    // dropped before the fork.
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
            // SAFETY: the descriptor was inherited. Its owner is a global of the parent, which a
            // copy neither uses nor drops.
            unsafe { libc::close(descriptor) };
        }
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
