//! Interrupt and termination, which reach a whole group of processes: a fresh child must not die of them before it can say
//! that what they mean is its parent's to decide.
//!
//! Knows which signals these are. Invariant: the parent's mask is what it was when `held_back` returns; no signal is lost,
//! since what comes meanwhile goes to another thread or waits.

use std::ffi::c_int;

use super::background;
use super::signal_mask::Mask;

/// Those that are left to the parent.
pub(super) const INTERRUPTS: [c_int; 2] = [libc::SIGINT, libc::SIGTERM];

/// Makes a process: it begins with these signals blocked, and besides them with those that the program has blocked here. A thread of the
/// library blocks more than that, which is not for the process to inherit.
pub(super) fn held_back<T>(work: impl FnOnce() -> T) -> T {
    let mut mask = background::mask_for_processes();
    INTERRUPTS.into_iter().for_each(|signal| mask.add(signal));
    mask.alone_during(work)
}

/// In the child, when it has handlers.
pub(super) fn let_through() {
    Mask::of(&INTERRUPTS).unblock();
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
        held_back(|| {
            let_through();
            assert!(!are_blocked());
        });
    }
}
