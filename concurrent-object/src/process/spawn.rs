//! Spawns a child: executes this binary again, with the control socket as its standard input.
//!
//! Knows what a new process gets; does not know what it is for. Both ways to spawn use the C
//! library's `posix_spawn`, so no code of this library runs between fork and exec. The child gets
//! no descriptor but the three standard streams. In the usual way the C library closes the others
//! (`posix_spawn`). If it cannot, or if the child must not gain privileges, a thread prepares the
//! descriptors (`close_on_exec`). The child begins with the interrupt signals blocked, until it has
//! handlers.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use super::child::Child;
use super::handshake::{self, Marker};
use super::output::ForChild;
use super::privilege::{self, Execution};
use super::program::Program;
use super::spawn_context::SpawnContext;
use super::surroundings::Surroundings;
use super::{close_on_exec, executable, fd_socket, posix_spawn, signals};
use crate::error::StartError;
use crate::error::refused::Naming;

/// What a child begins with.
#[derive(Debug)]
pub(crate) struct Spawn<'a> {
    /// How its environment is marked.
    pub(crate) marker: Marker,
    /// Variables that are added to the environment.
    pub(crate) env: &'a [(OsString, OsString)],
    /// The context of the moment at which the object was started. `None`: the present one.
    pub(crate) context: Option<&'a SpawnContext>,
    pub(crate) surroundings: Surroundings,
}

/// The messages that a child expects in `init()`.
#[derive(Debug)]
pub(crate) struct Greeting<'a> {
    pub(crate) message: &'a [u8],
    pub(crate) descriptors: [BorrowedFd<'a>; handshake::DESCRIPTORS],
    /// Control messages that follow the first message.
    pub(crate) messages: &'a [(fd_socket::Words, BorrowedFd<'a>)],
    /// The last control message, which marks the end of the greeting.
    pub(crate) last: fd_socket::Words,
}

impl Greeting<'_> {
    /// Sends the greeting. The socket is still empty, so this does not block.
    pub(crate) fn send(&self, socket: &OwnedFd) -> io::Result<()> {
        handshake::send(socket, self.message, &self.descriptors)?;
        fd_socket::send_greeting(socket, self.messages, self.last)
    }
}

/// Spawns the child and returns without waiting for it. A greeting is in the child's socket before
/// the child begins.
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
    let directly = if execution == Execution::Plain { posix_spawn::spawn(&program) } else { None };
    let child = directly.map_or_else(|| spawn_from_a_thread(execution, program), Ok)?;
    Ok((Child::watched(child)?.with_group(spawn.surroundings.has_group), ours))
}

/// Spawns the program on a separate thread, and returns its process id.
pub(crate) fn spawn_from_a_thread(execution: Execution, program: Program) -> io::Result<u32> {
    let mut command = program.into_command();
    // The command is dropped here, not on that thread: its descriptors are open in the program's
    // own table.
    close_on_exec::without(|| {
        if execution == Execution::WithoutNewPrivileges {
            privilege::give_up_new()?;
        }
        signals::held_back(|| command.spawn()).naming("clone3 or execve").map(|child| child.id())
    })
}

fn program(spawn: &Spawn<'_>, childs: OwnedFd, streams: ForChild) -> io::Result<Program> {
    // Code before `init()` may read the arguments, so the child gets those of the parent. The first
    // one is the name by which the program was called. Some programs choose what they do by that
    // name.
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.is_empty() {
        arguments.push(executable::SELF.into());
    }
    let mut environment: BTreeMap<_, _> = match spawn.context {
        _ if spawn.surroundings.clears_environment => BTreeMap::new(),
        Some(SpawnContext { environment, .. }) => environment.iter().cloned().collect(),
        None => std::env::vars_os().collect(),
    };
    environment.extend(spawn.env.iter().cloned());
    spawn.surroundings.limit_backtraces(&mut environment);
    environment.insert(spawn.marker.variable.into(), spawn.marker.value(&childs)?);
    let leads_group = spawn.surroundings.has_group;
    Ok(Program { arguments, environment, stdin: childs, streams, leads_group })
}
