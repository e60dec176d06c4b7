//! The set of signals that a thread has blocked.
//!
//! Knows one thread's mask. Invariant: after `blocked_during` the calling thread has the mask that
//! it had before. A signal that came in between went to another thread, or is delivered now.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::{fmt, ptr};

use libc::sigset_t;

/// The signals that the kernel sends a thread for a fault that the thread caused. If the thread
/// blocks one, the fault ends the process without a call of the handler.
const FAULTS: [c_int; 6] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP, libc::SIGSYS];

/// The highest signal number of the kernel.
const LAST: c_int = 64;

/// A set of signals.
#[derive(Clone, Copy)]
pub(crate) struct Mask(sigset_t);

impl Mask {
    /// Returns a set of these signals.
    pub(crate) fn of(signals: &[c_int]) -> Self {
        let mut room = MaybeUninit::uninit();
        // SAFETY: there is room for a set, which the call initialises.
        unsafe { libc::sigemptyset(room.as_mut_ptr()) };
        // SAFETY: `sigemptyset` initialised the set.
        let mut mask = Self(unsafe { room.assume_init() });
        signals.iter().for_each(|&signal| mask.add(signal));
        mask
    }

    /// Returns all signals except those of faults, which cannot go to another thread.
    pub(crate) fn all_but_faults() -> Self {
        let mut room = MaybeUninit::uninit();
        // SAFETY: there is room for a set, which the call initialises.
        unsafe { libc::sigfillset(room.as_mut_ptr()) };
        // SAFETY: `sigfillset` initialised the set.
        let mut mask = Self(unsafe { room.assume_init() });
        for signal in FAULTS {
            // SAFETY: the set is initialised, and the number is a signal.
            unsafe { libc::sigdelset(&raw mut mask.0, signal) };
        }
        mask
    }

    /// Returns the signals that the calling thread has blocked.
    pub(crate) fn of_this_thread() -> Self {
        let mut mask = Self::of(&[]);
        // SAFETY: the call sets no mask, and there is room for the present one.
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, ptr::null(), &raw mut mask.0) };
        mask
    }

    pub(crate) fn add(&mut self, signal: c_int) {
        // SAFETY: `of` initialised the set; a number that is no signal is an error and changes
        // nothing.
        unsafe { libc::sigaddset(&raw mut self.0, signal) };
    }

    pub(crate) fn has(&self, signal: c_int) -> bool {
        // SAFETY: the set is initialised, and the call only reads it.
        unsafe { libc::sigismember(&raw const self.0, signal) == 1 }
    }

    /// Returns the set in the form that the C library takes.
    pub(crate) fn as_raw(&self) -> &sigset_t {
        &self.0
    }

    /// Runs `work` while the calling thread has these signals blocked in addition to its own.
    pub(crate) fn blocked_during<T>(self, work: impl FnOnce() -> T) -> T {
        self.applied_during(libc::SIG_BLOCK, work)
    }

    /// Runs `work` while the calling thread has exactly these signals blocked.
    pub(crate) fn alone_during<T>(self, work: impl FnOnce() -> T) -> T {
        self.applied_during(libc::SIG_SETMASK, work)
    }

    fn applied_during<T>(self, how: c_int, work: impl FnOnce() -> T) -> T {
        let mut before = Self::of(&[]);
        // SAFETY: both sets are initialised; the call writes the present mask into the second.
        let failed = unsafe { libc::pthread_sigmask(how, &raw const self.0, &raw mut before.0) };
        let made = work();
        if failed == 0 {
            // SAFETY: the call above wrote the previous mask into the set, since it did not fail.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before.0, ptr::null_mut()) };
        }
        made
    }

    /// Unblocks these signals for the calling thread.
    pub(crate) fn unblock(self) {
        // SAFETY: the set is initialised; the call does not write the previous mask.
        unsafe { libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const self.0, ptr::null_mut()) };
    }

    fn signals(&self) -> impl Iterator<Item = c_int> {
        (1..=LAST).filter(|&signal| self.has(signal))
    }
}

/// Compares only signal numbers: other bytes of a set have no meaning.
impl PartialEq for Mask {
    fn eq(&self, other: &Self) -> bool {
        self.signals().eq(other.signals())
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.signals()).finish()
    }
}
