//! Process-wide setup of a child: it ends with its parent, and is killed first when memory runs
//! out.
//!
//! Knows process-wide settings; knows nothing of objects.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;
use std::{io, thread};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, getppid};

use super::{background, signals};
use crate::abort::end_without_descriptors;

/// How long the thread sleeps between two checks, if the kernel refuses to poll the descriptors.
const CHECK_INTERVAL: Duration = Duration::from_millis(10);

/// The exit code of a child whose parent is gone.
const ORPHANED: c_int = 0;

/// Starts a thread that ends this process as soon as the parent has exited, even while a method
/// runs. Until then it calls `take_in` whenever control messages have come, as long as `take_in`
/// returns that more may come.
pub(crate) fn watch(
    parent: OwnedFd,
    messages: impl AsFd + Send + 'static,
    take_in: impl Fn() -> bool + Send + 'static,
) -> io::Result<()> {
    let of = getppid();
    background::spawn_with_stack(c"parent-watch", 64 * 1024, move || {
        let mut more = true;
        loop {
            match wait_for(&parent, of, more.then_some(&messages)) {
                Came::End => end_now(),
                Came::Messages if more => more = take_in(),
                Came::Messages => {}
                Came::Nothing => {}
            }
        }
    })
    .map(drop)
}

enum Came {
    End,
    Messages,
    /// The wait was interrupted.
    Nothing,
}

/// Waits for the parent's end or for messages. `of`: the parent's process id.
fn wait_for(parent: &OwnedFd, of: Option<Pid>, messages: Option<&impl AsFd>) -> Came {
    let messages = messages.map(|messages| PollFd::new(messages, PollFlags::IN));
    let mut fds: Vec<_> = std::iter::once(PollFd::new(parent, PollFlags::IN)).chain(messages).collect();
    match poll(&mut fds, None) {
        Ok(_) if fds[0].revents().contains(PollFlags::NVAL) => end_without_descriptors(),
        Ok(_) if !fds[0].revents().is_empty() => Came::End,
        Ok(_) => Came::Messages,
        // The limit of open descriptors is lower than the number of those to poll. Check
        // periodically.
        Err(Errno::INVAL) => {
            thread::sleep(CHECK_INTERVAL);
            if getppid() == of { Came::Messages } else { Came::End }
        }
        Err(_) => Came::Nothing,
    }
}

/// Ends this process at once with this exit code. No destructor and no `atexit` function runs, and
/// no buffer is written.
pub(crate) fn end_with(exit_code: c_int) -> ! {
    // SAFETY: `_exit` has no precondition.
    unsafe { libc::_exit(exit_code) }
}

/// Ends this process at once, as a child whose parent is gone. No destructor and no `atexit`
/// function runs, and no buffer is written.
pub(crate) fn end_now() -> ! {
    // SAFETY: `_exit` has no precondition.
    unsafe { libc::_exit(ORPHANED) }
}

/// Ignores SIGPIPE, as the Rust runtime does before `main`. `init_before_main!` runs before that.
pub(crate) fn ignore_broken_pipes() {
    signals::set_handler(libc::SIGPIPE, libc::SIG_IGN);
}

/// Names the main thread. The kernel named it `exe`, after the executed link.
pub(crate) fn name_main_thread(name: &str) {
    let mut short: Vec<u8> = name.bytes().filter(|&byte| byte != 0).take(15).collect();
    short.push(0);
    if let Ok(short) = std::ffi::CString::from_vec_with_nul(short) {
        // The name only helps people. Nothing depends on it.
        let _unnamed = rustix::thread::set_name(&short);
    }
}

/// Makes the kernel kill the child before the parent when memory runs out. A process may always
/// raise its score. A failure is ignored.
pub(crate) fn be_killed_first() {
    const SCORE: &str = "/proc/self/oom_score_adj";
    let current = std::fs::read_to_string(SCORE).ok().and_then(|text| text.trim().parse::<i32>().ok());
    if let Some(current) = current {
        let _unchanged = std::fs::write(SCORE, (current + 300).min(1000).to_string());
    }
}
