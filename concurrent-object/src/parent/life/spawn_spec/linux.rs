//! Spawns and greets a process of an object.
//!
//! Knows the greeting and the streams; knows no call and no phase.

use std::io;
use std::sync::Arc;

use rustix::process::{PidfdFlags, getpid, pidfd_open};

use super::{Recipe, SpawnSpec};
use crate::descriptor::{AsFd, Errno, OwnedFd};
use crate::error::StartError;
use crate::error::refused::{Naming, errno};
use crate::parent::life::backend::Backend;
use crate::parent::life::instance::Instance;
use crate::process::child::Child;
use crate::process::oom::Before;
use crate::process::output::{Captured, Opened, Which};
use crate::process::parent_death_pipe::ParentDeathPipe;
use crate::process::reap::dispose;
use crate::process::spawn::{Greeting, Spawn, spawn};
use crate::protocol::control::ControlMessage;
use crate::protocol::marker::MARKER;
use crate::shared::file::SharedFile;
use crate::transport::mapped::Channel;

/// The operation that an error names.
const GREETING: &str = "greeting the object's process";

impl SpawnSpec {
    /// Spawns the first process, whose socket contains the greeting before it begins.
    pub(super) fn make_process(
        &self,
        channel: &Channel,
        arguments: &OwnedFd,
        files: &[Arc<SharedFile>],
    ) -> Result<(Backend, OwnedFd), StartError> {
        let Opened { childs, pipes } = self.streams.open()?;
        let oom_kills = Before::now();
        let first = Spawn { marker: MARKER, env: &self.env, context: None, surroundings: self.surroundings };
        let spawned = self.with_greeting(channel, arguments, files, |greeting| spawn(&first, Some(greeting), childs));
        let (spawned, death_pipe) = spawned.map_err(StartError::system(GREETING))?;
        self.captured(spawned?, oom_kills, pipes, Some(death_pipe))
    }

    /// Spawns a process that replaces an earlier one.
    pub(super) fn make_next_process(&self) -> Result<(Backend, OwnedFd), StartError> {
        let Opened { childs, pipes } = self.streams.open()?;
        let oom_kills = Before::now();
        let context = self.next.as_ref().map(|next| &next.context);
        let next = Spawn { marker: MARKER, env: &self.env, context, surroundings: self.surroundings };
        self.captured(spawn(&next, None, childs)?, oom_kills, pipes, None)
    }

    /// Greets a process that waits for its greeting. Never blocks.
    pub(super) fn greet_process(
        &self,
        backend: &Backend,
        socket: &OwnedFd,
        channel: &Channel,
        arguments: &OwnedFd,
        files: &[Arc<SharedFile>],
    ) -> Result<(), StartError> {
        let gone = [Errno::PIPE, Errno::CONNRESET].map(|gone| Some(gone.raw_os_error()));
        let sent = self.with_greeting(channel, arguments, files, |greeting| greeting.send(socket));
        let sent = sent.and_then(|(sent, death_pipe)| {
            if let Backend::Process(instance) = backend {
                instance.child.end_with(death_pipe);
            }
            sent
        });
        match sent {
            // It is dead. The parent notices that once it is the object's process.
            Err(error) if gone.contains(&errno(&error)) => Ok(()),
            sent => sent.map_err(StartError::system(GREETING)),
        }
    }

    fn captured(
        &self,
        (child, socket): (Child, OwnedFd),
        oom_kills: Before,
        pipes: Vec<(Which, OwnedFd)>,
        death_pipe: Option<ParentDeathPipe>,
    ) -> Result<(Backend, OwnedFd), StartError> {
        let streams = Captured::begin(&self.name, child.pid(), pipes, self.streams.takes.as_ref());
        let streams = streams.map_err(|error| unread(&child, error))?;
        death_pipe.into_iter().for_each(|death_pipe| child.end_with(death_pipe));
        Ok((Backend::process(Instance { child, streams, oom_kills }), socket))
    }

    fn with_greeting<T>(
        &self,
        channel: &Channel,
        arguments: &OwnedFd,
        files: &[Arc<SharedFile>],
        work: impl FnOnce(&Greeting<'_>) -> T,
    ) -> io::Result<(T, ParentDeathPipe)> {
        let Recipe::Process(message) = &self.recipe else { return Err(io::ErrorKind::Unsupported.into()) };
        let parent = pidfd_open(getpid(), PidfdFlags::empty()).naming("pidfd_open")?;
        let (death_pipe, death_pipe_end) = ParentDeathPipe::new()?;
        let (input, snapshot_buffers) = (self.input(), self.snapshot_buffers());
        let mut messages = self.messages(files, &snapshot_buffers);
        let directory = self.next.as_ref().and_then(|next| next.context.directory.as_ref());
        messages.extend(directory.map(|directory| (ControlMessage::Directory.encode(), directory.as_fd())));
        let worked = work(&Greeting {
            message,
            descriptors: [
                self.control.as_fd(),
                input.as_fd(),
                channel.reply_bell.as_fd(),
                arguments.as_fd(),
                parent.as_fd(),
                death_pipe_end.as_fd(),
            ],
            messages: &messages,
            last: ControlMessage::Greeted.encode(),
        });
        Ok((worked, death_pipe))
    }
}

/// Kills a child whose output cannot be read: it would block without end once its pipe is full.
fn unread(child: &Child, error: io::Error) -> StartError {
    dispose(child);
    StartError::system("reading what the object prints")(error)
}
