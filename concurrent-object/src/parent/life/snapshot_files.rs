//! The snapshots of an object's state: where its process writes them, and the last one, for the next process.
//!
//! Knows files, not what is in them. Invariant: what the next process gets can never change again, and nothing takes the place of the
//! last whole snapshot but a newer whole one.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::memory::snapshot_buffer::SnapshotBuffer;
use crate::process::fd_socket::Words;
use crate::protocol::control::ControlMessage;

const NAME: &str = "concurrent-object:snapshot";

/// Two to write in turn, so that one is whole at any time, and the last of the process before.
#[derive(Debug)]
pub(crate) struct SnapshotBuffers {
    buffers: [SnapshotBuffer; 2],
    last: Option<OwnedFd>,
}

impl SnapshotBuffers {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { buffers: fresh()?, last: None })
    }

    /// The process is gone: its last snapshot is kept for the next, which gets others to write.
    pub(crate) fn turn_over(&mut self) -> io::Result<()> {
        let mut found = [None; 2];
        for (found, buffer) in found.iter_mut().zip(&self.buffers) {
            *found = buffer.contents()?.map(|contents| contents.sequence);
        }
        if found == [None; 2] {
            if self.unsaved().is_some() {
                // What this process could not do is not said of the next.
                self.buffers = fresh()?;
            }
            return Ok(());
        }
        // `None` is less than any number.
        let [first, second] = std::mem::replace(&mut self.buffers, fresh()?);
        let newer = if found[0] > found[1] { first } else { second };
        self.last = Some(newer.seal()?);
        Ok(())
    }

    /// Why the latest state is not saved, if its process has said so.
    pub(crate) fn unsaved(&self) -> Option<String> {
        self.buffers.iter().find_map(|buffer| buffer.reason().ok().flatten())
    }

    /// What its next process gets with its first letters. The last snapshot comes first, because there is something to write only for
    /// whoever has it.
    pub(crate) fn messages(&self) -> Vec<(Words, BorrowedFd<'_>)> {
        let last = self.last.iter().map(|file| (ControlMessage::Snapshot.encode(), file.as_fd()));
        last.chain(self.buffers.iter().map(|buffer| (ControlMessage::SnapshotBuffer.encode(), buffer.as_fd())))
            .collect()
    }
}

fn fresh() -> io::Result<[SnapshotBuffer; 2]> {
    Ok([SnapshotBuffer::new(NAME)?, SnapshotBuffer::new(NAME)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::snapshot_buffer::Contents;

    fn write(buffer: &mut SnapshotBuffer, sequence: u64) {
        buffer.begin().expect("begun");
        buffer.write(0, &[sequence as u8]).expect("written");
        buffer.finish(Contents { sequence, cut: 0, end: 1 }).expect("finished");
    }

    fn last(snapshot_buffers: &SnapshotBuffers) -> Option<u64> {
        let file = snapshot_buffers.last.as_ref()?;
        Contents::of(file).expect("readable").map(|contents| contents.sequence)
    }

    #[test]
    fn the_newest_whole_snapshot_is_kept_until_there_is_a_newer_one() {
        let mut snapshot_buffers = SnapshotBuffers::new().expect("memory files");
        snapshot_buffers.turn_over().expect("turned over");
        assert_eq!((last(&snapshot_buffers), snapshot_buffers.messages().len()), (None, 2), "there was none");

        write(&mut snapshot_buffers.buffers[0], 1);
        write(&mut snapshot_buffers.buffers[1], 2);
        snapshot_buffers.turn_over().expect("turned over");
        assert_eq!((last(&snapshot_buffers), snapshot_buffers.messages().len()), (Some(2), 3));

        // The next process died while it wrote its first.
        snapshot_buffers.buffers[0].begin().expect("begun");
        snapshot_buffers.turn_over().expect("turned over");
        assert_eq!(last(&snapshot_buffers), Some(2));

        // Another one could not write its first, and said so.
        assert_eq!(snapshot_buffers.unsaved(), None);
        snapshot_buffers.buffers[1].record_failure(1, "no room").expect("written");
        assert_eq!(snapshot_buffers.unsaved().as_deref(), Some("no room"));
        snapshot_buffers.turn_over().expect("turned over");
        assert_eq!((last(&snapshot_buffers), snapshot_buffers.unsaved()), (Some(2), None));

        // Another one died while it wrote its fourth.
        write(&mut snapshot_buffers.buffers[0], 3);
        write(&mut snapshot_buffers.buffers[1], 2);
        snapshot_buffers.buffers[1].begin().expect("begun");
        snapshot_buffers.turn_over().expect("turned over");
        assert_eq!(last(&snapshot_buffers), Some(3));
    }
}
