//! The processor time of a process.
//!
//! Knows the clocks of processes.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::time::Duration;

/// Returns the processor time that a process has used; `None` if there is no such process.
pub(crate) fn cpu_time(pid: u32) -> Option<Duration> {
    let (mut clock, mut time) = (MaybeUninit::uninit(), MaybeUninit::<libc::timespec>::uninit());
    // SAFETY: there is room for the clock's id.
    if unsafe { libc::clock_getcpuclockid(pid.cast_signed(), clock.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: the call above returned 0, so it has filled in the id.
    let clock = unsafe { clock.assume_init() };
    // SAFETY: there is room for the time.
    if unsafe { libc::clock_gettime(clock, time.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: the call above returned 0, so it has filled in the time.
    let time = unsafe { time.assume_init() };
    Some(Duration::new(time.tv_sec.try_into().ok()?, time.tv_nsec.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_grows_and_a_process_that_is_none_has_no_time() {
        let time = || cpu_time(std::process::id()).expect("it runs");
        let before = time();
        while time() < before + Duration::from_millis(5) {
            std::hint::spin_loop();
        }
        // Ids end at 2^22.
        assert_eq!(cpu_time(1 << 23), None);
    }
}
