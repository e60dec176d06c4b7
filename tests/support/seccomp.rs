//! Has the kernel deny one system call to this process and to all that it starts.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_long, c_uint};
use std::io;

/// From now on this system call returns this error, in all threads and in all processes that they make. It cannot be undone.
///
/// # Panics
/// If the kernel does not take the filter.
pub fn deny(call: c_long, errno: c_int) {
    let call = u32::try_from(call).expect("a system call's number");
    let data = libc::SECCOMP_RET_DATA & errno.unsigned_abs();
    let code = |bits: c_uint| u16::try_from(bits).expect("an instruction");
    // The number is the first field of what a filter sees.
    let filter = [
        libc::sock_filter { code: code(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS), jt: 0, jf: 0, k: 0 },
        libc::sock_filter { code: code(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K), jt: 0, jf: 1, k: call },
        libc::sock_filter { code: code(libc::BPF_RET | libc::BPF_K), jt: 0, jf: 0, k: libc::SECCOMP_RET_ERRNO | data },
        libc::sock_filter { code: code(libc::BPF_RET | libc::BPF_K), jt: 0, jf: 0, k: libc::SECCOMP_RET_ALLOW },
    ];
    let program = libc::sock_fprog { len: 4, filter: filter.as_ptr().cast_mut() };
    // SAFETY: this request takes numbers only. Without it, only root may set a filter.
    let set = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    assert_eq!(set, 0, "{}", io::Error::last_os_error());
    let (mode, flags) = (libc::SECCOMP_SET_MODE_FILTER, libc::SECCOMP_FILTER_FLAG_TSYNC);
    // SAFETY: the program and its instructions are valid during the call, which copies them.
    let set = unsafe { libc::syscall(libc::SYS_seccomp, mode, flags, &raw const program) };
    assert_eq!(set, 0, "{}", io::Error::last_os_error());
}
