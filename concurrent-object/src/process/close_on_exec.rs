//! What a child must not inherit: the descriptors that this process opened without `CLOEXEC`, as C libraries do.
//!
//! Whether a descriptor closes on exec stands in the table of descriptors, which all threads of a process share. Setting the flag
//! on each of them here would change what the program's own children get. So a short-lived thread takes a copy of the table, sets
//! the flag there, and executes the child. No code has to run between fork and exec for that.
//!
//! Knows the table of a thread. Invariant: the table of the program is not changed.
#![allow(unsafe_code)]

use std::ffi::c_uint;
use std::io;
use std::os::fd::RawFd;

use super::background;

/// The first descriptor that is no standard stream.
const FIRST: c_uint = 3;

/// Does something on a thread with a table of descriptors of its own, in which all but the standard streams close on exec. What
/// the work opens or closes, it opens or closes there alone.
pub(crate) fn without<T: Send>(work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    background::run("object-start", move || {
        close_on_exec();
        work()
    })?
}

/// Kernels before 5.11 cannot do it at once. Where a filter of system calls forbids both ways, the child inherits what it inherited
/// before.
fn close_on_exec() {
    let flags = libc::CLOSE_RANGE_UNSHARE | libc::CLOSE_RANGE_CLOEXEC;
    // SAFETY: this thread gets a table of its own, in which flags are set; no descriptor is closed.
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
        // SAFETY: the flag is set in this thread's own table; what is no descriptor is an error.
        unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::{AsFd, AsRawFd};

    use rustix::io::FdFlags;

    use super::*;

    #[test]
    fn the_flag_is_set_in_the_table_of_the_thread_alone() {
        for close in [close_on_exec, close_each_on_exec] {
            let (reader, _writer) = io::pipe().expect("a pipe");
            rustix::io::fcntl_setfd(&reader, FdFlags::empty()).expect("set");
            let there = background::run("test", || {
                close();
                rustix::io::fcntl_getfd(reader.as_fd()).expect("open")
            });
            assert_eq!(there.expect("a thread"), FdFlags::CLOEXEC, "{}", reader.as_raw_fd());
            assert_eq!(rustix::io::fcntl_getfd(&reader).expect("open"), FdFlags::empty());
        }
    }
}
