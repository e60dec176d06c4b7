//! Runs code in a forked copy of this process.
#![allow(unsafe_code)]

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

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
    forked(body).check();
}

/// A forked copy of this process.
#[derive(Debug)]
pub struct ForkedCopy(Pid);

impl ForkedCopy {
    /// Waits for the end of the copy.
    ///
    /// # Panics
    /// If the copy fails. The copy has then written the reason to standard error.
    #[track_caller]
    pub fn check(self) {
        let (_, status) = waitpid(Some(self.0), WaitOptions::empty()).expect("it is ours").expect("it has ended");
        assert_eq!(status.exit_status(), Some(FINE), "the copy says above what went wrong: {status:?}");
    }
}

/// Begins to run `body` in a forked copy of this process, as [`in_forked_copy`] does.
///
/// # Panics
/// If the process cannot be forked.
pub fn forked(body: impl FnOnce() -> Result<(), &'static str>) -> ForkedCopy {
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
    ForkedCopy(Pid::from_raw(forked).expect("it was forked"))
}

/// Runs `body` while another thread holds the lock with which the dynamic linker protects its list
/// of loaded files. A panic in `body` would block: its backtrace needs the lock.
pub fn with_linker_locked<T>(body: impl FnOnce() -> T) -> T {
    extern "C" fn hold(_: *mut libc::dl_phdr_info, _: usize, ends: *mut libc::c_void) -> libc::c_int {
        // SAFETY: `ends` is the pair below, which outlives the call.
        let (locked, end) = unsafe { &*ends.cast::<(Sender<()>, Receiver<()>)>() };
        locked.send(()).expect("awaited");
        // Returns once the other end is dropped.
        let _dropped = end.recv();
        1
    }
    let ((locked, is_locked), (end, is_over)) = (channel::<()>(), channel::<()>());
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut ends = (locked, is_over);
            // SAFETY: `hold` has the required signature, and gets the address of the pair.
            unsafe { libc::dl_iterate_phdr(Some(hold), (&raw mut ends).cast()) };
        });
        is_locked.recv().expect("the lock is held");
        let made = body();
        drop(end);
        made
    })
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
