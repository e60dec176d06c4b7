//! Makes the kernel deny one system call to this process and its descendants.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_long, c_uint};
use std::io;

/// Makes this system call fail with `errno` from now on, in all threads and in all processes that
/// they create. This cannot be undone.
///
/// # Panics
/// If the kernel rejects the filter.
pub fn deny(call: c_long, errno: c_int) {
    let call = u32::try_from(call).expect("a system call's number");
    let data = libc::SECCOMP_RET_DATA & errno.unsigned_abs();
    let code = |bits: c_uint| u16::try_from(bits).expect("an instruction");
    // The number of the system call is the first field of a filter's input.
    let filter = [
        libc::sock_filter { code: code(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS), jt: 0, jf: 0, k: 0 },
        libc::sock_filter { code: code(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K), jt: 0, jf: 1, k: call },
        libc::sock_filter { code: code(libc::BPF_RET | libc::BPF_K), jt: 0, jf: 0, k: libc::SECCOMP_RET_ERRNO | data },
        libc::sock_filter { code: code(libc::BPF_RET | libc::BPF_K), jt: 0, jf: 0, k: libc::SECCOMP_RET_ALLOW },
    ];
    let program = libc::sock_fprog { len: 4, filter: filter.as_ptr().cast_mut() };
    // SAFETY: this request takes only numbers. It lets a process that is not root set a filter.
    let set = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    assert_eq!(set, 0, "{}", io::Error::last_os_error());
    let (mode, flags) = (libc::SECCOMP_SET_MODE_FILTER, libc::SECCOMP_FILTER_FLAG_TSYNC);
    // SAFETY: the program and its instructions are valid during the call, and the kernel copies
    // them.
    let set = unsafe { libc::syscall(libc::SYS_seccomp, mode, flags, &raw const program) };
    assert_eq!(set, 0, "{}", io::Error::last_os_error());
}
