//! The snapshots of an object's state: where its process writes them, and the last one, for the next process.
//!
//! Knows files, not what is in them. Invariant: what the next process gets can never change again, and nothing takes the place of the
//! last whole snapshot but a newer whole one.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use super::files::{DRAFT, SNAPSHOT};
use crate::memory::draft::Draft;
use crate::process::post::Words;

const NAME: &str = "concurrent-object:snapshot";

/// Two to write in turn, so that one is whole at any time, and the last of the process before.
#[derive(Debug)]
pub(crate) struct Drafts {
    drafts: [Draft; 2],
    last: Option<OwnedFd>,
}

impl Drafts {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { drafts: fresh()?, last: None })
    }

    /// The process is gone: its last snapshot is kept for the next, which gets others to write.
    pub(super) fn turn_over(&mut self) -> io::Result<()> {
        let mut found = [None; 2];
        for (found, draft) in found.iter_mut().zip(&self.drafts) {
            *found = draft.contents()?.map(|contents| contents.sequence);
        }
        if found == [None; 2] {
            if self.unsaved().is_some() {
                // What this process could not do is not said of the next.
                self.drafts = fresh()?;
            }
            return Ok(());
        }
        // `None` is less than any number.
        let [first, second] = std::mem::replace(&mut self.drafts, fresh()?);
        let newer = if found[0] > found[1] { first } else { second };
        self.last = Some(newer.seal()?);
        Ok(())
    }

    /// Why the latest state is not saved, if its process has said so.
    pub(super) fn unsaved(&self) -> Option<String> {
        self.drafts.iter().find_map(|draft| draft.reason().ok().flatten())
    }

    /// What its next process gets with its first letters. The last snapshot comes first, because there is something to write only for
    /// whoever has it.
    pub(super) fn letters(&self) -> Vec<(Words, BorrowedFd<'_>)> {
        let last = self.last.iter().map(|file| ([SNAPSHOT, 0], file.as_fd()));
        last.chain(self.drafts.iter().map(|draft| ([DRAFT, 0], draft.as_fd()))).collect()
    }
}

fn fresh() -> io::Result<[Draft; 2]> {
    Ok([Draft::new(NAME)?, Draft::new(NAME)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::draft::Contents;

    fn write(draft: &mut Draft, sequence: u64) {
        draft.begin().expect("begun");
        draft.write(0, &[sequence as u8]).expect("written");
        draft.finish(Contents { sequence, cut: 0, end: 1 }).expect("finished");
    }

    fn last(drafts: &Drafts) -> Option<u64> {
        let file = drafts.last.as_ref()?;
        Contents::of(file).expect("readable").map(|contents| contents.sequence)
    }

    #[test]
    fn the_newest_whole_snapshot_is_kept_until_there_is_a_newer_one() {
        let mut drafts = Drafts::new().expect("memory files");
        drafts.turn_over().expect("turned over");
        assert_eq!((last(&drafts), drafts.letters().len()), (None, 2), "there was none");

        write(&mut drafts.drafts[0], 1);
        write(&mut drafts.drafts[1], 2);
        drafts.turn_over().expect("turned over");
        assert_eq!((last(&drafts), drafts.letters().len()), (Some(2), 3));

        // The next process died while it wrote its first.
        drafts.drafts[0].begin().expect("begun");
        drafts.turn_over().expect("turned over");
        assert_eq!(last(&drafts), Some(2));

        // Another one could not write its first, and said so.
        assert_eq!(drafts.unsaved(), None);
        drafts.drafts[1].give_up(1, "no room").expect("written");
        assert_eq!(drafts.unsaved().as_deref(), Some("no room"));
        drafts.turn_over().expect("turned over");
        assert_eq!((last(&drafts), drafts.unsaved()), (Some(2), None));

        // Another one died while it wrote its fourth.
        write(&mut drafts.drafts[0], 3);
        write(&mut drafts.drafts[1], 2);
        drafts.drafts[1].begin().expect("begun");
        drafts.turn_over().expect("turned over");
        assert_eq!(last(&drafts), Some(3));
    }
}
