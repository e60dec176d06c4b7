//! The shared files that a reply refers to, opened, and judged before anything in them is looked at.
//!
//! Knows files; the child that sent them is not trusted. Invariant: of all that is copied out of them there is no more than they
//! hold, so a small reply that names a large file again and again does not multiply.

use std::cell::Cell;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use crate::protocol::failure::Failure;
use crate::shared::file::{SharedFile, open};
use crate::wire::Outside;

#[derive(Debug)]
pub(crate) struct Attached {
    files: Vec<Arc<SharedFile>>,
    /// How many bytes may still be copied.
    left: Cell<usize>,
}

impl Attached {
    pub(crate) fn open(files: Box<[OwnedFd]>) -> Result<Self, Failure> {
        let files = files.into_iter().map(open).collect::<io::Result<Vec<_>>>().map_err(|error| refused(&error))?;
        let size = files.iter().fold(0_usize, |sum, file| sum.saturating_add(file.bytes().len()));
        Ok(Self { files, left: Cell::new(size) })
    }
}

impl Outside for Attached {
    /// Only a parent lends.
    fn region(&self, _slot: u16) -> Option<&[u8]> {
        None
    }

    fn file(&self, position: u16) -> Option<&Arc<SharedFile>> {
        self.files.get(usize::from(position))
    }

    fn may_copy(&self, len: usize) -> bool {
        let left = self.left.get().checked_sub(len);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// A file that is not what it must be is nonsense; one that there is no room for is not the child's fault.
fn refused(error: &io::Error) -> Failure {
    let reason = format!("its shared memory could not be mapped: {error}");
    match error.kind() {
        io::ErrorKind::InvalidData => Failure::Malformed { reason },
        _ => Failure::Decode { argument: None, reason },
    }
}
