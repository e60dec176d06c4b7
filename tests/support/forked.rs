//! Runs code in a forked copy of this process.
#![allow(unsafe_code)]

use rustix::process::{Pid, WaitOptions, waitpid};

/// The exit code of a copy whose checks all passed.
const FINE: i32 = 77;

/// Runs `body` in a forked copy of this process, and fails if it returns an error.
///
/// The copy has only the calling thread. So `body` must not use what another thread may have
/// locked, such as the standard streams.
///
/// # Panics
/// If the copy fails. The copy has then written the reason to standard error.
#[track_caller]
pub fn in_forked_copy(body: impl FnOnce() -> Result<(), &'static str>) {
    // SAFETY: the caller keeps `body` from locks of other threads; the allocator handles forks
    // itself. The copy exits at the end of this block.
    let forked = unsafe { libc::fork() };
    if forked == 0 {
        // SAFETY: `alarm` has no precondition. It ends a copy that hangs.
        unsafe { libc::alarm(30) };
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
        let code = match outcome {
            Ok(Ok(())) => FINE,
            Ok(Err(failed)) => tell(failed),
            Err(_) => tell("a panic"),
        };
        // SAFETY: `_exit` has no precondition.
        unsafe { libc::_exit(code) }
    }
    let copy = Pid::from_raw(forked).expect("it was forked");
    let (_, status) = waitpid(Some(copy), WaitOptions::empty()).expect("it is ours").expect("it has ended");
    assert_eq!(status.exit_status(), Some(FINE), "the copy says above what went wrong: {status:?}");
}

fn tell(failed: &str) -> i32 {
    // SAFETY: the pointer and the length are those of the text. `write` takes no lock.
    unsafe { libc::write(2, failed.as_ptr().cast(), failed.len()) };
    1
}

/// Returns `what` as an error unless `holds`.
///
/// # Errors
/// If the condition does not hold.
pub fn check(holds: bool, what: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(what) }
}
