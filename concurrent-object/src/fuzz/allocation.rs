//! Knows the largest piece of memory that a thread has asked for: a length that a message claims
//! must not lead to one.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

struct Watched;

#[global_allocator]
static ALLOCATOR: Watched = Watched;

// SAFETY: every method passes its arguments on to the system's allocator.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller keeps the contract of this method.
        unsafe { System.alloc(layout) }
    }

    // SAFETY: the contract of this method is that of the call in it.
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller keeps the contract of this method.
        unsafe { System.alloc_zeroed(layout) }
    }

    // SAFETY: the contract of this method is that of the call in it.
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        // SAFETY: the caller keeps the contract of this method.
        unsafe { System.realloc(old, layout, size) }
    }

    // SAFETY: the contract of this method is that of the call in it.
    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of this method.
        unsafe { System.dealloc(old, layout) };
    }
}

fn note(size: usize) {
    // A thread that ends has no record any more.
    let _gone = LARGEST.try_with(|largest| largest.set(largest.get().max(size)));
}

/// Runs `work`, and fails if this thread asks for a piece of more than `limit` bytes meanwhile.
#[track_caller]
pub(crate) fn within<R>(limit: usize, work: impl FnOnce() -> R) -> R {
    LARGEST.set(0);
    let result = work();
    let largest = LARGEST.get();
    assert!(largest <= limit, "{largest} bytes at once, of {limit} that are enough");
    result
}
