//! Whether all pages of a sealed file are stored.
//!
//! Problem: the count of a file's blocks includes those beyond its end. So a file of holes can have
//! as many blocks as a whole file, and reading it allocates memory. The kernel's search for holes
//! (`SEEK_HOLE`) takes the file's lock, which another process can hold for as long as it likes. Way
//! here: `cachestat` counts the stored pages of a range, without that lock.
//!
//! Knows one system call, which kernels have since 6.5. Invariant: a file whose pages cannot be
//! counted is taken for whole.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd};

use super::size_of_file;

/// The number of the system call, which is the same on all targets.
const SYS_CACHESTAT: libc::c_long = 451;

#[repr(C)]
struct Range {
    offset: u64,
    len: u64,
}

#[repr(C)]
#[derive(Default)]
struct Counts {
    cached: u64,
    dirty: u64,
    under_writeback: u64,
    /// Pages in swap space, for a memory file.
    evicted: u64,
    recently_evicted: u64,
}

/// Rejects a sealed file with holes.
pub(crate) fn check_stored(file: impl AsFd) -> io::Result<()> {
    let size = size_of_file(&file)?;
    let pages = size.div_ceil(rustix::param::page_size() as u64);
    match count_pages(file, size) {
        Some(stored) if stored < pages => {
            let reason = "the file has holes, for which reading would allocate memory";
            Err(io::Error::new(io::ErrorKind::InvalidData, reason))
        }
        _ => Ok(()),
    }
}

/// Returns how many pages of the first `len` bytes are stored, or `None` if the kernel cannot say.
fn count_pages(file: impl AsFd, len: u64) -> Option<u64> {
    let (range, mut counts) = (Range { offset: 0, len }, Counts::default());
    // SAFETY: both structs have the layout that the kernel documents, and live during the call.
    let done =
        unsafe { libc::syscall(SYS_CACHESTAT, file.as_fd().as_raw_fd(), &raw const range, &raw mut counts, 0_u32) };
    (done == 0).then(|| counts.cached.saturating_add(counts.evicted))
}

#[cfg(test)]
mod tests {
    use rustix::fs::{FallocateFlags, fallocate, ftruncate};

    use super::*;
    use crate::memory::sealed::{Sealed, Unsealed};

    #[test]
    fn blocks_beyond_the_end_of_a_file_do_not_hide_its_holes() {
        const SIZE: usize = 1 << 20;
        let file = Unsealed::new("test").expect("a memory file");
        ftruncate(&file, SIZE as u64).expect("no room is taken");
        fallocate(&file, FallocateFlags::KEEP_SIZE, SIZE as u64, SIZE as u64).expect("room beyond the end");
        let file = file.seal().expect("sealed");
        assert!(Sealed::map(&file).is_ok(), "the count of blocks cannot tell");
        // Without the system call, for instance before Linux 6.5, nothing is found out.
        assert!(check_stored(&file).is_err() || count_pages(&file, 1).is_none());
    }

    #[test]
    fn a_whole_file_is_stored() {
        for size in [1, 4096, 1_000_000] {
            let mut file = Unsealed::new("test").expect("a memory file");
            file.fill(size, |bytes| bytes[0] = 1).expect("room");
            check_stored(file.seal().expect("sealed")).expect("all of it is stored");
        }
    }
}
