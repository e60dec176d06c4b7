//! Executes this binary once more, with the control socket as its standard input.
//!
//! Knows what a fresh process gets; does not know what it is for. No code runs between fork and exec (the standard
//! library uses `posix_spawn` then), and every descriptor but the three standard ones closes on exec (`inheritance`), so no child holds
//! what belongs to another. It begins with interrupts blocked, until it has handlers.

use std::ffi::OsString;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use super::child::Child;
use super::privilege::{self, Execution};
use super::stream::ForChild;
use super::surroundings::Surroundings;
use super::{executable, handshake, inheritance, interrupts, post};
use crate::error::StartError;
use crate::error::refused::Naming;

/// What a child begins with.
#[derive(Debug)]
pub(crate) struct Spawn<'a> {
    /// Added to the environment.
    pub(crate) env: &'a [(OsString, OsString)],
    /// Of the moment at which the object was started, unless that is now.
    pub(crate) surroundings: Option<&'a Surroundings>,
}

/// The letter behind the last one of a greeting. A restarted child runs while it is greeted, and must not begin before this.
pub(crate) const GREETED: u64 = 8;

/// What a child waits for in `init()`.
#[derive(Debug)]
pub(crate) struct Greeting<'a> {
    pub(crate) message: &'a [u8],
    pub(crate) descriptors: [BorrowedFd<'a>; handshake::DESCRIPTORS],
    /// Letters that lie in the socket behind the message.
    pub(crate) letters: &'a [(post::Words, BorrowedFd<'a>)],
}

impl Greeting<'_> {
    /// Sends it. Nothing was sent before, so this does not block.
    pub(crate) fn send(&self, socket: &OwnedFd) -> io::Result<()> {
        handshake::send(socket, self.message, &self.descriptors)?;
        let sent = match post::send_together(socket, self.letters)? {
            post::Sent::Yes => post::send(socket, [GREETED, 0], None)?,
            post::Sent::NotNow => post::Sent::NotNow,
        };
        match sent {
            post::Sent::Yes => Ok(()),
            post::Sent::NotNow => Err(io::Error::other("more shared memory at once than a socket holds")),
        }
    }
}

/// Makes the child and returns without waiting for it. If there is a greeting, it lies in the child's socket when the child begins.
pub(crate) fn spawn(
    spawn: &Spawn<'_>,
    greeting: Option<&Greeting<'_>>,
    streams: ForChild,
) -> Result<(Child, OwnedFd), StartError> {
    let execution = Execution::of_this_program().map_err(StartError::system(executable::EXAMINING))?;
    if let Execution::Refused(reason) = execution {
        return Err(StartError::Privileges { reason });
    }
    spawn_by(execution, spawn, greeting, streams).map_err(StartError::system("making the object's process"))
}

fn spawn_by(
    execution: Execution,
    spawn: &Spawn<'_>,
    greeting: Option<&Greeting<'_>>,
    streams: ForChild,
) -> io::Result<(Child, OwnedFd)> {
    let (ours, childs) = handshake::control_socket()?;
    greeting.map_or(Ok(()), |greeting| greeting.send(&ours))?;
    let mut command = command(spawn, childs, streams)?;
    // The command is dropped here, not by the work: its descriptors are open in the program's own table.
    let child = inheritance::without(|| {
        if execution == Execution::WithoutNewPrivileges {
            privilege::give_up_new()?;
        }
        interrupts::held_back(|| command.spawn()).naming("clone3 or execve")
    })?;
    Ok((Child::watched(child.id())?, ours))
}

fn command(spawn: &Spawn<'_>, childs: OwnedFd, streams: ForChild) -> io::Result<Command> {
    let mut command = Command::new(executable::SELF);
    // What stands before `init()` may look at the arguments, and finds the ones that the parent was given. The first is the name
    // that the program was called by: some programs choose by it what they do.
    let mut arguments = std::env::args_os();
    command.arg0(arguments.next().unwrap_or_else(|| executable::SELF.into())).args(arguments);
    let marker = handshake::marker_value(&childs)?;
    if let Some(Surroundings { environment, .. }) = spawn.surroundings {
        command.env_clear().envs(environment.iter().map(|(name, value)| (name, value)));
    }
    command
        .envs(spawn.env.iter().map(|(name, value)| (name, value)))
        .env(handshake::MARKER, marker)
        .stdin(Stdio::from(childs))
        .stdout(streams.stdout)
        .stderr(streams.stderr);
    Ok(command)
}
