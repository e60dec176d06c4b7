//! What the kernel says when it has no page for a memory file.
//!
//! With `vm.overcommit_memory=2` a page that is touched may exceed what the kernel promises. The file system of memory files
//! calls that lack of space: a write fails with ENOSPC, and a touch is a SIGBUS, which `madvise(MADV_POPULATE_…)` reports as
//! EFAULT. Both are lack of memory, and ENOMEM is the error for which this library names the remedy.

use std::io;

/// The error of taking pages of a memory file, or of writing it, with lack of memory as ENOMEM.
pub(super) fn of_memory(error: impl Into<io::Error>) -> io::Error {
    let error = error.into();
    match error.raw_os_error() {
        Some(libc::ENOSPC | libc::EFAULT) => io::Error::from_raw_os_error(libc::ENOMEM),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use rustix::fs::MemfdFlags;

    use super::*;
    use crate::error::refused;
    use crate::memory::segment::{Access, Segment};

    /// A page beyond the end of its file is refused in the same way as one that would exceed what may be promised.
    #[test]
    fn pages_that_cannot_be_had_are_lack_of_memory() {
        let file = rustix::fs::memfd_create("test", MemfdFlags::CLOEXEC).expect("a memory file");
        rustix::fs::ftruncate(&file, 4096).expect("no room is taken");
        let segment = Segment::map(&file, 4096).expect("mapped");
        segment.populate(0, 4096, Access::Write).expect("there is a page");
        rustix::fs::ftruncate(&file, 0).expect("cut");
        let error = segment.populate(0, 4096, Access::Write).expect_err("there is none");
        assert_eq!((refused::call(&error), refused::errno(&error)), (Some("madvise"), Some(libc::ENOMEM)));
    }

    #[test]
    fn other_errors_stay_as_they_are() {
        let error = of_memory(io::Error::from_raw_os_error(libc::ENOSPC));
        assert_eq!(error.raw_os_error(), Some(libc::ENOMEM));
        let error = of_memory(io::Error::from_raw_os_error(libc::EPERM));
        assert_eq!(error.raw_os_error(), Some(libc::EPERM));
    }
}
