//! Process-wide setup of a child: it ends with its parent, and dies first when memory ends.
//!
//! Knows process-wide settings; nothing of objects.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, getppid};

use super::{background, interrupts};
use crate::error::closed::end_without_descriptors;

/// How long to sleep where nothing can be waited for.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// How a child ends when its parent has gone.
const ORPHANED: c_int = 0;

/// Ends this process as soon as the process behind the descriptor has ended, whatever a method is doing then. Until then,
/// `take_in` is called whenever letters have come, as long as it says that more may come.
pub(crate) fn watch(
    parent: OwnedFd,
    letters: impl AsFd + Send + 'static,
    take_in: impl Fn() -> bool + Send + 'static,
) -> io::Result<()> {
    let of = getppid();
    let builder = thread::Builder::new().name("parent-watch".into()).stack_size(64 * 1024);
    background::spawn_by(builder, move || {
        let mut more = true;
        loop {
            match wait_for(&parent, of, more.then_some(&letters)) {
                Came::End => end_now(),
                Came::Letters if more => more = take_in(),
                Came::Letters => {}
                Came::Nothing => {}
            }
        }
    })
    .map(drop)
}

enum Came {
    End,
    Letters,
    /// The wait was interrupted.
    Nothing,
}

/// `of`: the parent's process id.
fn wait_for(parent: &OwnedFd, of: Option<Pid>, letters: Option<&impl AsFd>) -> Came {
    let letters = letters.map(|letters| PollFd::new(letters, PollFlags::IN));
    let mut fds: Vec<_> = std::iter::once(PollFd::new(parent, PollFlags::IN)).chain(letters).collect();
    match poll(&mut fds, None) {
        Ok(_) if fds[0].revents().contains(PollFlags::NVAL) => end_without_descriptors(),
        Ok(_) if !fds[0].revents().is_empty() => Came::End,
        Ok(_) => Came::Letters,
        // The limit of descriptors is lower than what is asked about: look now and then.
        Err(Errno::INVAL) => {
            thread::sleep(LOOK_AGAIN);
            if getppid() == of { Came::Letters } else { Came::End }
        }
        Err(_) => Came::Nothing,
    }
}

/// How a child ends that was told to by a parent that may not kill it: as a shell says it of a process that was sent SIGKILL.
pub(crate) const TOLD_TO_DIE: c_int = 128 + libc::SIGKILL;

/// Ends this process as if it had been killed.
pub(crate) fn end_as_told() -> ! {
    // SAFETY: `_exit` has no precondition.
    unsafe { libc::_exit(TOLD_TO_DIE) }
}

/// Ends this process at once: no destructor, no `atexit` function, no buffer is run or written.
pub(crate) fn end_now() -> ! {
    // SAFETY: `_exit` has no precondition.
    unsafe { libc::_exit(ORPHANED) }
}

/// As the Rust runtime does before `main`, where `init_before_main!` runs earlier than that.
pub(crate) fn ignore_broken_pipes() {
    interrupts::set_handler(libc::SIGPIPE, libc::SIG_IGN);
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
