//! Executes this binary once more, with the control socket as its standard input.
//!
//! Knows what a fresh process gets; does not know what it is for. No code of ours runs between fork and exec, because both ways to
//! spawn use `posix_spawn`. The child gets no descriptor but the three standard ones. The C library closes the others (`direct`). Where
//! it cannot, or the child must not gain privileges, a thread prepares that (`inheritance`). The child begins with interrupts
//! blocked, until it has handlers.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use super::child::Child;
use super::privilege::{self, Execution};
use super::stream::ForChild;
use super::surroundings::Surroundings;
use super::{direct, executable, handshake, inheritance, interrupts, post};
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
    let program = program(spawn, childs, streams)?;
    let directly = if execution == Execution::Plain { direct::spawn(&program) } else { None };
    let child = directly.map_or_else(|| spawn_from_a_thread(execution, program), Ok)?;
    Ok((Child::watched(child)?, ours))
}

/// Gives the process id.
pub(super) fn spawn_from_a_thread(execution: Execution, program: Program) -> io::Result<u32> {
    let mut command = program.into_command();
    // The command is dropped here, not by the work: its descriptors are open in the program's own table.
    inheritance::without(|| {
        if execution == Execution::WithoutNewPrivileges {
            privilege::give_up_new()?;
        }
        interrupts::held_back(|| command.spawn()).naming("clone3 or execve").map(|child| child.id())
    })
}

/// What is executed, and with what.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) arguments: Vec<OsString>,
    pub(super) environment: BTreeMap<OsString, OsString>,
    /// The control socket.
    pub(super) stdin: OwnedFd,
    pub(super) streams: ForChild,
}

fn program(spawn: &Spawn<'_>, childs: OwnedFd, streams: ForChild) -> io::Result<Program> {
    // What stands before `init()` may look at the arguments, and finds the ones that the parent was given. The first is the name
    // that the program was called by: some programs choose by it what they do.
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.is_empty() {
        arguments.push(executable::SELF.into());
    }
    let mut environment: BTreeMap<_, _> = match spawn.surroundings {
        Some(Surroundings { environment, .. }) => environment.iter().cloned().collect(),
        None => std::env::vars_os().collect(),
    };
    environment.extend(spawn.env.iter().cloned());
    environment.insert(handshake::MARKER.into(), handshake::marker_value(&childs)?);
    Ok(Program { arguments, environment, stdin: childs, streams })
}

impl Program {
    fn into_command(self) -> Command {
        let stream = |stream: Option<OwnedFd>| stream.map_or_else(Stdio::inherit, Stdio::from);
        let mut command = Command::new(executable::SELF);
        command.arg0(&self.arguments[0]).args(&self.arguments[1..]);
        command.env_clear().envs(self.environment);
        command.stdin(self.stdin).stdout(stream(self.streams.stdout)).stderr(stream(self.streams.stderr));
        command
    }
}
