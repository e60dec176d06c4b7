//! What the C library is asked.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io;
use std::mem::{self, MaybeUninit};
use std::os::fd::AsRawFd;
use std::ptr;

/// Returns the local hour of a fixed time.
pub fn local_time() -> Option<i32> {
    let (time, mut local) = (1_700_000_000_i64, MaybeUninit::<libc::tm>::uninit());
    // SAFETY: there is room for the result, and the time outlives the call.
    let result = unsafe { libc::localtime_r(&raw const time, local.as_mut_ptr()) };
    // SAFETY: the call has filled in the record if it returned a pointer.
    (!result.is_null()).then(|| unsafe { local.assume_init() }.tm_hour)
}

/// Returns the size of an open file.
pub fn size_of(file: &File) -> Option<i64> {
    let mut status = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: there is room for the status.
    let result = unsafe { libc::fstat(file.as_raw_fd(), status.as_mut_ptr()) };
    // SAFETY: the call has filled in the record if it returned 0.
    (result == 0).then(|| unsafe { status.assume_init() }.st_size)
}

/// Whether the system knows a user with this id.
pub fn user_is_known(id: u32) -> bool {
    // SAFETY: no other thread of the child looks up users.
    !unsafe { libc::getpwuid(id) }.is_null()
}

/// Maps memory that can be executed, and unmaps it.
pub fn executable_memory() -> io::Result<()> {
    let (protection, flags) = (libc::PROT_READ | libc::PROT_EXEC, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: the mapping is a new one.
    let address = unsafe { libc::mmap(ptr::null_mut(), 4096, protection, flags, -1, 0) };
    if address == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the mapping is this function's own.
    unsafe { libc::munmap(address, 4096) };
    Ok(())
}

/// Binds this thread to the first processor.
pub fn bind_to_first_processor() -> io::Result<()> {
    // SAFETY: all zero is an empty set.
    let mut set: libc::cpu_set_t = unsafe { mem::zeroed() };
    // SAFETY: 0 is within the set.
    unsafe { libc::CPU_SET(0, &mut set) };
    // SAFETY: the set outlives the call.
    let result = unsafe { libc::sched_setaffinity(0, size_of_val(&set), &raw const set) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Loads a library that the program is not linked to.
pub fn load(name: &str) -> Result<String, String> {
    let name = CString::new(name).expect("no zero byte");
    // SAFETY: the library is one of the C library's, whose initialisers are harmless.
    if !unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW) }.is_null() {
        return Ok("loaded".into());
    }
    // SAFETY: the function has no precondition.
    let text = unsafe { libc::dlerror() };
    // SAFETY: after a failure there is a text, which ends with a zero byte.
    Err(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}
