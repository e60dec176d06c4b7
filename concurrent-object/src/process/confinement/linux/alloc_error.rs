//! Finds out whether an interrupted thread is handling a failed allocation of Rust code.
//!
//! `handle_alloc_error` never returns. So a return address in it, on the stack of a thread that
//! aborts, says that an allocation has failed. A debugger finds it in the same way. Unwinding would
//! be exact, but it may lock or allocate, and a signal handler must not.
//!
//! Knows the registers of each architecture. Invariant: reads mapped memory only.
#![allow(unsafe_code)]

use std::alloc::handle_alloc_error;
use std::ffi::c_void;
use std::ptr;

/// How much of the stack is searched, in bytes: the frames of the abort, and of the runtime's
/// message before it.
const SEARCHED: usize = 4096;

/// The function consists of one call. So its return address is at most this many bytes behind its
/// start.
const LONGEST_CODE: usize = 64;

const PAGE: usize = 4096;

/// Whether a return address in `handle_alloc_error` is near the top of the interrupted stack.
/// Async-signal-safe. `context`: as the kernel passes it to a handler.
pub(super) fn is_on_stack(context: *const c_void) -> bool {
    let Some(top) = stack_pointer(context) else { return false };
    let last = (top + SEARCHED).min(end_of_mapped(top));
    let words = (top.next_multiple_of(size_of::<usize>())..last.saturating_sub(size_of::<usize>() - 1))
        .step_by(size_of::<usize>());
    let code = handle_alloc_error as *const () as usize;
    words.into_iter().any(|at| {
        // SAFETY: the address is aligned, and lies on the stack of this thread or behind it, in a
        // page that `end_of_mapped` has found to be mapped.
        let word = unsafe { ptr::with_exposed_provenance::<usize>(at).read_volatile() };
        (code..code + LONGEST_CODE).contains(&word)
    })
}

/// Returns the end of the mapped pages from this address on, at most two pages further.
fn end_of_mapped(address: usize) -> usize {
    let page = address / PAGE * PAGE;
    let mut residence = [0_u8; 2];
    // SAFETY: the kernel writes one byte for each page, and fails if one is not mapped.
    let result = unsafe {
        libc::mincore(ptr::with_exposed_provenance_mut(page), residence.len() * PAGE, residence.as_mut_ptr().cast())
    };
    // The page of the stack pointer itself is in use.
    page + if result == 0 { 2 * PAGE } else { PAGE }
}

/// Returns the stack pointer of the interrupted code.
fn stack_pointer(context: *const c_void) -> Option<usize> {
    let context: *const libc::ucontext_t = context.cast();
    if context.is_null() {
        return None;
    }
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the kernel passes a handler with SA_SIGINFO a context of this type.
    let pointer = usize::try_from(unsafe { (*context).uc_mcontext.gregs[libc::REG_RSP as usize] }).ok();
    #[cfg(target_arch = "aarch64")]
    // SAFETY: the kernel passes a handler with SA_SIGINFO a context of this type.
    let pointer = usize::try_from(unsafe { (*context).uc_mcontext.sp }).ok();
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let pointer = None;
    pointer
}
