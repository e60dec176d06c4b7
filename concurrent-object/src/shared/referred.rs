//! The list of shared files that a message refers to. The message names each by its position.
//!
//! Knows files; must not know how they are sent. Invariant: each file is in the list once.

use std::sync::Arc;

use super::file::{SharedFile, find};

/// The files in the order in which the message first refers to them.
#[derive(Debug, Default)]
pub(crate) struct Referred(Vec<Arc<SharedFile>>);

impl Referred {
    /// Returns the position of the file in which these bytes lie, and their offset in it. `None` if
    /// they lie in no shared file, or the list is full.
    pub(crate) fn place_of(&mut self, bytes: &[u8]) -> Option<(u16, usize)> {
        let (file, offset) = find(bytes)?;
        Some((self.position_of(file)?, offset))
    }

    /// Returns the position of this file, which is added if it is new. `None` if the list is full.
    pub(crate) fn position_of(&mut self, file: Arc<SharedFile>) -> Option<u16> {
        let known = self.0.iter().position(|other| Arc::ptr_eq(other, &file));
        let position = u16::try_from(known.unwrap_or(self.0.len())).ok()?;
        if known.is_none() {
            self.0.push(file);
        }
        Some(position)
    }

    pub(crate) fn files(&self) -> &[Arc<SharedFile>] {
        &self.0
    }

    /// Returns how many files there are, at most `u16::MAX`.
    pub(crate) fn count(&self) -> u16 {
        u16::try_from(self.0.len()).unwrap_or(u16::MAX)
    }

    pub(crate) fn into_files(self) -> Vec<Arc<SharedFile>> {
        self.0
    }
}
