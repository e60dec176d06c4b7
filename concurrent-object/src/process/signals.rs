//! Interrupt signals in a child: the parent decides what they mean, so the child's handler does
//! nothing.
//!
//! A terminal sends such a signal to a whole group of processes. The child must not ignore the
//! signal instead: programs that the object executes would ignore it too. A process that the object
//! *forks* inherits the handler. There the signal must have its default action, because programs
//! with worker processes end them with SIGTERM.
//!
//! Knows which signals these are, and which process is the child. Invariants: the parent's mask is
//! unchanged when `held_back` returns. No signal is lost: one that comes in between goes to another
//! thread or waits.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicI32, Ordering};

use super::background;
use super::signal_mask::Mask;

/// The signals that the child leaves to the parent. They come from a closed terminal, from the
/// terminal's keys, or from a process that ends a group.
pub(crate) const INTERRUPTS: [c_int; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];

/// The child's process id. Processes that it forks have another.
static CHILD: AtomicI32 = AtomicI32::new(0);

/// Returns the signal mask that a child begins with: these signals, and those that the program has
/// blocked. A thread of the library blocks more signals, which the child must not inherit.
pub(crate) fn mask_of_children() -> Mask {
    let mut mask = background::mask_for_processes();
    INTERRUPTS.into_iter().for_each(|signal| mask.add(signal));
    mask
}

/// Runs `work`, which spawns a process that inherits this mask.
pub(crate) fn held_back<T>(work: impl FnOnce() -> T) -> T {
    mask_of_children().alone_during(work)
}

/// Child: makes these signals do nothing in this process. A signal that is ignored stays ignored,
/// as `nohup` needs it.
pub(crate) fn leave_to_the_parent() {
    CHILD.store(own_id(), Ordering::Relaxed);
    for signal in INTERRUPTS {
        if handler_of(signal) != libc::SIG_IGN {
            set_handler(signal, left_to_the_parent as *const () as libc::sighandler_t);
        }
    }
    Mask::of(&INTERRUPTS).unblock();
}

/// The handler. It is async-signal-safe: it only makes system calls.
extern "C" fn left_to_the_parent(signal: c_int) {
    if own_id() != CHILD.load(Ordering::Relaxed) {
        set_handler(signal, libc::SIG_DFL);
        // The signal is blocked until this handler returns. Then it has its default action.
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
    // SAFETY: no action is set, and there is room for the present one.
    unsafe { libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) };
    // SAFETY: the call filled it in; if the call failed, all zero is a valid action.
    unsafe { action.assume_init() }.sa_sigaction
}

pub(crate) fn set_handler(signal: c_int, handler: libc::sighandler_t) {
    // SAFETY: all zero is a valid `sigaction`: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler;
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: the action is filled in, and the handlers of this crate are safe in any context. The
    // call cannot fail for a signal that a process may handle.
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
