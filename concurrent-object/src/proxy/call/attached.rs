//! The shared files that came with a reply: opened, and checked before anything in them is read.
//!
//! Knows files; does not trust the child that sent them. Invariant: the parent copies no more bytes
//! out of them than they hold. So a small reply that refers to a large file many times cannot
//! exhaust the parent's memory.

use std::cell::Cell;
use std::io;
use std::sync::Arc;

use crate::descriptor::OwnedFd;
use crate::protocol::failure::Failure;
use crate::shared::file::{SharedFile, open_from_child};
use crate::wire::Outside;

#[derive(Debug)]
pub(crate) struct Attached {
    files: Vec<Arc<SharedFile>>,
    /// The bytes that may still be copied.
    left: Cell<usize>,
}

impl Attached {
    pub(crate) fn open(files: Box<[OwnedFd]>) -> Result<Self, Failure> {
        let files =
            files.into_iter().map(open_from_child).collect::<io::Result<Vec<_>>>().map_err(|error| refused(&error))?;
        let size = files.iter().fold(0_usize, |sum, file| sum.saturating_add(file.bytes().len()));
        Ok(Self { files, left: Cell::new(size) })
    }
}

impl Outside for Attached {
    /// Only a parent lends regions.
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

/// A file that is not a sealed shared file is a breach of the protocol. A file that the parent has
/// no room to map is not the child's fault.
fn refused(error: &io::Error) -> Failure {
    let reason = format!("its shared memory could not be mapped: {error}");
    match error.kind() {
        io::ErrorKind::InvalidData => Failure::Malformed { reason },
        _ => Failure::Decode { argument: None, reason },
    }
}
