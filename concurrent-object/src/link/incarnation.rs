//! An object's process, and how another one like it is made.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::io::Errno;
use rustix::process::{PidfdFlags, getpid, pidfd_open};

use super::drafts::Drafts;
use super::files::{DIRECTORY, INHERITED, first_letters};
use super::spawner::Spawner;
use crate::channel::mapped::{self, Channel};
use crate::error::StartError;
use crate::error::refused::{Naming, errno};
use crate::memory::fork::Origin;
use crate::process::child::Child;
use crate::process::inherited::Inherited;
use crate::process::lifeline::Lifeline;
use crate::process::oom::Before;
use crate::process::reap::dispose;
use crate::process::spawn::{Greeting, Spawn, spawn};
use crate::process::stream::{Captured, Opened, Wanted, Which};
use crate::process::surroundings::Surroundings;
use crate::shared::file::SharedFile;

/// What an error says that was being done.
const GREETING: &str = "greeting the object's process";

/// One process of an object, from its making until it was reaped.
#[derive(Debug)]
pub(crate) struct Incarnation {
    pub(crate) child: Child,
    pub(crate) streams: Captured,
    /// How many processes had been killed for want of memory when this one was made.
    pub(crate) oom_kills: Before,
}

/// All that it takes to make a process of this object.
#[derive(Debug)]
pub(crate) struct Recipe {
    pub(crate) name: String,
    pub(crate) env: Vec<(OsString, OsString)>,
    pub(crate) streams: Wanted,
    /// The first message.
    pub(crate) message: Vec<u8>,
    pub(crate) control: OwnedFd,
    /// Giving memory back replaces it.
    pub(crate) input: Mutex<OwnedFd>,
    /// Whether its state is to be saved.
    pub(super) saves: bool,
    /// If its state is to be saved.
    pub(crate) drafts: Mutex<Option<Drafts>>,
    /// What the builder hands to each process.
    pub(crate) inherited: Inherited,
    /// For the processes after the first, if there may be any.
    pub(crate) next: Option<Next>,
}

/// What makes the next process like the first one.
#[derive(Debug)]
pub(crate) struct Next {
    pub(crate) spawner: Spawner,
    surroundings: Surroundings,
}

impl Next {
    /// Notes what the calling thread and its process have now.
    pub(crate) fn note(origin: Origin) -> io::Result<Self> {
        Ok(Self { spawner: Spawner::begin(origin)?, surroundings: Surroundings::note() })
    }
}

impl Recipe {
    pub(crate) fn new(
        name: String,
        env: Vec<(OsString, OsString)>,
        streams: Wanted,
        message: Vec<u8>,
        files: mapped::Files,
        drafts: Option<Drafts>,
    ) -> Self {
        let mapped::Files { control, input } = files;
        let saves = drafts.is_some();
        let (input, drafts) = (Mutex::new(input), Mutex::new(drafts));
        Self { name, env, streams, message, control, input, saves, drafts, inherited: Inherited::default(), next: None }
    }

    /// Whether its process saves the object's state.
    pub(super) fn saves(&self) -> bool {
        self.drafts.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Why the state that the last one left is not saved, if it has said so.
    pub(super) fn unsaved(&self) -> Option<String> {
        self.drafts().as_ref().and_then(Drafts::unsaved)
    }

    /// Makes the first one, and does not wait for it. `files` lie in its socket from the beginning. Gives the parent's end of the
    /// socket too.
    pub(crate) fn make(
        &self,
        channel: &Channel,
        arguments: &OwnedFd,
        files: &[Arc<SharedFile>],
    ) -> Result<(Incarnation, OwnedFd), StartError> {
        let Opened { childs, pipes } = self.streams.open()?;
        let oom_kills = Before::now();
        let first = Spawn { env: &self.env, surroundings: None };
        let spawned = self.with_greeting(channel, arguments, files, |greeting| spawn(&first, Some(greeting), childs));
        self.captured(spawned.map_err(StartError::system(GREETING))??, oom_kills, pipes)
    }

    /// Makes one that takes the place of an earlier one. It waits for its greeting.
    pub(super) fn make_next(&self) -> Result<(Incarnation, OwnedFd), StartError> {
        if let Some(drafts) = &mut *self.drafts() {
            drafts.turn_over().map_err(StartError::system("keeping the last snapshot"))?;
        }
        let Opened { childs, pipes } = self.streams.open()?;
        let oom_kills = Before::now();
        let next = Spawn { env: &self.env, surroundings: self.next.as_ref().map(|next| &next.surroundings) };
        self.captured(spawn(&next, None, childs)?, oom_kills, pipes)
    }

    /// Greets such a process. Never blocks.
    pub(super) fn greet(
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
    ) -> Result<(Incarnation, OwnedFd), StartError> {
        let streams = Captured::begin(&self.name, child.pid(), pipes).map_err(|error| unread(&child, error))?;
        Ok((Incarnation { child, streams, oom_kills }, socket))
    }

    fn with_greeting<T>(
        &self,
        channel: &Channel,
        arguments: &OwnedFd,
        files: &[Arc<SharedFile>],
        work: impl FnOnce(&Greeting<'_>) -> T,
    ) -> io::Result<T> {
        let (parent, lifeline) = (pidfd_open(getpid(), PidfdFlags::empty()).naming("pidfd_open")?, Lifeline::own()?);
        let (input, drafts) = (self.input.lock().unwrap_or_else(PoisonError::into_inner), self.drafts());
        let mut letters = first_letters(files);
        letters.extend(drafts.iter().flat_map(Drafts::letters));
        letters.extend((0..).zip(self.inherited.descriptors()).map(|(at, descriptor)| ([INHERITED, at], descriptor)));
        let directory = self.next.as_ref().and_then(|next| next.surroundings.directory.as_ref());
        letters.extend(directory.map(|directory| ([DIRECTORY, 0], directory.as_fd())));
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
            letters: &letters,
        }))
    }

    fn drafts(&self) -> MutexGuard<'_, Option<Drafts>> {
        self.drafts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the input file is this one.
    pub(super) fn set_input(&self, file: OwnedFd) {
        *self.input.lock().unwrap_or_else(PoisonError::into_inner) = file;
    }
}

/// A child whose output nobody would read would wait for ever when it prints, so it must not live.
fn unread(child: &Child, error: io::Error) -> StartError {
    dispose(child);
    StartError::system("reading what the object prints")(error)
}
