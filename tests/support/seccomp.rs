//! Makes the kernel deny one system call to this process and its descendants.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_long, c_uint};
use std::io;

/// An argument of a system call: its position, the bits that count, and their value.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// The position, from 0.
    pub at: u32,
    /// The bits that count, of the lower 32.
    pub mask: u32,
    /// The value of these bits.
    pub value: u32,
}

/// Makes this system call fail with `errno` from now on, in all threads and in all processes that
/// they create. This cannot be undone.
///
/// # Panics
/// If the kernel rejects the filter.
pub fn deny(call: c_long, errno: c_int) {
    // Every number has these bits.
    deny_argument(call, Argument { at: 0, mask: 0, value: 0 }, errno);
}

/// Does the same, but only for calls with this argument.
///
/// # Panics
/// If the kernel rejects the filter.
pub fn deny_argument(call: c_long, argument: Argument, errno: c_int) {
    let call = u32::try_from(call).expect("a system call's number");
    let data = libc::SECCOMP_RET_DATA & errno.unsigned_abs();
    let step = |bits: c_uint, jf: u8, k: u32| {
        let code = u16::try_from(bits).expect("an instruction");
        libc::sock_filter { code, jt: 0, jf, k }
    };
    let load = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
    let unless_equal = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
    // The number of the system call is the first field of a filter's input. The arguments begin
    // after 16 bytes; the lower half of each comes first.
    let filter = [
        step(load, 0, 0),
        step(unless_equal, 4, call),
        step(load, 0, 16 + 8 * argument.at),
        step(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, 0, argument.mask),
        step(unless_equal, 1, argument.value),
        step(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ERRNO | data),
        step(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut() };
    // SAFETY: this request takes only numbers. It lets a process that is not root set a filter.
    let set = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    assert_eq!(set, 0, "{}", io::Error::last_os_error());
    let (mode, flags) = (libc::SECCOMP_SET_MODE_FILTER, libc::SECCOMP_FILTER_FLAG_TSYNC);
    // SAFETY: the program and its instructions are valid during the call, and the kernel copies
    // them.
    let set = unsafe { libc::syscall(libc::SYS_seccomp, mode, flags, &raw const program) };
    assert_eq!(set, 0, "{}", io::Error::last_os_error());
}
