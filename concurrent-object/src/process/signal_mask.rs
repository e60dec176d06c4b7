//! The signals that a thread has blocked.
//!
//! Knows one thread's mask. Invariant: after `blocked_during` the calling thread's mask is what it was; a signal that came meanwhile
//! went to another thread, or comes now.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::{fmt, ptr};

use libc::sigset_t;

/// What the kernel sends a thread for what it did itself. Blocked, they end the process without calling a handler.
const FAULTS: [c_int; 6] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP, libc::SIGSYS];

/// The largest number of a signal that the kernel knows.
const LAST: c_int = 64;

/// A set of signals.
#[derive(Clone, Copy)]
pub(crate) struct Mask(sigset_t);

impl Mask {
    /// These signals.
    pub(crate) fn of(signals: &[c_int]) -> Self {
        let mut room = MaybeUninit::uninit();
        // SAFETY: there is room for a set, which the call fills in.
        unsafe { libc::sigemptyset(room.as_mut_ptr()) };
        // SAFETY: the call above filled it in.
        let mut mask = Self(unsafe { room.assume_init() });
        signals.iter().for_each(|&signal| mask.add(signal));
        mask
    }

    /// All signals that can be meant for another thread.
    pub(crate) fn all_but_faults() -> Self {
        let mut room = MaybeUninit::uninit();
        // SAFETY: there is room for a set, which the call fills in.
        unsafe { libc::sigfillset(room.as_mut_ptr()) };
        // SAFETY: the call above filled it in.
        let mut mask = Self(unsafe { room.assume_init() });
        for signal in FAULTS {
            // SAFETY: the set is one, and this is a signal.
            unsafe { libc::sigdelset(&raw mut mask.0, signal) };
        }
        mask
    }

    /// Those that the calling thread has blocked.
    pub(crate) fn of_this_thread() -> Self {
        let mut mask = Self::of(&[]);
        // SAFETY: no mask is set, and there is room for the present one.
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, ptr::null(), &raw mut mask.0) };
        mask
    }

    pub(crate) fn add(&mut self, signal: c_int) {
        // SAFETY: the set is one; what is no signal is an error and changes nothing.
        unsafe { libc::sigaddset(&raw mut self.0, signal) };
    }

    pub(crate) fn has(&self, signal: c_int) -> bool {
        // SAFETY: the set is one, and the call reads it.
        unsafe { libc::sigismember(&raw const self.0, signal) == 1 }
    }

    /// The set as the C library takes it.
    pub(crate) fn as_raw(&self) -> &sigset_t {
        &self.0
    }

    /// Does something while the calling thread has these signals blocked as well.
    pub(crate) fn blocked_during<T>(self, work: impl FnOnce() -> T) -> T {
        self.applied_during(libc::SIG_BLOCK, work)
    }

    /// Does something while the calling thread has these signals blocked and no others.
    pub(crate) fn alone_during<T>(self, work: impl FnOnce() -> T) -> T {
        self.applied_during(libc::SIG_SETMASK, work)
    }

    fn applied_during<T>(self, how: c_int, work: impl FnOnce() -> T) -> T {
        let mut before = Self::of(&[]);
        // SAFETY: the set is one, and there is room for the mask that this thread has.
        let failed = unsafe { libc::pthread_sigmask(how, &raw const self.0, &raw mut before.0) };
        let made = work();
        if failed == 0 {
            // SAFETY: the call above filled it in, since it did not fail.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before.0, ptr::null_mut()) };
        }
        made
    }

    /// The calling thread no longer blocks these signals.
    pub(crate) fn unblock(self) {
        // SAFETY: the set is one; the mask before is not asked for.
        unsafe { libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const self.0, ptr::null_mut()) };
    }

    fn signals(&self) -> impl Iterator<Item = c_int> {
        (1..=LAST).filter(|&signal| self.has(signal))
    }
}

/// Bytes of a set beyond the signals mean nothing.
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
