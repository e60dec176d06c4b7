//! A message that is written anew again and again, and read when its writer is gone, however it went.
//!
//! Knows a header and a body. Invariant: there is a header only while the body before its end is whole; it is taken away before
//! the body is touched, and put back last. What it says is checked against the file and against itself, because the writer may have been a
//! process that was going wrong.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::retry_on_intr;

use super::sealed::Unsealed;

/// Where the body begins: as far as the strictest alignment of what lies in it asks.
pub(crate) const BODY: usize = 64;

const MAGIC: u64 = u64::from_ne_bytes(*b"snapshot");
const WORDS: usize = 5;

/// A file that takes one message at a time.
#[derive(Debug)]
pub(crate) struct Draft {
    file: Unsealed,
    /// How far the file reaches.
    size: usize,
}

/// What a header says: a body up to `end`, whose structured part begins at `cut`. Both count from the body's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    /// Counts the messages that were written.
    pub(crate) sequence: u64,
    pub(crate) cut: usize,
    pub(crate) end: usize,
}

impl Draft {
    pub(crate) fn new(name: &str) -> io::Result<Self> {
        Ok(Self { file: Unsealed::new(name)?, size: 0 })
    }

    /// One that another process made.
    pub(crate) fn of(file: OwnedFd) -> Self {
        Self { file: Unsealed::of(file), size: 0 }
    }

    /// Takes the message away, to write another one.
    pub(crate) fn begin(&self) -> io::Result<()> {
        self.file.write(0, &[0; BODY])
    }

    /// Writes into the body.
    pub(crate) fn write(&self, offset: usize, bytes: &[u8]) -> io::Result<()> {
        self.file.write(BODY.saturating_add(offset), bytes)
    }

    /// The message is whole.
    pub(crate) fn finish(&mut self, contents: Contents) -> io::Result<()> {
        let size = BODY + contents.end;
        if size < self.size {
            self.file.cut(size)?;
        }
        self.size = size;
        let words = contents.to_words();
        self.file.write(0, words.map(u64::to_ne_bytes).as_flattened())
    }

    /// What is in it, if it is whole.
    pub(crate) fn contents(&self) -> io::Result<Option<Contents>> {
        Contents::of(&self.file)
    }

    /// Nobody writes it any more.
    pub(crate) fn seal(self) -> io::Result<OwnedFd> {
        self.file.seal()
    }
}

impl AsFd for Draft {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Contents {
    /// What the header of this file says; nothing if there is none that can be true.
    pub(crate) fn of(file: impl AsFd) -> io::Result<Option<Self>> {
        let mut header = [0; WORDS * size_of::<u64>()];
        let read = retry_on_intr(|| rustix::io::pread(&file, &mut header, 0))?;
        let size = rustix::fs::fstat(&file)?.st_size as u64;
        if read < header.len() {
            return Ok(None);
        }
        let mut words = header.as_chunks().0.iter().map(|&bytes| u64::from_ne_bytes(bytes));
        Ok(Self::from_words(std::array::from_fn(|_| words.next().unwrap_or_default()), size))
    }

    fn to_words(self) -> [u64; WORDS] {
        let (cut, end) = (self.cut as u64, self.end as u64);
        [MAGIC, self.sequence, cut, end, check(self.sequence, cut, end)]
    }

    fn from_words([magic, sequence, cut, end, checked]: [u64; WORDS], size: u64) -> Option<Self> {
        let is_true = magic == MAGIC && checked == check(sequence, cut, end) && cut <= end;
        let fits = end.checked_add(BODY as u64).is_some_and(|whole| whole <= size);
        (is_true && fits).then_some(Self { sequence, cut: cut as usize, end: end as usize })
    }
}

/// Tells a header that was half written from a whole one.
fn check(sequence: u64, cut: u64, end: u64) -> u64 {
    sequence.rotate_left(48) ^ cut.rotate_left(24) ^ end ^ !MAGIC
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::sealed::Sealed;

    fn contents(sequence: u64, end: usize) -> Contents {
        Contents { sequence, cut: 1, end }
    }

    #[test]
    fn a_message_is_there_only_while_it_is_whole() {
        let mut draft = Draft::new("test").expect("a memory file");
        assert_eq!(draft.contents().expect("readable"), None);
        draft.begin().expect("begun");
        draft.write(0, b"one").expect("written");
        assert_eq!(draft.contents().expect("readable"), None, "nobody said that it is whole");
        draft.finish(contents(1, 3)).expect("finished");
        assert_eq!(draft.contents().expect("readable"), Some(contents(1, 3)));
        draft.begin().expect("begun");
        assert_eq!(draft.contents().expect("readable"), None, "another one is being written");
    }

    #[test]
    fn the_file_gets_shorter_with_its_message_and_is_sealed_in_the_end() {
        let mut draft = Draft::new("test").expect("a memory file");
        for (sequence, body) in [(1, &b"a long message"[..]), (2, b"short")] {
            draft.begin().expect("begun");
            draft.write(0, body).expect("written");
            draft.finish(contents(sequence, body.len())).expect("finished");
        }
        let file = draft.seal().expect("sealed");
        let found = Contents::of(&file).expect("readable");
        assert_eq!(found, Some(contents(2, 5)));
        assert_eq!(&Sealed::map(&file).expect("mapped").bytes()[BODY..], b"short");
    }

    #[test]
    fn headers_that_cannot_be_true_are_none() {
        let good = contents(7, 100).to_words();
        assert_eq!(Contents::from_words(good, 164), Some(contents(7, 100)));
        assert_eq!(Contents::from_words(good, 163), None, "the file ends before");
        for word in 0..WORDS {
            let mut bad = good;
            bad[word] ^= 1 << 20;
            assert_eq!(Contents::from_words(bad, u64::MAX), None, "word {word}");
        }
        let beyond = Contents { sequence: 1, cut: 5, end: 4 }.to_words();
        assert_eq!(Contents::from_words(beyond, u64::MAX), None);
        let endless = Contents { sequence: 1, cut: 0, end: usize::MAX }.to_words();
        assert_eq!(Contents::from_words(endless, u64::MAX), None);
    }
}
