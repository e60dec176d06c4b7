//! Whether a child's allocator keeps freed memory for the next call, or gives it back to the
//! system.
//!
//! Knows the C library's allocator, if that is glibc's; knows nothing of calls. It has no effect on
//! a program with a `#[global_allocator]` that does not build on `malloc`.
#![allow(unsafe_code)]

#[cfg(all(target_os = "linux", target_env = "gnu"))]
use super::allocator::glibc as libc_heap;
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
use super::allocator::other as libc_heap;

/// The lowest bound that is set. By itself, glibc raises its bound to this value after it has seen
/// large blocks freed.
const LEAST_KEPT: usize = 64 << 20;
const MOST_KEPT: usize = 1 << 30;

/// Makes the allocator keep up to about `bytes` of freed memory for later calls. Does nothing if
/// the environment configures the allocator. Blocks larger than the bound still get a mapping each.
///
/// By default, glibc gives a large argument's memory back to the system as soon as it is dropped.
/// The next call takes a page fault for each page, which takes several times as long as the copy
/// itself. The bound applies to the end of the main arena. If the object has threads with their own
/// arenas, each arena may keep as much. Free memory between blocks in use stays with the process
/// anyway.
///
/// `limit`: the memory that the process may have. It keeps at most a quarter of that.
pub(crate) fn keep(bytes: usize, limit: Option<u64>) {
    let set = ["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TOP_PAD_", "GLIBC_TUNABLES"];
    let is_set = |name: &&str| {
        std::env::var_os(name).is_some_and(|value| *name != "GLIBC_TUNABLES" || names_malloc(value.as_encoded_bytes()))
    };
    if !set.iter().any(is_set) {
        let most = limit.map_or(MOST_KEPT, |limit| usize::try_from(limit / 4).unwrap_or(MOST_KEPT));
        libc_heap::keep(bytes.clamp(LEAST_KEPT, MOST_KEPT).min(most));
    }
}

/// Gives free memory of all arenas back to the system. Returns whether there was any. This takes
/// time, and so does the next call that needs the memory again.
pub(crate) fn give_back() -> bool {
    libc_heap::give_back()
}

fn names_malloc(tunables: &[u8]) -> bool {
    tunables.split(|&byte| byte == b':').any(|tunable| tunable.starts_with(b"glibc.malloc."))
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    use std::ffi::c_int;

    /// The largest block that older versions of glibc agree to take from the heap, on 64 bits.
    const MOST_BEFORE: usize = 32 << 20;

    pub(crate) fn keep(bytes: usize) {
        set(libc::M_TRIM_THRESHOLD, bytes);
        // The allocator unmaps a block with a mapping of its own when it is freed, whatever the
        // trim threshold is.
        if !set(libc::M_MMAP_THRESHOLD, bytes) {
            set(libc::M_MMAP_THRESHOLD, MOST_BEFORE);
        }
    }

    pub(crate) fn give_back() -> bool {
        // SAFETY: `malloc_trim` has no precondition: it takes the locks of the arenas itself.
        unsafe { libc::malloc_trim(0) != 0 }
    }

    fn set(option: c_int, bytes: usize) -> bool {
        let Ok(bytes) = c_int::try_from(bytes) else { return false };
        // SAFETY: `mallopt` has no precondition: it takes the lock of the main arena itself, and
        // rejects options and values that it does not know.
        unsafe { libc::mallopt(option, bytes) != 0 }
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod other {
    pub(crate) fn keep(_bytes: usize) {}

    pub(crate) fn give_back() -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malloc_tunables_are_distinguished_from_others() {
        assert!(names_malloc(b"glibc.malloc.trim_threshold=4096"));
        assert!(names_malloc(b"glibc.cpu.hwcaps=-AVX:glibc.malloc.check=3"));
        assert!(!names_malloc(b"glibc.cpu.hwcaps=-AVX:glibc.mem.tagging=1"));
        assert!(!names_malloc(b"glibc.pthread.rseq=0:my.glibc.malloc.arena_max=1"));
        assert!(!names_malloc(b""));
    }

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn memory_that_was_kept_can_be_given_back() {
        keep(64 << 20, None);
        let rows = vec![vec![1_u8; 16 << 10]; 1000];
        // This block lies after the rows and stays in use, so the allocator gives nothing back by
        // itself.
        let last = std::hint::black_box(vec![1_u8; 16 << 10]);
        drop(std::hint::black_box(rows));
        assert!(give_back());
        drop(last);
    }
}
