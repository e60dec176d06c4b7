//! A timer of processor time that ends the process.
//!
//! Problem: the kernel's limit of processor time counts whole seconds. Way: a timer of the
//! process's clock sends the signal of that limit, SIGXCPU, when the exact time is used. The
//! kernel's limit stays as the second guard.
//!
//! Knows the C library's timers.
#![allow(unsafe_code)]

use std::io;
use std::mem::{self, MaybeUninit};
use std::ptr;
use std::time::Duration;

/// Sends this process SIGXCPU when it has used this much processor time since its start.
pub(super) fn arm(time: Duration) -> io::Result<()> {
    let timer = create()?;
    // SAFETY: all zero is a value of this record of numbers.
    let mut setting: libc::itimerspec = unsafe { mem::zeroed() };
    setting.it_value.tv_sec = i32::try_from(time.as_secs()).unwrap_or(i32::MAX).into();
    setting.it_value.tv_nsec = time.subsec_nanos().into();
    // SAFETY: `create` has made the timer; the setting outlives the call.
    match unsafe { libc::timer_settime(timer, libc::TIMER_ABSTIME, &raw const setting, ptr::null_mut()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

fn create() -> io::Result<libc::timer_t> {
    // SAFETY: all zero is a value of this record of numbers and null pointers.
    let mut event: libc::sigevent = unsafe { mem::zeroed() };
    event.sigev_notify = libc::SIGEV_SIGNAL;
    event.sigev_signo = libc::SIGXCPU;
    let mut timer = MaybeUninit::uninit();
    // SAFETY: the event is filled in, and there is room for the timer.
    let result = unsafe { libc::timer_create(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut event, timer.as_mut_ptr()) };
    match result {
        // SAFETY: the call above returned 0, so it has made the timer.
        0 => Ok(unsafe { timer.assume_init() }),
        _ => Err(io::Error::last_os_error()),
    }
}
