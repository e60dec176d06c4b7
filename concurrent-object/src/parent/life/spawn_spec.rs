//! The recipe to spawn a process or a thread of an object, and another one like it.
//!
//! Knows files, streams and the greeting; knows no call and no phase. Invariant: each process of an
//! object gets the same greeting, except for the shared files, the snapshots and the input file of
//! that moment.

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod linux;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
mod portable;

use std::ffi::OsString;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::backend::Backend;
use super::bridge::{BridgedObject, RemoteRecipe};
use super::object_thread::ObjectThread;
use super::shared_files::first_messages;
#[cfg(feature = "bridge")]
use super::snapshot_files::CopiedState;
use super::snapshot_files::SnapshotBuffers;
use crate::descriptor::{BorrowedFd, OwnedFd};
use crate::error::{Exit, StartError};
use crate::memory::fork::Origin;
use crate::memory::sealed::Sealed;
use crate::parent::threads::spawner::Spawner;
use crate::process::fd_socket::{self, Words};
use crate::process::handshake::control_socket;
use crate::process::inherited::Inherited;
use crate::process::output::Wanted;
use crate::process::spawn_context::SpawnContext;
use crate::process::surroundings::Surroundings;
use crate::protocol::control::ControlMessage;
use crate::protocol::hello::Hello;
use crate::protocol::thread_start::{RunInThread, ThreadStart};
use crate::shared::file::SharedFile;
use crate::transport::mapped::{self, Channel};

/// All that is needed to spawn a process of this object.
#[derive(Debug)]
pub(crate) struct SpawnSpec {
    pub(crate) name: String,
    pub(crate) env: Vec<(OsString, OsString)>,
    pub(crate) streams: Wanted,
    pub(crate) surroundings: Surroundings,
    pub(crate) recipe: Recipe,
    pub(crate) control: OwnedFd,
    /// The input file. `trim` replaces it.
    pub(crate) input: Mutex<OwnedFd>,
    /// Whether the object's state is saved.
    pub(crate) saves: bool,
    /// The files for snapshots, if the object's state is saved.
    pub(crate) snapshot_buffers: Mutex<Option<SnapshotBuffers>>,
    /// The descriptors that the builder hands to each process.
    pub(crate) inherited: Inherited,
    /// What later processes need; `None` if there are none.
    pub(crate) next: Option<RestartContext>,
}

/// How the other end is made.
#[derive(Debug)]
pub(crate) enum Recipe {
    /// As a process, with this first message.
    Process(Vec<u8>),
    /// As a thread, with what the first message would say.
    Thread(Box<Hello>, RunInThread),
    /// In another program, with what the first message would say.
    Remote(Box<Hello>, Arc<RemoteRecipe>),
}

/// What makes later processes like the first one.
#[derive(Debug)]
pub(crate) struct RestartContext {
    pub(crate) spawner: Spawner,
    context: SpawnContext,
}

impl RestartContext {
    /// Notes the environment and directory of this process, and creates the spawner thread with the
    /// attributes of the calling thread.
    pub(crate) fn note(origin: Origin) -> io::Result<Self> {
        Ok(Self { spawner: Spawner::begin(origin)?, context: SpawnContext::note() })
    }
}

impl SpawnSpec {
    pub(crate) fn new(
        name: String,
        env: Vec<(OsString, OsString)>,
        streams: Wanted,
        recipe: Recipe,
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
            surroundings: Surroundings::default(),
            recipe,
            control,
            input,
            saves,
            snapshot_buffers,
            inherited: Inherited::default(),
            next: None,
        }
    }

    /// Whether the object's process saves its state.
    pub(crate) fn saves(&self) -> bool {
        match &self.recipe {
            Recipe::Remote(_, recipe) => recipe.start.snapshots.is_some(),
            _ => self.snapshot_buffers().is_some(),
        }
    }

    /// Copies the newest state that the process has saved, if its number is larger than this.
    #[cfg(feature = "bridge")]
    pub(crate) fn newest_state_after(&self, last: u64) -> io::Result<Option<CopiedState>> {
        self.snapshot_buffers().as_ref().map_or(Ok(None), |buffers| buffers.newest_after(last))
    }

    /// Returns why the last process's state is not saved, if that process has recorded a failure.
    pub(crate) fn unsaved(&self) -> Option<String> {
        match &self.recipe {
            Recipe::Remote(_, recipe) => recipe.unsaved(),
            _ => self.snapshot_buffers().as_ref().and_then(SnapshotBuffers::unsaved),
        }
    }

    /// Spawns the first process, and does not wait for it. The socket contains the greeting with
    /// `files` before the process begins. Returns the parent's end of the socket too.
    pub(crate) fn make(
        &self,
        channel: &Channel,
        arguments: &OwnedFd,
        files: &[Arc<SharedFile>],
    ) -> Result<(Backend, OwnedFd), StartError> {
        if matches!(self.recipe, Recipe::Process(_)) {
            return self.make_process(channel, arguments, files);
        }
        let (backend, socket) = self.make_thread()?;
        self.greet(&backend, &socket, channel, arguments, files)?;
        Ok((backend, socket))
    }

    /// Spawns a process that replaces an earlier one. It waits for its greeting.
    pub(crate) fn make_next(&self) -> Result<(Backend, OwnedFd), StartError> {
        if let Some(snapshot_buffers) = &mut *self.snapshot_buffers() {
            snapshot_buffers.keep_newest().map_err(StartError::system("keeping the last snapshot"))?;
        }
        if matches!(self.recipe, Recipe::Process(_)) { self.make_next_process() } else { self.make_thread() }
    }

    /// Greets a process that `make_next` has spawned. Never blocks.
    pub(crate) fn greet(
        &self,
        backend: &Backend,
        socket: &OwnedFd,
        channel: &Channel,
        arguments: &OwnedFd,
        files: &[Arc<SharedFile>],
    ) -> Result<(), StartError> {
        if let (Recipe::Thread(hello, _) | Recipe::Remote(hello, _), Some(thread)) =
            (&self.recipe, backend.own_thread())
        {
            let greeted = self.greet_thread(hello, thread, socket, channel, arguments, files);
            return greeted.map_err(StartError::system("mapping the object's files for its thread"));
        }
        self.greet_process(backend, socket, channel, arguments, files)
    }

    /// Returns the control messages of the greeting, with their descriptors.
    fn messages<'s>(
        &'s self,
        files: &'s [Arc<SharedFile>],
        snapshot_buffers: &'s Option<SnapshotBuffers>,
    ) -> Vec<(Words, BorrowedFd<'s>)> {
        let mut messages = first_messages(files);
        messages.extend(snapshot_buffers.iter().flat_map(SnapshotBuffers::messages));
        let inherited = (0..).zip(self.inherited.descriptors());
        messages.extend(
            inherited.map(|(position, descriptor)| (ControlMessage::Inherited { position }.encode(), descriptor)),
        );
        messages
    }

    /// Begins a thread, which waits for its greeting. Returns the parent's end of its socket too.
    fn make_thread(&self) -> Result<(Backend, OwnedFd), StartError> {
        let failed = || StartError::system("making the object's thread");
        let (ours, threads) = control_socket().map_err(failed())?;
        let backend = match &self.recipe {
            Recipe::Process(_) => return Err(failed()(io::ErrorKind::Unsupported.into())),
            Recipe::Thread(hello, run) => {
                let run = *run;
                let run = move |start| Exit::Code(run(start));
                Backend::thread(ObjectThread::spawn(&self.name, hello.stack_size, threads, run).map_err(failed())?)
            }
            Recipe::Remote(hello, recipe) => {
                let bridged =
                    BridgedObject::spawn(&self.name, hello.layout.slots, threads, recipe.clone(), &self.streams);
                Backend::bridge(bridged.map_err(failed())?)
            }
        };
        Ok((backend, ours))
    }

    /// Maps the object's files once more, and passes them to the thread. Never blocks.
    fn greet_thread(
        &self,
        hello: &Hello,
        thread: &ObjectThread,
        socket: &OwnedFd,
        channel: &Channel,
        arguments: &OwnedFd,
        files: &[Arc<SharedFile>],
    ) -> io::Result<()> {
        let (channel, leases) = channel.attach_again(&self.control, &*self.input())?;
        if hello.prefault {
            channel.populate_as_child()?;
        }
        let arguments = Sealed::map(arguments)?;
        let snapshot_buffers = self.snapshot_buffers();
        fd_socket::send_greeting(socket, &self.messages(files, &snapshot_buffers), ControlMessage::Greeted.encode())?;
        thread.begin(|socket| ThreadStart { hello: hello.clone(), channel, leases, arguments, socket });
        Ok(())
    }

    fn input(&self) -> MutexGuard<'_, OwnedFd> {
        self.input.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn snapshot_buffers(&self) -> MutexGuard<'_, Option<SnapshotBuffers>> {
        self.snapshot_buffers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes later processes map this input file.
    pub(crate) fn set_input(&self, file: OwnedFd) {
        *self.input() = file;
    }
}
