//! Interrupt and termination, which reach a whole group of processes: a fresh child must not die of them before it can say
//! that what they mean is its parent's to decide.
//!
//! Knows the signal mask of the calling thread. Invariant: the parent's is what it was when `held_back` returns; none is lost,
//! since what comes meanwhile goes to another thread or waits.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;

use libc::sigset_t;

/// Those that are left to the parent.
pub(super) const INTERRUPTS: [c_int; 2] = [libc::SIGINT, libc::SIGTERM];

/// Does something that makes a process: it begins with these signals blocked, as this thread has them meanwhile.
pub(super) fn held_back<T>(work: impl FnOnce() -> T) -> T {
    let (set, mut before) = (set(), MaybeUninit::uninit());
    // SAFETY: the set is one, and there is room for the mask that this thread has.
    let failed = unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, before.as_mut_ptr()) };
    let made = work();
    if failed == 0 {
        // SAFETY: the call above filled it in, since it did not fail.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut()) };
    }
    made
}

/// In the child, when it has handlers.
pub(super) fn let_through() {
    let set = set();
    // SAFETY: the set is one; the mask before is not asked for.
    unsafe { libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const set, ptr::null_mut()) };
}

fn set() -> sigset_t {
    let mut room = MaybeUninit::uninit();
    // SAFETY: there is room for a set.
    unsafe { libc::sigemptyset(room.as_mut_ptr()) };
    for signal in INTERRUPTS {
        // SAFETY: it was made a set above, and these are signals.
        unsafe { libc::sigaddset(room.as_mut_ptr(), signal) };
    }
    // SAFETY: as above.
    unsafe { room.assume_init() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_blocked() -> bool {
        let mut mask = MaybeUninit::uninit();
        // SAFETY: no mask is set, and there is room for the one that this thread has.
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, ptr::null(), mask.as_mut_ptr()) };
        // SAFETY: the call above filled it in.
        INTERRUPTS.iter().all(|&signal| unsafe { libc::sigismember(mask.as_ptr(), signal) } == 1)
    }

    #[test]
    fn the_mask_is_what_it_was() {
        assert!(!are_blocked());
        assert!(held_back(are_blocked));
        assert!(!are_blocked());
        assert!(held_back(|| held_back(are_blocked) && are_blocked()));
        held_back(|| {
            let_through();
            assert!(!are_blocked());
        });
    }
}
