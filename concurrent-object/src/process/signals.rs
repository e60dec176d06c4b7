//! Signals that reach a whole group of processes: what they mean is the parent's to decide. A child's handler for them does nothing.
//!
//! Ignoring them would not do, because programs that the object starts would inherit that. A process that the object *forks* inherits the
//! handler. There the signal must do what it does by default: those who make worker processes end them with SIGTERM.
//!
//! Knows which signals these are, and the process that is the child. Invariant: the parent's mask is what it was when `held_back`
//! returns; no signal is lost, since what comes meanwhile goes to another thread or waits.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicI32, Ordering};

use super::background;
use super::signal_mask::Mask;

/// Those that are left to the parent: of a closed terminal, of its keys, and of whoever ends a group.
pub(crate) const INTERRUPTS: [c_int; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];

/// The child. Processes that it forks are others.
static CHILD: AtomicI32 = AtomicI32::new(0);

/// What a process begins with blocked: these signals, and those that the program has blocked here. A thread of the library blocks more
/// than that, which is not for the process to inherit.
pub(crate) fn mask_of_children() -> Mask {
    let mut mask = background::mask_for_processes();
    INTERRUPTS.into_iter().for_each(|signal| mask.add(signal));
    mask
}

/// Makes a process that inherits this mask.
pub(crate) fn held_back<T>(work: impl FnOnce() -> T) -> T {
    mask_of_children().alone_during(work)
}

/// In the child: from now on these signals do nothing in this process. One that is ignored stays so, as `nohup` wants it.
pub(crate) fn leave_to_the_parent() {
    CHILD.store(own_id(), Ordering::Relaxed);
    for signal in INTERRUPTS {
        if handler_of(signal) != libc::SIG_IGN {
            set_handler(signal, left_to_the_parent as *const () as libc::sighandler_t);
        }
    }
    Mask::of(&INTERRUPTS).unblock();
}

/// Async-signal-safe: it only makes system calls.
extern "C" fn left_to_the_parent(signal: c_int) {
    if own_id() != CHILD.load(Ordering::Relaxed) {
        set_handler(signal, libc::SIG_DFL);
        // It is blocked until this handler returns, and does then what it does by default.
        // SAFETY: `raise` may be called in a handler.
        unsafe { libc::raise(signal) };
    }
}

fn own_id() -> c_int {
    // SAFETY: `getpid` has no precondition, and may be called in a handler.
    unsafe { libc::getpid() }
}

fn handler_of(signal: c_int) -> libc::sighandler_t {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: nothing is set, and there is room for the present action.
    unsafe { libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) };
    // SAFETY: the call filled it in; if it failed, all zero is a valid action.
    unsafe { action.assume_init() }.sa_sigaction
}

pub(crate) fn set_handler(signal: c_int, handler: libc::sighandler_t) {
    // SAFETY: all zero is a valid `sigaction`: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler;
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: the action is filled in, and the handlers of this folder are safe in any context. It cannot fail for a signal that may
    // be caught.
    unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_blocked() -> bool {
        let mask = Mask::of_this_thread();
        INTERRUPTS.iter().all(|&signal| mask.has(signal))
    }

    #[test]
    fn the_mask_is_what_it_was() {
        assert!(!are_blocked());
        assert!(held_back(are_blocked));
        assert!(!are_blocked());
        assert!(held_back(|| held_back(are_blocked) && are_blocked()));
    }
}
