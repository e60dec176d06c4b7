//! Signal masks of the calling thread.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::ptr;

/// Blocks all signals of this thread that can be blocked.
pub fn block_all_signals() {
    let mut set = MaybeUninit::uninit();
    // SAFETY: there is room for the set, which the call fills in.
    unsafe { libc::sigfillset(set.as_mut_ptr()) };
    // SAFETY: the set is filled in; no old set is asked for.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), ptr::null_mut()) };
}
