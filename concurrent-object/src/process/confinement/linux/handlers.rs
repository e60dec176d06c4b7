//! The signal handlers with which a child reports of what it dies.
//!
//! Problem: an allocation that fails under a memory limit aborts the process, and no panic hook
//! runs. Way here: the handler of SIGABRT looks for two traces of a failed allocation, and writes a
//! word of shared memory. Then the abort goes on. The traces are the thread's `errno`, and a return
//! address in `handle_alloc_error` on its stack. The Rust runtime prints a message before it
//! aborts. If that fails, as on a full disk, it overwrites `errno`. Code in C has no such return
//! address.
//!
//! Knows signals and the violation record. Invariant: a handler makes system calls and stores
//! words. It neither allocates nor locks.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

use super::alloc_error;
use crate::process::confinement::record::{self, NO_MEMORY, WORDS};

/// The violation record of this process.
static RECORD: AtomicPtr<AtomicU64> = AtomicPtr::new(ptr::null_mut());

/// Lets the handlers write to this record, which must stay mapped until the process ends.
pub(in crate::process::confinement) fn keep(words: &[AtomicU64]) {
    assert_eq!(words.len(), WORDS, "the record has a fixed size");
    RECORD.store(words.as_ptr().cast_mut(), Ordering::Release);
}

/// Returns the record, if there is one.
pub(in crate::process::confinement) fn record() -> Option<&'static [AtomicU64]> {
    let first = RECORD.load(Ordering::Acquire);
    // SAFETY: `keep` got a slice of this length, of memory that stays mapped until the process
    // ends. All accesses to it are atomic.
    (!first.is_null()).then(|| unsafe { std::slice::from_raw_parts(first, WORDS) })
}

/// Makes an abort for lack of memory leave its reason in the record.
pub(in crate::process::confinement) fn report_aborts(words: &[AtomicU64]) {
    keep(words);
    handle(libc::SIGABRT, on_abort);
}

/// A handler with the kernel's description of the signal.
pub(super) type Handler = extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void);

/// Sets a handler that runs on the alternate stack, if the thread has one.
pub(in crate::process::confinement) fn handle(signal: c_int, handler: Handler) {
    // SAFETY: all zero is a valid `sigaction`: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as *const () as libc::sighandler_t;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
    // SAFETY: the action is filled in, and its handler is safe in any context.
    unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
}

/// Returns where the C library keeps this thread's `errno`.
pub(in crate::process::confinement) fn errno() -> *mut c_int {
    // SAFETY: the function has no precondition.
    unsafe { libc::__errno_location() }
}

extern "C" fn on_abort(_signal: c_int, _info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: `errno` returns the address of a number of this thread.
    let errno = unsafe { *errno() };
    if (errno == libc::ENOMEM || alloc_error::is_on_stack(context))
        && let Some(words) = record()
    {
        record::write(words, NO_MEMORY, 0, [0; 6]);
    }
}
