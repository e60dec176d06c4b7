//! A message that is written anew again and again, and read when its writer is gone, however it went.
//!
//! Knows a header and a body. Invariant: there is a header only while the body before its end is whole; it is taken away before
//! the body is touched, and put back last. What it says is checked against the file and against itself, because the writer may have been a
//! process that was going wrong.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::retry_on_intr;

use super::sealed::Unsealed;
use crate::error::refused::Naming;

/// Where the body begins: as far as the strictest alignment of what lies in it asks.
pub(crate) const BODY: usize = 64;

const MAGIC: u64 = u64::from_ne_bytes(*b"snapshot");
/// There is no message, and the body says why.
const MISSING: u64 = u64::from_ne_bytes(*b"no state");
/// The longest that is read of that, in bytes.
const MAX_REASON_SIZE: usize = 4096;
const WORDS: usize = 5;

/// A file that takes one message at a time.
#[derive(Debug)]
pub(crate) struct SnapshotBuffer {
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

impl SnapshotBuffer {
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
        self.put(MAGIC, contents)
    }

    /// There will be no message, for this reason, until another one is written.
    pub(crate) fn record_failure(&mut self, sequence: u64, reason: &str) -> io::Result<()> {
        let end = reason.len().min(MAX_REASON_SIZE);
        self.begin()?;
        self.write(0, &reason.as_bytes()[..end])?;
        self.put(MISSING, Contents { sequence, cut: 0, end })
    }

    fn put(&mut self, magic: u64, contents: Contents) -> io::Result<()> {
        let size = BODY + contents.end;
        if size < self.size {
            self.file.cut(size)?;
        }
        self.size = size;
        self.file.write(0, contents.to_words(magic).map(u64::to_ne_bytes).as_flattened())
    }

    /// What is in it, if it is whole.
    pub(crate) fn contents(&self) -> io::Result<Option<Contents>> {
        Contents::of(&self.file)
    }

    /// Why there is none, if whoever was to write it has said so.
    pub(crate) fn reason(&self) -> io::Result<Option<String>> {
        let Some(Contents { end, .. }) = Contents::read(&self.file, MISSING)? else { return Ok(None) };
        let mut text = vec![0; end.min(MAX_REASON_SIZE)];
        let read = retry_on_intr(|| rustix::io::pread(&self.file, &mut text, BODY as u64)).naming("pread")?;
        Ok(Some(String::from_utf8_lossy(&text[..read]).into_owned()))
    }

    /// Nobody writes it any more.
    pub(crate) fn seal(self) -> io::Result<OwnedFd> {
        self.file.seal()
    }
}

impl AsFd for SnapshotBuffer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Contents {
    /// What the header of this file says; nothing if there is none that can be true.
    pub(crate) fn of(file: impl AsFd) -> io::Result<Option<Self>> {
        Self::read(file, MAGIC)
    }

    fn read(file: impl AsFd, magic: u64) -> io::Result<Option<Self>> {
        let mut header = [0; WORDS * size_of::<u64>()];
        let read = retry_on_intr(|| rustix::io::pread(&file, &mut header, 0)).naming("pread")?;
        let size = rustix::fs::fstat(&file).naming("fstat")?.st_size as u64;
        if read < header.len() {
            return Ok(None);
        }
        let mut words = header.as_chunks().0.iter().map(|&bytes| u64::from_ne_bytes(bytes));
        Ok(Self::from_words(magic, std::array::from_fn(|_| words.next().unwrap_or_default()), size))
    }

    fn to_words(self, magic: u64) -> [u64; WORDS] {
        let (cut, end) = (self.cut as u64, self.end as u64);
        [magic, self.sequence, cut, end, check(self.sequence, cut, end)]
    }

    fn from_words(asked: u64, [magic, sequence, cut, end, checked]: [u64; WORDS], size: u64) -> Option<Self> {
        let is_true = magic == asked && checked == check(sequence, cut, end) && cut <= end;
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
        let mut buffer = SnapshotBuffer::new("test").expect("a memory file");
        assert_eq!(buffer.contents().expect("readable"), None);
        buffer.begin().expect("begun");
        buffer.write(0, b"one").expect("written");
        assert_eq!(buffer.contents().expect("readable"), None, "nobody said that it is whole");
        buffer.finish(contents(1, 3)).expect("finished");
        assert_eq!(buffer.contents().expect("readable"), Some(contents(1, 3)));
        buffer.begin().expect("begun");
        assert_eq!(buffer.contents().expect("readable"), None, "another one is being written");
    }

    #[test]
    fn the_file_gets_shorter_with_its_message_and_is_sealed_in_the_end() {
        let mut buffer = SnapshotBuffer::new("test").expect("a memory file");
        for (sequence, body) in [(1, &b"a long message"[..]), (2, b"short")] {
            buffer.begin().expect("begun");
            buffer.write(0, body).expect("written");
            buffer.finish(contents(sequence, body.len())).expect("finished");
        }
        let file = buffer.seal().expect("sealed");
        let found = Contents::of(&file).expect("readable");
        assert_eq!(found, Some(contents(2, 5)));
        assert_eq!(&Sealed::map(&file).expect("mapped").bytes()[BODY..], b"short");
    }

    #[test]
    fn why_there_is_no_message_is_said_until_there_is_one() {
        let mut buffer = SnapshotBuffer::new("test").expect("a memory file");
        assert_eq!(buffer.reason().expect("readable"), None);
        buffer.record_failure(1, "the ink has run dry").expect("written");
        assert_eq!(buffer.reason().expect("readable").as_deref(), Some("the ink has run dry"));
        assert_eq!(buffer.contents().expect("readable"), None, "a reason is no message");
        buffer.record_failure(1, &"x".repeat(10_000)).expect("written");
        assert_eq!(buffer.reason().expect("readable").map(|text| text.len()), Some(MAX_REASON_SIZE));
        buffer.begin().expect("begun");
        assert_eq!(buffer.reason().expect("readable"), None);
    }

    #[test]
    fn headers_that_cannot_be_true_are_none() {
        let good = contents(7, 100).to_words(MAGIC);
        assert_eq!(Contents::from_words(MAGIC, good, 164), Some(contents(7, 100)));
        assert_eq!(Contents::from_words(MAGIC, good, 163), None, "the file ends before");
        for word in 0..WORDS {
            let mut bad = good;
            bad[word] ^= 1 << 20;
            assert_eq!(Contents::from_words(MAGIC, bad, u64::MAX), None, "word {word}");
        }
        let beyond = Contents { sequence: 1, cut: 5, end: 4 }.to_words(MAGIC);
        assert_eq!(Contents::from_words(MAGIC, beyond, u64::MAX), None);
        let endless = Contents { sequence: 1, cut: 0, end: usize::MAX }.to_words(MAGIC);
        assert_eq!(Contents::from_words(MAGIC, endless, u64::MAX), None);
    }
}
