//! Turns a test that hangs into a failure that names the place.

use std::panic::{self, Location};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// A limit for anything that does not wait for something slow, even on a busy machine.
pub const SOON: Duration = Duration::from_secs(60);

/// Runs `body` on a thread of its own, and returns its result.
///
/// # Panics
/// If `body` panics, with the same payload. If `body` takes longer than `limit`, naming the place
/// of this call.
#[track_caller]
pub fn within<T: Send + 'static>(limit: Duration, body: impl FnOnce() -> T + Send + 'static) -> T {
    let place = Location::caller();
    let (done, finished) = mpsc::channel();
    let name = thread::current().name().unwrap_or("body").to_owned();
    let spawned = thread::Builder::new().name(name).spawn(move || {
        let value = body();
        // The receiver is gone if the limit ended first.
        drop(done.send(value));
    });
    let body = spawned.expect("a thread for the body");
    match finished.recv_timeout(limit) {
        Ok(value) => value,
        Err(RecvTimeoutError::Timeout) => panic!("hangs: {place} is not done after {limit:?}"),
        Err(RecvTimeoutError::Disconnected) => match body.join() {
            Err(payload) => panic::resume_unwind(payload),
            Ok(()) => unreachable!("a body that returns has sent its value"),
        },
    }
}

/// Waits until the condition holds.
///
/// # Panics
/// If the condition does not hold within [`SOON`], naming it and the place of this call.
#[track_caller]
pub fn wait_for(what: &str, condition: impl FnMut() -> bool) {
    wait_for_within(SOON, what, condition);
}

/// Waits until the condition holds, for at most `limit`.
///
/// # Panics
/// If the condition does not hold in time, naming it and the place of this call.
#[track_caller]
pub fn wait_for_within(limit: Duration, what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < limit, "in vain after {limit:?}: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}
