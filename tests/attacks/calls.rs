//! Raw system calls, as code makes them that was taken over.
#![allow(unsafe_code)]

use std::ffi::{CString, c_int};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::Outcome;

/// Makes a system call with these arguments.
pub fn call(number: i64, arguments: [usize; 6]) -> Outcome {
    match result_of(number, arguments) {
        Ok(_) => Outcome::Done,
        Err(errno) => Outcome::Refused(errno),
    }
}

/// Returns the result of a system call, or its error number.
pub fn result_of(number: i64, [a, b, c, d, e, f]: [usize; 6]) -> Result<i64, i32> {
    // SAFETY: the attacks pass pointers to memory of their own which outlives the call, null, or
    // addresses that the kernel checks.
    let result = unsafe { libc::syscall(number, a, b, c, d, e, f) };
    if result == -1 { Err(io::Error::last_os_error().raw_os_error().unwrap_or(0)) } else { Ok(result) }
}

/// Returns the outcome of an operation of the standard library.
pub fn outcome<T>(result: io::Result<T>) -> Outcome {
    match result {
        Ok(_) => Outcome::Done,
        Err(error) => Outcome::Refused(error.raw_os_error().unwrap_or(0)),
    }
}

/// Makes a system call whose argument of this position is a path.
pub fn call_with_path(number: i64, path: &Path, at: usize, mut arguments: [usize; 6]) -> Outcome {
    let path = CString::new(path.as_os_str().as_bytes()).expect("no zero byte");
    arguments[at] = path.as_ptr() as usize;
    call(number, arguments)
}

/// Makes a process by this system call, which returns twice. The new process ends at once.
pub fn fork_by(number: i64, arguments: [usize; 6]) -> Outcome {
    match result_of(number, arguments) {
        Ok(0) => {
            // SAFETY: `_exit` has no precondition.
            unsafe { libc::_exit(0) }
        }
        Ok(process) => {
            reap(process.try_into().expect("an id"));
            Outcome::Done
        }
        Err(errno) => Outcome::Refused(errno),
    }
}

fn reap(process: c_int) {
    // SAFETY: no status is asked for.
    unsafe { libc::waitpid(process, std::ptr::null_mut(), 0) };
}

/// Makes the call `getpid` of the 32-bit architecture.
#[cfg(target_arch = "x86_64")]
pub fn call_of_32_bits() -> Outcome {
    let result: i64;
    // SAFETY: the call has no arguments, and changes the registers that are named.
    unsafe {
        std::arch::asm!(
            "int 0x80", inlateout("rax") 20_i64 => result,
            lateout("r8") _, lateout("r9") _, lateout("r10") _, lateout("r11") _
        );
    }
    if result > 0 { Outcome::Done } else { Outcome::Refused(libc::ENOSYS) }
}
