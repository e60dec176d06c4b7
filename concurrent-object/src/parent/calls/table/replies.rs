//! The replies in the table: the shared files that come with them, and copies out of slots.
//!
//! Knows replies as bytes.

use super::{CallTable, Stage};
use crate::descriptor::OwnedFd;
use crate::parent::calls::received::ReceivedFiles;
use crate::transport::header::Header;

impl CallTable {
    /// Whether there is a reply that no thread has taken.
    pub(crate) fn has_reply(&self) -> bool {
        self.records.iter().any(|record| matches!(record.stage, Stage::Answered(..) | Stage::Kept(..)))
    }

    /// Keeps the shared files that came with the reply to a call.
    pub(crate) fn set_received(&mut self, index: u32, files: Vec<OwnedFd>) {
        self.records[index as usize].received = Some(files.into());
    }

    pub(crate) fn take_received(&mut self, index: u32) -> ReceivedFiles {
        self.records[index as usize].received.take()
    }

    /// Copies a reply out of its slot, which another call needs.
    pub(crate) fn keep(&mut self, index: u32, copy: impl FnOnce(Header) -> Vec<u8>) {
        let stage = &mut self.records[index as usize].stage;
        if let Stage::Answered(pid, _, header) = *stage {
            *stage = Stage::Kept(pid, header, copy(header));
        }
    }
}
