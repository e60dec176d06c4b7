//! Runs work on a thread whose descriptor table has only a few of the program's descriptors.
//!
//! Problem: to spawn a process, the kernel copies the descriptor table, and the new process closes
//! all copies before it executes its program. A parent of 2,500 objects has 15,000 descriptors, so
//! each start would take longer the more objects there are. Way: a short-lived thread leaves the
//! table that it shares. `close_range` with `CLOSE_RANGE_UNSHARE` copies only what lies below the
//! range: the standard streams. The thread then takes the few descriptors that the work needs out
//! of the program's table (`pidfd_getfd`). The kernel always allows that within a process.
//!
//! Knows the descriptor table of a thread. Invariants: the program's own table is not changed. Each
//! descriptor of the work refers to the file of the caller's, or there is no work.
#![allow(unsafe_code)]

use std::ffi::c_uint;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use rustix::fs::{Stat, fstat};
use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

use super::background;

/// The first descriptor that is not a standard stream.
const FIRST: c_uint = 3;

/// Runs `work` on such a thread, with copies of these descriptors in the same order. Returns `None`
/// without running it if the kernel cannot do that.
pub(crate) fn with<T: Send>(wanted: &[BorrowedFd<'_>], work: impl FnOnce(&[OwnedFd]) -> T + Send) -> Option<T> {
    let files = wanted.iter().map(|fd| fstat(fd).ok()).collect::<Option<Vec<_>>>()?;
    let on_thread = || {
        leave_shared_table()?;
        Some(work(&take(wanted, &files)?))
    };
    background::run(c"object-start", on_thread).ok()?
}

/// Leaves the table that this thread shares, for one with the standard streams alone.
fn leave_shared_table() -> Option<()> {
    // SAFETY: this thread gets its own table, in which nothing but the standard streams is open. No
    // owner of a descriptor is on this thread: it has the caller's descriptors only as numbers.
    let done = unsafe { libc::syscall(libc::SYS_close_range, FIRST, c_uint::MAX, libc::CLOSE_RANGE_UNSHARE) };
    (done == 0).then_some(())
}

/// Copies descriptors from the table of the process's first thread. The calling thread may have had
/// a table of its own, so the copies are compared with its files.
fn take(wanted: &[BorrowedFd<'_>], files: &[Stat]) -> Option<Vec<OwnedFd>> {
    let process = pidfd_open(getpid(), PidfdFlags::empty()).ok()?;
    let copies = wanted.iter().zip(files).map(|(fd, file)| {
        let copy = pidfd_getfd(&process, fd.as_raw_fd(), PidfdGetfdFlags::empty()).ok()?;
        let found = fstat(&copy).ok()?;
        (found.st_dev == file.st_dev && found.st_ino == file.st_ino).then_some(copy)
    });
    copies.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::{self, Write};
    use std::os::fd::AsFd;

    use super::*;

    /// The descriptors of this thread, with that of the folder in which they are listed.
    fn open() -> BTreeSet<i32> {
        let entries = std::fs::read_dir("/proc/thread-self/fd").expect("a folder");
        entries.filter_map(|entry| entry.expect("readable").file_name().to_str()?.parse().ok()).collect()
    }

    #[test]
    fn the_thread_has_copies_of_the_wanted_descriptors_and_no_others() {
        let _others: Vec<_> = (0..50).map(|_| io::pipe().expect("a pipe")).collect();
        let (mut reader, writer) = io::pipe().expect("a pipe");
        let found = with(&[writer.as_fd()], |copies| {
            let mut copy = io::PipeWriter::from(copies[0].try_clone().expect("a copy"));
            copy.write_all(b"written").expect("written");
            drop(copy);
            open().len()
        });
        // Three streams, the copy, and the folder.
        assert!(found.expect("the kernel can") <= 5, "{found:?}");
        drop(writer);
        assert_eq!(io::read_to_string(&mut reader).expect("readable"), "written");
    }

    #[test]
    fn a_caller_with_its_own_table_gets_no_descriptor_of_another_file() {
        let answered = std::thread::spawn(|| {
            // SAFETY: this thread gets a copy of the table that it shares.
            assert_eq!(unsafe { libc::unshare(libc::CLONE_FILES) }, 0);
            // In the program's table, the number is free or has another file.
            let (reader, _writer) = io::pipe().expect("a pipe");
            with(&[reader.as_fd()], |_| ())
        });
        assert_eq!(answered.join().expect("no panic"), None);
    }
}
