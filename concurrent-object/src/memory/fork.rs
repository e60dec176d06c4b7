//! Whether this process is a forked copy of the one that started an object.
//!
//! Knows one page that the kernel empties in every forked copy, so that asking costs one load and no system call.
#![allow(unsafe_code)]

use std::io;
use std::num::NonZeroU64;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{MmapOptions, MmapRaw};

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
    static PAGE: OnceLock<Result<MmapRaw, i32>> = OnceLock::new();
    let made = PAGE.get_or_init(|| emptied_by_fork().map_err(|error| error.raw_os_error().unwrap_or_default()));
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
