//! An object's process, and how another one like it is made.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{PidfdFlags, getpid, pidfd_open};

use super::drafts::Drafts;
use super::files::first_letters;
use crate::channel::mapped::{self, Channel};
use crate::error::StartError;
use crate::process::child::Child;
use crate::process::lifeline::Lifeline;
use crate::process::post::Words;
use crate::process::reap::reap;
use crate::process::spawn::{Spawn, spawn};
use crate::process::stream::{Captured, ForChild, Opened, Wanted};
use crate::shared::file::SharedFile;

/// One process of an object, from its making until it was reaped.
#[derive(Debug)]
pub(crate) struct Incarnation {
    pub(crate) child: Child,
    pub(crate) streams: Captured,
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
    /// If its state is to be saved.
    pub(crate) drafts: Mutex<Option<Drafts>>,
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
        let (input, drafts) = (Mutex::new(input), Mutex::new(drafts));
        Self { name, env, streams, message, control, input, drafts }
    }

    /// Why the state that the last one left is not saved, if it has said so.
    pub(super) fn unsaved(&self) -> Option<String> {
        let drafts = self.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.as_ref().and_then(Drafts::unsaved)
    }

    /// Makes one, and does not wait for it. `files` lie in its socket from the beginning. Gives the parent's end of the socket too.
    pub(crate) fn make(
        &self,
        channel: &Channel,
        arguments: &OwnedFd,
        files: &[Arc<SharedFile>],
    ) -> Result<(Incarnation, OwnedFd), StartError> {
        let mut drafts = self.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(drafts) = &mut *drafts {
            drafts.turn_over().map_err(StartError::system("keeping the last snapshot"))?;
        }
        let mut letters = first_letters(files);
        letters.extend(drafts.iter().flat_map(Drafts::letters));
        let Opened { childs, pipes } = self.streams.open()?;
        let (child, socket) = self.spawn(channel, arguments, &letters, childs)?;
        let streams = Captured::begin(&self.name, child.pid(), pipes).map_err(|error| unread(&child, error))?;
        Ok((Incarnation { child, streams }, socket))
    }

    fn spawn(
        &self,
        channel: &Channel,
        arguments: &OwnedFd,
        letters: &[(Words, BorrowedFd<'_>)],
        streams: ForChild,
    ) -> Result<(Child, OwnedFd), StartError> {
        let own = || Ok((pidfd_open(getpid(), PidfdFlags::empty())?, Lifeline::own()?));
        let (parent, lifeline) = own().map_err(StartError::system("making the object's process"))?;
        let input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        let spawned = Spawn {
            env: &self.env,
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
            letters,
        };
        spawn(&spawned, streams)
    }

    /// From now on the input file is this one.
    pub(super) fn set_input(&self, file: OwnedFd) {
        *self.input.lock().unwrap_or_else(PoisonError::into_inner) = file;
    }
}

/// A child whose output nobody would read would wait for ever when it prints, so it must not live.
fn unread(child: &Child, error: io::Error) -> StartError {
    child.kill();
    reap(child);
    StartError::system("reading what the object prints")(error)
}
