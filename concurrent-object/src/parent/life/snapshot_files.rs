//! The memory files for an object's snapshots: two that the present process writes, and the last
//! one, for the next process.
//!
//! Problem: a process may die while it writes a snapshot, and may go on to misbehave before it is
//! reaped. With one file, a half-written snapshot would replace a good one. Way here: *double
//! buffering*. The child writes the two files in turn, so one is whole at any time. After the
//! process was reaped, the parent seals the newer whole file, and keeps it for the next process.
//! The next process gets two fresh files to write.
//!
//! Knows files; must not know what is in them.
//!
//! Invariants: the file that the next process restores from is sealed. The last whole snapshot is
//! replaced only by a newer whole one.

use std::io;

use crate::descriptor::{AsFd, BorrowedFd, OwnedFd};
use crate::memory::snapshot_buffer::{Contents, SnapshotBuffer};
use crate::process::fd_socket::Words;
use crate::protocol::control::ControlMessage;

const NAME: &str = "concurrent-object:snapshot";

/// How often a copy is tried again. A process that overwrites it each time saves all the time, and
/// the next look finds a newer one.
#[cfg(feature = "bridge")]
const LOOKS: usize = 4;

/// The two files that the present process writes in turn, and the last snapshot of the processes
/// before it.
#[derive(Debug)]
pub(crate) struct SnapshotBuffers {
    buffers: [SnapshotBuffer; 2],
    last: Option<OwnedFd>,
}

/// A copy of a saved state.
#[cfg(feature = "bridge")]
#[derive(Debug)]
pub(crate) struct CopiedState {
    /// The number of the snapshot among those of its process.
    pub(crate) sequence: u64,
    pub(crate) structured: Vec<u8>,
    pub(crate) raw: Vec<u8>,
}

impl SnapshotBuffers {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { buffers: fresh()?, last: None })
    }

    /// Makes the first process begin with this state, which an earlier life of the object left.
    pub(crate) fn restore_from(&mut self, structured: &[u8], raw: &[u8]) -> io::Result<()> {
        let mut buffer = SnapshotBuffer::new(NAME)?;
        let contents = Contents { sequence: 0, cut: raw.len(), end: raw.len() + structured.len() };
        buffer.write(0, raw)?;
        buffer.write(raw.len(), structured)?;
        buffer.finish(contents)?;
        self.last = Some(buffer.seal(contents)?);
        Ok(())
    }

    /// Copies the newest whole snapshot while its process lives, if its number is larger than this.
    ///
    /// The process writes the other file next. Only the snapshot after that one overwrites the
    /// bytes that are read here. If that has begun meanwhile, the header has changed, and this
    /// looks again.
    #[cfg(feature = "bridge")]
    pub(crate) fn newest_after(&self, last: u64) -> io::Result<Option<CopiedState>> {
        for _ in 0..LOOKS {
            let mut newest: Option<(&SnapshotBuffer, Contents)> = None;
            for buffer in &self.buffers {
                let newer_than = newest.map_or(last, |(_, contents)| contents.sequence);
                if let Some(contents) = buffer.contents()?.filter(|contents| contents.sequence > newer_than) {
                    newest = Some((buffer, contents));
                }
            }
            let Some((buffer, contents)) = newest else { return Ok(None) };
            let mut raw = buffer.read(contents)?;
            if buffer.contents()? == Some(contents) && raw.len() == contents.end {
                let structured = raw.split_off(contents.cut);
                return Ok(Some(CopiedState { sequence: contents.sequence, structured, raw }));
            }
        }
        Ok(None)
    }

    /// Called after the process was reaped. Keeps its newest whole snapshot for the next process,
    /// and makes fresh files for that one to write.
    pub(crate) fn keep_newest(&mut self) -> io::Result<()> {
        let mut found = [None; 2];
        for (found, buffer) in found.iter_mut().zip(&self.buffers) {
            *found = buffer.contents()?;
        }
        if found == [None; 2] {
            if self.unsaved().is_some() {
                // The failure of this process must not be reported for the next, so that gets fresh
                // files.
                self.buffers = fresh()?;
            }
            return Ok(());
        }
        let buffers = std::mem::replace(&mut self.buffers, fresh()?);
        let whole = buffers.into_iter().zip(found).filter_map(|(buffer, contents)| Some((buffer, contents?)));
        if let Some((newest, contents)) = whole.max_by_key(|(_, contents)| contents.sequence) {
            self.last = Some(newest.seal(contents)?);
        }
        Ok(())
    }

    /// Returns why the latest state is not saved, if the process has recorded a failure.
    pub(crate) fn unsaved(&self) -> Option<String> {
        self.buffers.iter().find_map(|buffer| buffer.reason().ok().flatten())
    }

    /// Returns the control messages for the next process's greeting, with their files. The last
    /// snapshot comes first, so that the child has it before it gets files to write.
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
        snapshot_buffers.keep_newest().expect("kept");
        assert_eq!((last(&snapshot_buffers), snapshot_buffers.messages().len()), (None, 2), "no snapshot yet");

        write(&mut snapshot_buffers.buffers[0], 1);
        write(&mut snapshot_buffers.buffers[1], 2);
        snapshot_buffers.keep_newest().expect("kept");
        assert_eq!((last(&snapshot_buffers), snapshot_buffers.messages().len()), (Some(2), 3));

        // The next process died while it wrote its first snapshot.
        snapshot_buffers.buffers[0].begin().expect("begun");
        snapshot_buffers.keep_newest().expect("kept");
        assert_eq!(last(&snapshot_buffers), Some(2));

        // The process after it could not write its first snapshot, and recorded why.
        assert_eq!(snapshot_buffers.unsaved(), None);
        snapshot_buffers.buffers[1].record_failure(1, "no room").expect("written");
        assert_eq!(snapshot_buffers.unsaved().as_deref(), Some("no room"));
        snapshot_buffers.keep_newest().expect("kept");
        assert_eq!((last(&snapshot_buffers), snapshot_buffers.unsaved()), (Some(2), None));

        // A later process died while it wrote its fourth snapshot.
        write(&mut snapshot_buffers.buffers[0], 3);
        write(&mut snapshot_buffers.buffers[1], 2);
        snapshot_buffers.buffers[1].begin().expect("begun");
        snapshot_buffers.keep_newest().expect("kept");
        assert_eq!(last(&snapshot_buffers), Some(3));
    }
}
