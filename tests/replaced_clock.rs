//! A program in which a library has replaced libc's clock, as `libfaketime` does. Limits and waits
//! follow the kernel's clock.
#![allow(missing_docs, missing_debug_implementations, unsafe_code)]

use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, StartError, State, concurrent_object};
use concurrent_object_tests::deadline::wait_for;

concurrent_object::init_before_main!();

/// The seconds by which the replaced clock is ahead.
const AHEAD: i64 = 3600;

const SHORT: Duration = Duration::from_millis(30);
/// Longer than any limit here, but short enough that a failing test ends.
const LONG: Duration = Duration::from_secs(20);

/// Replaces libc's function in this program, for the standard library and for the children too.
///
/// # Safety
/// As for libc's function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: libc::clockid_t, time: *mut libc::timespec) -> libc::c_int {
    // SAFETY: the caller's pointer is passed on unchanged.
    let outcome = unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) };
    if outcome == 0 {
        // SAFETY: the kernel has just written to this address.
        unsafe { (*time).tv_sec += AHEAD };
    }
    outcome as libc::c_int
}

struct Sleeper;

#[concurrent_object]
impl Sleeper {
    pub fn new() -> Self {
        Self
    }

    pub fn late() -> Self {
        thread::sleep(LONG);
        Self
    }

    pub fn sleep(&self, time: Duration) {
        thread::sleep(time);
    }
}

#[test]
fn the_clock_is_replaced() {
    let mut kernels = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let mut libcs = kernels;
    // SAFETY: both pointers are to variables of this function.
    unsafe { libc::syscall(libc::SYS_clock_gettime, libc::CLOCK_MONOTONIC, &raw mut kernels) };
    // SAFETY: as above.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut libcs) };
    assert!(libcs.tv_sec >= kernels.tv_sec + AHEAD);
}

#[test]
fn limits_of_methods_and_of_the_queue_are_enforced() {
    let builder = SleeperProxy::builder("sleeper").slots(1).timeout(SHORT).cancel_grace(10 * SHORT);
    let sleeper = builder.queue_timeout(SHORT).start().expect("a child starts");
    let (running, waiting) = (sleeper.sleep(LONG), sleeper.sleep(LONG));
    assert!(matches!(waiting.wait(), Err(CallError::TimedOut { ran_for: Duration::ZERO, .. })));
    assert!(matches!(running.wait(), Err(CallError::TimedOut { killed: true, ran_for, .. }) if ran_for >= SHORT));
}

#[test]
fn a_constructors_limit_is_enforced() {
    let sleeper = SleeperProxy::builder("sleeper").ready_timeout(SHORT).start_late().expect("a child starts");
    wait_for("it is killed", || sleeper.handle().state() == State::Ended);
    assert!(matches!(sleeper.wait_until_ready(), Err(StartError::ConstructorTimedOut { .. })));
}

#[test]
fn a_wait_with_a_limit_ends_while_another_thread_waits() {
    let sleeper = SleeperProxy::builder("sleeper").grace(Duration::ZERO).start().expect("a child starts");
    let mut calls: Vec<_> = (0..3).map(|_| sleeper.sleep(LONG)).collect();
    thread::scope(|scope| {
        let waits: Vec<_> = calls.iter_mut().map(|call| scope.spawn(|| call.wait_timeout(10 * SHORT))).collect();
        assert!(waits.into_iter().all(|wait| wait.join().expect("no panic").is_none()), "before the child answered");
    });
    assert!(sleeper.handle().is_alive());
}
