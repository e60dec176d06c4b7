//! An object's process, and how another one like it is made.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::io::Errno;
use rustix::process::{PidfdFlags, getpid, pidfd_open};

use super::shared_files::first_messages;
use super::snapshot_files::SnapshotBuffers;
use crate::error::StartError;
use crate::error::refused::{Naming, errno};
use crate::memory::fork::Origin;
use crate::parent::threads::spawner::Spawner;
use crate::parent::threads::supervised::Watched;
use crate::process::child::Child;
use crate::process::inherited::Inherited;
use crate::process::oom::Before;
use crate::process::output::{Captured, Opened, Wanted, Which};
use crate::process::parent_death_pipe::ParentDeathPipe;
use crate::process::reap::dispose;
use crate::process::spawn::{Greeting, Spawn, spawn};
use crate::process::spawn_context::SpawnContext;
use crate::protocol::control::ControlMessage;
use crate::protocol::hello::PROTOCOL;
use crate::shared::file::SharedFile;
use crate::transport::mapped::{self, Channel};

/// What an error says that was being done.
const GREETING: &str = "greeting the object's process";

/// One process of an object, from its making until it was reaped.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) child: Child,
    pub(crate) streams: Captured,
    /// How many processes had been killed for want of memory when this one was made.
    pub(crate) oom_kills: Before,
}

impl Watched for Instance {
    fn pidfd(&self) -> Option<BorrowedFd<'_>> {
        self.child.pidfd()
    }
}

/// All that it takes to make a process of this object.
#[derive(Debug)]
pub(crate) struct SpawnSpec {
    pub(crate) name: String,
    pub(crate) env: Vec<(OsString, OsString)>,
    pub(crate) streams: Wanted,
    /// The first message.
    pub(crate) message: Vec<u8>,
    pub(crate) control: OwnedFd,
    /// Giving memory back replaces it.
    pub(crate) input: Mutex<OwnedFd>,
    /// Whether its state is to be saved.
    pub(crate) saves: bool,
    /// If its state is to be saved.
    pub(crate) snapshot_buffers: Mutex<Option<SnapshotBuffers>>,
    /// What the builder hands to each process.
    pub(crate) inherited: Inherited,
    /// For the processes after the first, if there may be any.
    pub(crate) next: Option<RestartContext>,
}

/// What makes the next process like the first one.
#[derive(Debug)]
pub(crate) struct RestartContext {
    pub(crate) spawner: Spawner,
    context: SpawnContext,
}

impl RestartContext {
    /// Notes what the calling thread and its process have now.
    pub(crate) fn note(origin: Origin) -> io::Result<Self> {
        Ok(Self { spawner: Spawner::begin(origin)?, context: SpawnContext::note() })
    }
}

impl SpawnSpec {
    pub(crate) fn new(
        name: String,
        env: Vec<(OsString, OsString)>,
        streams: Wanted,
        message: Vec<u8>,
        files: mapped::Files,
        snapshot_buffers: Option<SnapshotBuffers>,
    ) -> Self {
        let mapped::Files { control, input } = files;
        let saves = snapshot_buffers.is_some();
        let (input, snapshot_buffers) = (Mutex::new(input), Mutex::new(snapshot_buffers));
        Self {
            name,
            env,
            streams,
            message,
            control,
            input,
            saves,
            snapshot_buffers,
            inherited: Inherited::default(),
            next: None,
        }
    }

    /// Whether its process saves the object's state.
    pub(crate) fn saves(&self) -> bool {
        self.snapshot_buffers.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Why the state that the last one left is not saved, if it has said so.
    pub(crate) fn unsaved(&self) -> Option<String> {
        self.snapshot_buffers().as_ref().and_then(SnapshotBuffers::unsaved)
    }

    /// Makes the first one, and does not wait for it. `files` lie in its socket from the beginning. Gives the parent's end of the
    /// socket too.
    pub(crate) fn make(
        &self,
        channel: &Channel,
        arguments: &OwnedFd,
        files: &[Arc<SharedFile>],
    ) -> Result<(Instance, OwnedFd), StartError> {
        let Opened { childs, pipes } = self.streams.open()?;
        let oom_kills = Before::now();
        let first = Spawn { protocol: PROTOCOL, env: &self.env, context: None };
        let spawned = self.with_greeting(channel, arguments, files, |greeting| spawn(&first, Some(greeting), childs));
        self.captured(spawned.map_err(StartError::system(GREETING))??, oom_kills, pipes)
    }

    /// Makes one that takes the place of an earlier one. It waits for its greeting.
    pub(crate) fn make_next(&self) -> Result<(Instance, OwnedFd), StartError> {
        if let Some(snapshot_buffers) = &mut *self.snapshot_buffers() {
            snapshot_buffers.turn_over().map_err(StartError::system("keeping the last snapshot"))?;
        }
        let Opened { childs, pipes } = self.streams.open()?;
        let oom_kills = Before::now();
        let next = Spawn { protocol: PROTOCOL, env: &self.env, context: self.next.as_ref().map(|next| &next.context) };
        self.captured(spawn(&next, None, childs)?, oom_kills, pipes)
    }

    /// Greets such a process. Never blocks.
    pub(crate) fn greet(
        &self,
        socket: &OwnedFd,
        channel: &Channel,
        arguments: &OwnedFd,
        files: &[Arc<SharedFile>],
    ) -> Result<(), StartError> {
        let gone = [Errno::PIPE, Errno::CONNRESET].map(|gone| Some(gone.raw_os_error()));
        let sent = self.with_greeting(channel, arguments, files, |greeting| greeting.send(socket));
        match sent.flatten() {
            // It is dead, which is noticed when it is the object's process.
            Err(error) if gone.contains(&errno(&error)) => Ok(()),
            sent => sent.map_err(StartError::system(GREETING)),
        }
    }

    fn captured(
        &self,
        (child, socket): (Child, OwnedFd),
        oom_kills: Before,
        pipes: Vec<(Which, OwnedFd)>,
    ) -> Result<(Instance, OwnedFd), StartError> {
        let streams = Captured::begin(&self.name, child.pid(), pipes).map_err(|error| unread(&child, error))?;
        Ok((Instance { child, streams, oom_kills }, socket))
    }

    fn with_greeting<T>(
        &self,
        channel: &Channel,
        arguments: &OwnedFd,
        files: &[Arc<SharedFile>],
        work: impl FnOnce(&Greeting<'_>) -> T,
    ) -> io::Result<T> {
        let (parent, lifeline) =
            (pidfd_open(getpid(), PidfdFlags::empty()).naming("pidfd_open")?, ParentDeathPipe::own()?);
        let (input, snapshot_buffers) =
            (self.input.lock().unwrap_or_else(PoisonError::into_inner), self.snapshot_buffers());
        let mut messages = first_messages(files);
        messages.extend(snapshot_buffers.iter().flat_map(SnapshotBuffers::messages));
        let inherited = (0..).zip(self.inherited.descriptors());
        messages.extend(
            inherited.map(|(position, descriptor)| (ControlMessage::Inherited { position }.encode(), descriptor)),
        );
        let directory = self.next.as_ref().and_then(|next| next.context.directory.as_ref());
        messages.extend(directory.map(|directory| (ControlMessage::Directory.encode(), directory.as_fd())));
        Ok(work(&Greeting {
            message: &self.message,
            descriptors: [
                self.control.as_fd(),
                input.as_fd(),
                channel.request_bell.as_fd(),
                channel.reply_bell.as_fd(),
                arguments.as_fd(),
                parent.as_fd(),
                lifeline.end(),
            ],
            messages: &messages,
            last: ControlMessage::Greeted.encode(),
        }))
    }

    fn snapshot_buffers(&self) -> MutexGuard<'_, Option<SnapshotBuffers>> {
        self.snapshot_buffers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the input file is this one.
    pub(crate) fn set_input(&self, file: OwnedFd) {
        *self.input.lock().unwrap_or_else(PoisonError::into_inner) = file;
    }
}

/// A child whose output nobody would read would wait for ever when it prints, so it must not live.
fn unread(child: &Child, error: io::Error) -> StartError {
    dispose(child);
    StartError::system("reading what the object prints")(error)
}
