//! A process that has as many mappings as the kernel allows.
#![allow(unsafe_code)]

use std::ptr;

use libc::{MAP_ANONYMOUS, MAP_FAILED, MAP_NORESERVE, MAP_SHARED, PROT_NONE, PROT_READ};

const PAGE: usize = 4096;

/// One mapping, split into very many.
pub struct Taken {
    base: *mut libc::c_void,
    len: usize,
}

/// Uses up all mappings that this process may have, except `spare`.
pub fn take_all_but(spare: usize) -> Taken {
    let text = std::fs::read_to_string("/proc/sys/vm/max_map_count").expect("it exists");
    let most: usize = text.trim().parse().expect("a number");
    let len = (most + 1) * 2 * PAGE;
    let flags = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE;
    // SAFETY: the kernel chooses an address where nothing is mapped.
    let base = unsafe { libc::mmap(ptr::null_mut(), len, PROT_NONE, flags, -1, 0) };
    assert_ne!(base, MAP_FAILED, "there is address space");
    // SAFETY: the page lies in this mapping, which nothing reads.
    let set = |at: usize, access| unsafe { libc::mprotect(base.wrapping_byte_add(at * PAGE), PAGE, access) } == 0;
    // Each page whose protection differs from its neighbours' adds two mappings.
    let split = (1..2 * most).step_by(2).take_while(|&at| set(at, PROT_READ)).count();
    // The reverse, from the end: each page that equals its neighbours again frees two mappings, so
    // the count may be off by one.
    (0..spare.div_ceil(2)).for_each(|from_end| assert!(set(2 * (split - from_end) - 1, PROT_NONE)));
    Taken { base, len }
}

impl Drop for Taken {
    fn drop(&mut self) {
        // SAFETY: it was mapped above, and nothing refers to it.
        assert_eq!(unsafe { libc::munmap(self.base, self.len) }, 0);
    }
}
