//! What a bridge's thread learns of the object's machine, for the threads that use the object.
//!
//! Knows names and reasons. Invariant: each fact is set at most once, before the thread ends or the
//! object counts as ready.

use std::sync::OnceLock;

use crate::error::{LostHost, StartError};
use crate::protocol::remote::Diagnosis;

/// What is known of the object's machine.
#[derive(Debug, Default)]
pub(crate) struct BridgeFacts {
    /// The object's process there, and the name of the machine.
    place: OnceLock<(u32, String)>,
    parting: OnceLock<Parting>,
    diagnosis: OnceLock<Diagnosis>,
}

/// Why the object is not there any more, apart from a death that the machine has reported.
#[derive(Debug)]
enum Parting {
    Refused(StartError, LostHost),
    Lost(LostHost),
}

/// The longest name of a machine, in bytes.
const MAX_NAME: usize = 255;

impl BridgeFacts {
    /// Notes where the object lives, unless that is known.
    pub(super) fn note_place(&self, pid: u32, mut host: String) {
        host.truncate(host.floor_char_boundary(MAX_NAME));
        drop(self.place.set((pid, host)));
    }

    pub(super) fn note_refusal(&self, site: String, error: StartError) {
        let lost = LostHost { site, host: None, reason: error.to_string() };
        drop(self.parting.set(Parting::Refused(error, lost)));
    }

    pub(super) fn note_loss(&self, site: String, reason: String) {
        drop(self.parting.set(Parting::Lost(LostHost { site, host: self.host().map(str::to_owned), reason })));
    }

    pub(super) fn note_diagnosis(&self, diagnosis: Diagnosis) {
        drop(self.diagnosis.set(diagnosis));
    }

    /// Returns what that machine says of the process, if it has died there.
    pub(crate) fn diagnosis(&self) -> Option<&Diagnosis> {
        self.diagnosis.get()
    }

    /// Returns the id of the object's process on its machine, once that is known.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.place.get().map(|&(pid, _)| pid)
    }

    /// Returns the name of the machine, once the object has a process there.
    pub(crate) fn host(&self) -> Option<&str> {
        self.place.get().map(|(_, host)| host.as_str())
    }

    /// Returns why the object was not started.
    pub(crate) fn refusal(&self) -> Option<&StartError> {
        match self.parting.get()? {
            Parting::Refused(error, _) => Some(error),
            Parting::Lost(_) => None,
        }
    }

    /// Returns the machine to which there is no connection any more, or never was.
    pub(crate) fn lost(&self) -> Option<&LostHost> {
        match self.parting.get()? {
            Parting::Refused(_, lost) | Parting::Lost(lost) => Some(lost),
        }
    }
}
