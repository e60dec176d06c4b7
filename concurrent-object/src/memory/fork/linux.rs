//! Forked copies on Linux: a page that the kernel empties in each copy, and handlers around `fork`.
//!
//! Knows the page and the handlers that the C library runs.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::c_int;
use std::io;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use memmap2::{MmapOptions, MmapRaw};

use crate::error::refused::Naming;
use crate::memory::once::Once;

/// The process in which a value was created. A forked copy is another process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    /// The number of the present process; 0 in a forked copy that has no number yet.
    here: &'static AtomicU64,
    number: NonZeroU64,
}

impl Origin {
    /// Returns the present process.
    pub(crate) fn here() -> io::Result<Self> {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let here = current(page()?);
        if let Some(number) = NonZeroU64::new(here.load(Ordering::Relaxed)) {
            return Ok(Self { here, number });
        }
        let next = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        // If two threads come here at once, the number that is stored first stays.
        let _lost_the_race = here.compare_exchange(0, next, Ordering::Relaxed, Ordering::Relaxed);
        let number = NonZeroU64::new(here.load(Ordering::Relaxed)).expect("a number was just stored");
        Ok(Self { here, number })
    }

    /// Whether the caller still runs in that process.
    #[inline]
    pub(crate) fn is_here(self) -> bool {
        self.here.load(Ordering::Relaxed) == self.number.get()
    }
}

impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Origin {}

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

fn current(page: &'static MmapRaw) -> &'static AtomicU64 {
    // SAFETY: `page` keeps the mapping in a static, so it stays mapped for reading and writing. A
    // page is aligned for the word, and only this function gives access to it.
    unsafe { &*page.as_mut_ptr().cast::<AtomicU64>() }
}

/// Read-locked by a thread while no other thread may fork; write-locked by a thread that forks.
static FORKS: RwLock<()> = RwLock::new(());

thread_local!(static FORKING: Cell<Option<RwLockWriteGuard<'static, ()>>> = const { Cell::new(None) });

/// The descriptors that a forked copy closes at its beginning. Locked only while forks are held
/// back, so a copy finds it unlocked.
static CLOSED_IN_COPIES: Mutex<Vec<c_int>> = Mutex::new(Vec::new());

/// Makes threads that fork wait while the guard lives. A thread must not run code of the user under
/// the guard, and must not take it twice.
pub(crate) fn hold_forks_back() -> RwLockReadGuard<'static, ()> {
    watch_forks();
    FORKS.read().unwrap_or_else(PoisonError::into_inner)
}

/// Makes later forked copies close this descriptor at their beginning. The caller must hold forks
/// back.
pub(crate) fn close_in_copies(descriptor: c_int) {
    closed_in_copies().push(descriptor);
}

/// Undoes this, before the descriptor is closed. The caller must hold forks back.
pub(crate) fn keep_in_copies(descriptor: c_int) {
    closed_in_copies().retain(|&other| other != descriptor);
}

fn closed_in_copies() -> MutexGuard<'static, Vec<c_int>> {
    CLOSED_IN_COPIES.lock().unwrap_or_else(PoisonError::into_inner)
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
    // Cleared in place: a copy must not free memory at its beginning, as another thread may have
    // held the allocator's lock.
    let mut descriptors = closed_in_copies();
    for &descriptor in &*descriptors {
        // SAFETY: the descriptor was inherited. Its owner is a value of the parent, which does not
        // close it in a copy.
        unsafe { libc::close(descriptor) };
    }
    descriptors.clear();
}
