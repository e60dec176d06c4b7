//! What a forked copy of this process does.
#![allow(unsafe_code)]

use rustix::process::{Pid, WaitOptions, waitpid};

/// What the copy exits with if all was as it should be.
const FINE: i32 = 77;

/// Runs the body in a forked copy of this process, and fails if it does not return true. The copy has only this thread,
/// so the body must not use what another thread may have locked, such as the standard streams.
///
/// # Panics
/// If the copy fails; it has said why.
#[track_caller]
pub fn in_forked_copy(body: impl FnOnce() -> Result<(), &'static str>) {
    // SAFETY: the copy runs the body, which keeps to the above (the allocator takes care of forks itself), and exits.
    let forked = unsafe { libc::fork() };
    if forked == 0 {
        // SAFETY: `alarm` has no precondition: a copy that hangs dies.
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
    // SAFETY: the bytes are those of the text; descriptor 2 is written without any lock.
    unsafe { libc::write(2, failed.as_ptr().cast(), failed.len()) };
    1
}

/// Names what does not hold.
///
/// # Errors
/// If it does not.
pub fn check(holds: bool, what: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(what) }
}
