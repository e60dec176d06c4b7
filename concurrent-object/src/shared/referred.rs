//! The shared files that a message refers to, by their positions.

use std::sync::Arc;

use super::file::{SharedFile, find};

/// Each file once.
#[derive(Debug, Default)]
pub(crate) struct Referred(Vec<Arc<SharedFile>>);

impl Referred {
    /// The position of the file in which these bytes lie, and where they lie in it. Nothing if they lie in none.
    pub(crate) fn place_of(&mut self, bytes: &[u8]) -> Option<(u16, usize)> {
        let (file, offset) = find(bytes)?;
        Some((self.position_of(file)?, offset))
    }

    /// The position of this file; nothing if there are too many.
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

    /// How many there are. Positions are of this type, so there are no more.
    pub(crate) fn count(&self) -> u16 {
        u16::try_from(self.0.len()).unwrap_or(u16::MAX)
    }

    pub(crate) fn into_files(self) -> Vec<Arc<SharedFile>> {
        self.0
    }
}
