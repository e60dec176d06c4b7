//! Takes the place of the functions that spawn processes: there are none on this target.
//!
//! Invariant: the recipe of each object is one for a thread.

use std::io;
use std::sync::Arc;

use super::SpawnSpec;
use crate::descriptor::OwnedFd;
use crate::error::StartError;
use crate::parent::life::backend::Backend;
use crate::shared::file::SharedFile;
use crate::transport::mapped::Channel;

impl SpawnSpec {
    pub(super) fn make_process(
        &self,
        _channel: &Channel,
        _arguments: &OwnedFd,
        _files: &[Arc<SharedFile>],
    ) -> Result<(Backend, OwnedFd), StartError> {
        Err(no_process())
    }

    pub(super) fn make_next_process(&self) -> Result<(Backend, OwnedFd), StartError> {
        Err(no_process())
    }

    pub(super) fn greet_process(
        &self,
        _backend: &Backend,
        _socket: &OwnedFd,
        _channel: &Channel,
        _arguments: &OwnedFd,
        _files: &[Arc<SharedFile>],
    ) -> Result<(), StartError> {
        Err(no_process())
    }
}

fn no_process() -> StartError {
    StartError::system("making the object's process")(io::ErrorKind::Unsupported.into())
}
