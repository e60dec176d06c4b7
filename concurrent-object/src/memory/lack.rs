//! How the kernel reports that it has no page for a memory file.
//!
//! With `vm.overcommit_memory=2` the first use of a page may exceed the kernel's commit limit. The
//! file system of memory files reports that as lack of space. A write fails with ENOSPC. A first
//! access raises SIGBUS, which `madvise(MADV_POPULATE_…)` reports as EFAULT. Both mean lack of
//! memory. They become ENOMEM, the error for which this library's messages name the remedy.

use std::io;

/// Converts an error of populating or writing a memory file: lack of memory becomes ENOMEM.
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

    /// A page beyond the end of its file fails in the same way as one that exceeds the commit
    /// limit.
    #[test]
    fn unavailable_pages_are_lack_of_memory() {
        let file = rustix::fs::memfd_create("test", MemfdFlags::CLOEXEC).expect("a memory file");
        rustix::fs::ftruncate(&file, 4096).expect("no room is taken");
        let segment = Segment::map(&file, 4096).expect("mapped");
        segment.populate(0, 4096, Access::Write).expect("there is a page");
        rustix::fs::ftruncate(&file, 0).expect("cut");
        let error = segment.populate(0, 4096, Access::Write).expect_err("the file has no page");
        assert_eq!((refused::call(&error), refused::errno(&error)), (Some("madvise"), Some(libc::ENOMEM)));
    }

    #[test]
    fn only_lack_of_space_becomes_lack_of_memory() {
        let error = of_memory(io::Error::from_raw_os_error(libc::ENOSPC));
        assert_eq!(error.raw_os_error(), Some(libc::ENOMEM));
        let error = of_memory(io::Error::from_raw_os_error(libc::EPERM));
        assert_eq!(error.raw_os_error(), Some(libc::EPERM));
    }
}
