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
use super::privilege::{self, Execution};
use super::stream::ForChild;
use super::{executable, handshake, interrupts, post};
use crate::error::StartError;

/// What a child gets with it.
#[derive(Debug)]
pub(crate) struct Spawn<'a> {
    pub(crate) env: &'a [(OsString, OsString)],
    pub(crate) message: &'a [u8],
    pub(crate) descriptors: [BorrowedFd<'a>; handshake::DESCRIPTORS],
    /// Letters that lie in the socket behind the message.
    pub(crate) letters: &'a [(post::Words, BorrowedFd<'a>)],
}

/// Makes the child and returns without waiting for it. The message already lies in its socket when it begins.
pub(crate) fn spawn(spawn: &Spawn<'_>, streams: ForChild) -> Result<(Child, OwnedFd), StartError> {
    let execution = Execution::of_this_program().map_err(StartError::system(executable::EXAMINING))?;
    if let Execution::Refused(reason) = execution {
        return Err(StartError::Privileges { reason });
    }
    spawn_by(execution, spawn, streams).map_err(StartError::system("making the object's process"))
}

fn spawn_by(execution: Execution, spawn: &Spawn<'_>, streams: ForChild) -> io::Result<(Child, OwnedFd)> {
    let (ours, childs) = handshake::control_socket()?;
    handshake::send(&ours, spawn.message, &spawn.descriptors)?;
    if post::send_together(&ours, spawn.letters)? == post::Sent::NotNow {
        return Err(io::Error::other("more shared memory at once than a socket holds"));
    }
    let mut command = command(spawn, childs, streams)?;
    let child = match execution {
        Execution::WithoutNewPrivileges => privilege::without_new(move || interrupts::held_back(|| command.spawn()))?,
        _ => interrupts::held_back(|| command.spawn())?,
    };
    Ok((Child::watched(child.id())?, ours))
}

fn command(spawn: &Spawn<'_>, childs: OwnedFd, streams: ForChild) -> io::Result<Command> {
    let mut command = Command::new(executable::SELF);
    // What stands before `init()` may look at the arguments, and finds the ones that the parent was given. The first is the name
    // that the program was called by: some programs choose by it what they do.
    let mut arguments = std::env::args_os();
    command.arg0(arguments.next().unwrap_or_else(|| executable::SELF.into())).args(arguments);
    let marker = handshake::marker_value(&childs)?;
    command
        .envs(spawn.env.iter().map(|(name, value)| (name, value)))
        .env(handshake::MARKER, marker)
        .stdin(Stdio::from(childs))
        .stdout(streams.stdout)
        .stderr(streams.stderr);
    Ok(command)
}
