//! Process-wide setup of a child: it ends with its parent, and dies first when memory ends.
//!
//! Knows process-wide settings; nothing of objects.
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

/// How long to sleep where nothing can be waited for.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// How a child ends when its parent has gone.
const ORPHANED: c_int = 0;

/// Ends this process as soon as the process behind the descriptor has ended, whatever a method is doing then. Until then,
/// `take_in` is called whenever letters have come, as long as it says that more may come.
pub(crate) fn watch(
    parent: OwnedFd,
    messages: impl AsFd + Send + 'static,
    take_in: impl Fn() -> bool + Send + 'static,
) -> io::Result<()> {
    let of = getppid();
    let builder = thread::Builder::new().name("parent-watch".into()).stack_size(64 * 1024);
    background::spawn_by(builder, move || {
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

/// `of`: the parent's process id.
fn wait_for(parent: &OwnedFd, of: Option<Pid>, messages: Option<&impl AsFd>) -> Came {
    let messages = messages.map(|messages| PollFd::new(messages, PollFlags::IN));
    let mut fds: Vec<_> = std::iter::once(PollFd::new(parent, PollFlags::IN)).chain(messages).collect();
    match poll(&mut fds, None) {
        Ok(_) if fds[0].revents().contains(PollFlags::NVAL) => end_without_descriptors(),
        Ok(_) if !fds[0].revents().is_empty() => Came::End,
        Ok(_) => Came::Messages,
        // The limit of descriptors is lower than what is asked about: look now and then.
        Err(Errno::INVAL) => {
            thread::sleep(LOOK_AGAIN);
            if getppid() == of { Came::Messages } else { Came::End }
        }
        Err(_) => Came::Nothing,
    }
}

/// Ends this process at once with this exit code: no destructor, no `atexit` function, no buffer is run or written.
pub(crate) fn end_with(exit_code: c_int) -> ! {
    // SAFETY: `_exit` has no precondition.
    unsafe { libc::_exit(exit_code) }
}

/// Ends this process at once: no destructor, no `atexit` function, no buffer is run or written.
pub(crate) fn end_now() -> ! {
    // SAFETY: `_exit` has no precondition.
    unsafe { libc::_exit(ORPHANED) }
}

/// As the Rust runtime does before `main`, where `init_before_main!` runs earlier than that.
pub(crate) fn ignore_broken_pipes() {
    signals::set_handler(libc::SIGPIPE, libc::SIG_IGN);
}

/// Names the main thread, which the kernel called `exe` after the link that was executed.
pub(crate) fn name_main_thread(name: &str) {
    let mut short: Vec<u8> = name.bytes().filter(|&byte| byte != 0).take(15).collect();
    short.push(0);
    if let Ok(short) = std::ffi::CString::from_vec_with_nul(short) {
        // A name is for people; without it nothing is wrong.
        let _unnamed = rustix::thread::set_name(&short);
    }
}

/// When memory runs out, the child goes before the parent. Raising the score is always allowed; failing harms nothing.
pub(crate) fn be_killed_first() {
    const SCORE: &str = "/proc/self/oom_score_adj";
    let current = std::fs::read_to_string(SCORE).ok().and_then(|text| text.trim().parse::<i32>().ok());
    if let Some(current) = current {
        let _unchanged = std::fs::write(SCORE, (current + 300).min(1000).to_string());
    }
}
