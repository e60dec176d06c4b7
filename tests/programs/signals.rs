//! A program that waits for a signal on its main thread, while every kind of the library's threads
//! runs. Its first argument is the signal.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::ptr;
use std::time::Duration;

use concurrent_object::{ChildStdio, RestartPolicy, concurrent_object};

/// Blocks a signal on this thread, sends it to the whole process, and waits for it.
fn take(signal: c_int) -> c_int {
    // SAFETY: a zeroed set is an empty set.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: the set is initialized, and `signal` is a signal.
    unsafe { libc::sigaddset(&raw mut set, signal) };
    // SAFETY: the set is initialized; the previous mask is not requested.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, ptr::null_mut()) };
    // SAFETY: sending a signal touches no memory.
    unsafe { libc::kill(std::process::id().cast_signed(), signal) };
    let mut taken = 0;
    // SAFETY: the set is initialized, and there is room for the number.
    unsafe { libc::sigwait(&raw const set, &raw mut taken) };
    taken
}

struct Waiter;

#[concurrent_object]
impl Waiter {
    pub fn new() -> Self {
        Self
    }

    pub fn take(&self, signal: i32) -> i32 {
        take(signal)
    }

    pub fn status_of_a_program(&self) -> String {
        let output = std::process::Command::new("cat").arg("/proc/self/status").output().expect("it runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// Whether the arguments ask this program to ignore SIGHUP, as under `nohup`.
fn is_nohup() -> bool {
    std::env::args().nth(2).is_some_and(|argument| argument == "nohup")
}

fn main() {
    concurrent_object::init();
    if is_nohup() {
        // SAFETY: no handler is installed.
        unsafe { libc::signal(libc::SIGHUP, libc::SIG_IGN) };
    }
    let signal = std::env::args().nth(1).and_then(|text| text.parse().ok()).expect("a signal");
    let waiter = WaiterProxy::builder("waiter")
        .timeout(Duration::from_secs(30))
        .restart(RestartPolicy::on_death())
        .stderr(ChildStdio::Lines)
        .start()
        .expect("start");
    waiter.wait_until_ready().expect("ready");
    if is_nohup() {
        return print!("{}", waiter.status_of_a_program().wait().expect("alive"));
    }
    println!("{} {}", take(signal), waiter.take(signal).wait().expect("alive"));
}
