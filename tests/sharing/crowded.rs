//! A process that has as many mappings as it may have.
#![allow(unsafe_code)]

use std::ptr;

use libc::{MAP_ANONYMOUS, MAP_FAILED, MAP_NORESERVE, MAP_SHARED, PROT_NONE, PROT_READ};

const PAGE: usize = 4096;

/// One mapping, which was split into very many.
pub struct Taken {
    base: *mut libc::c_void,
    len: usize,
}

/// Takes all mappings that this process may have, but for so many.
pub fn take_all_but(spare: usize) -> Taken {
    let text = std::fs::read_to_string("/proc/sys/vm/max_map_count").expect("it exists");
    let most: usize = text.trim().parse().expect("a number");
    let len = (most + 1) * 2 * PAGE;
    let flags = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE;
    // SAFETY: the kernel chooses a place where nothing is mapped.
    let base = unsafe { libc::mmap(ptr::null_mut(), len, PROT_NONE, flags, -1, 0) };
    assert_ne!(base, MAP_FAILED, "there is address space");
    // SAFETY: the page lies in the mapping, which nobody reads.
    let set = |at: usize, access| unsafe { libc::mprotect(base.wrapping_byte_add(at * PAGE), PAGE, access) } == 0;
    // Each page that is unlike its neighbours adds two mappings.
    let split = (1..2 * most).step_by(2).take_while(|&at| set(at, PROT_READ)).count();
    // The other way round, from the end: each page like its neighbours again gives two back, so the last of them may be one off.
    (0..spare.div_ceil(2)).for_each(|from_end| assert!(set(2 * (split - from_end) - 1, PROT_NONE)));
    Taken { base, len }
}

impl Drop for Taken {
    fn drop(&mut self) {
        // SAFETY: it was mapped above, and nobody refers to it.
        assert_eq!(unsafe { libc::munmap(self.base, self.len) }, 0);
    }
}
