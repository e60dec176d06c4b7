//! Executes this binary once more, with the control socket as its standard input.
//!
//! Knows what a fresh process gets; does not know what it is for. No code runs between fork and exec (the standard
//! library uses `posix_spawn` then), and every descriptor but the three standard ones closes on exec, so no child holds
//! what belongs to another. It begins with interrupts blocked, until it has handlers.

use std::ffi::OsString;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use super::child::Child;
use super::stream::ForChild;
use super::{executable, handshake, interrupts, post};

/// What a child gets with it.
#[derive(Debug)]
pub(crate) struct Spawn<'a> {
    pub(crate) name: &'a str,
    pub(crate) env: &'a [(OsString, OsString)],
    pub(crate) message: &'a [u8],
    pub(crate) descriptors: [BorrowedFd<'a>; handshake::DESCRIPTORS],
    /// Letters that lie in the socket behind the message.
    pub(crate) letters: &'a [(post::Words, BorrowedFd<'a>)],
}

/// Makes the child and returns without waiting for it. The message already lies in its socket when it begins.
pub(crate) fn spawn(spawn: &Spawn<'_>, streams: ForChild) -> io::Result<(Child, OwnedFd)> {
    let (ours, childs) = handshake::control_socket()?;
    handshake::send(&ours, spawn.message, &spawn.descriptors)?;
    if post::send_together(&ours, spawn.letters)? == post::Sent::NotNow {
        return Err(io::Error::other("more shared memory at once than a socket holds"));
    }
    let marker = handshake::marker_value(&childs)?;
    let mut command = Command::new(executable::SELF);
    command
        .arg0(format!("{} [{}]", executable::program_name(), spawn.name))
        // What stands before `init()` may look at the arguments, and finds the ones that the parent was given.
        .args(std::env::args_os().skip(1))
        .envs(spawn.env.iter().map(|(name, value)| (name, value)))
        .env(handshake::MARKER, marker)
        .stdin(Stdio::from(childs))
        .stdout(streams.stdout)
        .stderr(streams.stderr);
    let child = interrupts::held_back(|| command.spawn())?;
    Ok((Child::watched(child.id())?, ours))
}
