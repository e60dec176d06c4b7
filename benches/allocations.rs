//! An allocator that counts: the system's, and one number.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static COUNT: AtomicU64 = AtomicU64::new(0);

/// How often this process has allocated memory, or allocated it anew, so far.
pub(crate) fn so_far() -> u64 {
    COUNT.load(Ordering::Relaxed)
}

struct Counting;

// SAFETY: every function hands on what it was given to the system's allocator, and gives what that
// gives.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller promises of `layout` what the system's allocator asks.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller promises of `layout` what the system's allocator asks.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: `block` came from the system's allocator, by one of these functions, and the
        // caller promises the rest.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from the system's allocator, by one of these functions, with this
        // layout.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Lets this process keep what it has freed, as an object's process does: otherwise the limits
/// would be measured with the page faults that glibc causes when it gives large blocks back to the
/// system, or without, by what was freed before.
pub(crate) fn keep_freed_memory() {
    #[cfg(target_env = "gnu")]
    for option in [libc::M_TRIM_THRESHOLD, libc::M_MMAP_THRESHOLD] {
        // SAFETY: `mallopt` has no precondition: it takes the lock of the main arena itself.
        let _kept = unsafe { libc::mallopt(option, 1 << 30) };
    }
}
