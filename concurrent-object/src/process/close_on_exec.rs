//! Keeps out of a child the descriptors that the program opened without `CLOEXEC`, as C libraries
//! do.
//!
//! Problem: the close-on-exec flag is kept in the descriptor table, which all threads of a process
//! share. If the parent set the flag on each descriptor there, it would change what the program's
//! own children inherit. Closing descriptors between fork and exec needs code in the forked child,
//! where almost nothing is safe to run. So a short-lived thread takes a copy of the table
//! (`CLOSE_RANGE_UNSHARE`), sets the flag in the copy, and spawns the child.
//!
//! Knows the descriptor table of a thread. Invariant: the program's own table is not changed.
#![allow(unsafe_code)]

use std::ffi::c_uint;
use std::io;
use std::os::fd::RawFd;

use super::background;

/// The first descriptor that is not a standard stream.
const FIRST: c_uint = 3;

/// Runs `work` on a thread with its own descriptor table, in which all descriptors but the standard
/// streams close on exec. What `work` opens or closes, it opens or closes only in that table.
pub(crate) fn without<T: Send>(work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    background::run(c"object-start", move || {
        close_on_exec();
        work()
    })?
}

/// Kernels before 5.11 cannot set the flag on a range at once. If a system call filter forbids both
/// ways, the child inherits the descriptors.
fn close_on_exec() {
    let flags = libc::CLOSE_RANGE_UNSHARE | libc::CLOSE_RANGE_CLOEXEC;
    // SAFETY: this thread gets its own table, in which flags are set; no descriptor is closed.
    let done = unsafe { libc::syscall(libc::SYS_close_range, FIRST, c_uint::MAX, flags) };
    if done != 0 {
        close_each_on_exec();
    }
}

fn close_each_on_exec() {
    // SAFETY: this thread gets a copy of the table that it shares; no memory is touched.
    if unsafe { libc::unshare(libc::CLONE_FILES) } != 0 {
        return;
    }
    // Not `/proc/self`, which shows the table of the main thread.
    let numbers = std::fs::read_dir("/proc/thread-self/fd").into_iter().flatten().flatten();
    let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<RawFd>().ok());
    for number in numbers.filter(|&number| number.unsigned_abs() >= FIRST) {
        // SAFETY: this sets a flag in this thread's own table; a number that is not open is an
        // error.
        unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::{AsFd, AsRawFd};

    use rustix::io::FdFlags;

    use super::*;

    #[test]
    fn the_flag_is_set_only_in_the_threads_own_table() {
        for close in [close_on_exec, close_each_on_exec] {
            let (reader, _writer) = io::pipe().expect("a pipe");
            rustix::io::fcntl_setfd(&reader, FdFlags::empty()).expect("set");
            let there = background::run(c"test", || {
                close();
                rustix::io::fcntl_getfd(reader.as_fd()).expect("open")
            });
            assert_eq!(there.expect("a thread"), FdFlags::CLOEXEC, "{}", reader.as_raw_fd());
            assert_eq!(rustix::io::fcntl_getfd(&reader).expect("open"), FdFlags::empty());
        }
    }
}
