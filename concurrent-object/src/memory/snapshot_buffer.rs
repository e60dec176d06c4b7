//! A file for an object's snapshots. The child writes one snapshot after another into it. When the
//! child has ended in any way, the parent reads the last snapshot.
//!
//! Problem: the child may die in the middle of a write. The parent must not take a half-written
//! snapshot for a whole one, and a lock would stay locked. Here a header marks a whole body. The
//! child erases the header before it changes the body, and writes it last. Each child has two such
//! files, and writes into them in turn (double buffering). So one file keeps the previous snapshot
//! while the child writes into the other.
//!
//! Knows a header and a body. Invariant: a valid header exists only while the body up to its end is
//! whole. The parent checks the header against the file's size and against the header's check word,
//! because the child may have been faulty.

use std::io;

use super::sealed::{Unsealed, read_at, size_of_file};
use crate::descriptor::{AsFd, BorrowedFd, OwnedFd};

/// The offset of the body: the strictest alignment that its content needs.
pub(crate) const BODY: usize = 64;

const MAGIC: u64 = u64::from_ne_bytes(*b"snapshot");
/// The magic of a header that says: there is no snapshot, and the body says why.
const MISSING: u64 = u64::from_ne_bytes(*b"no state");
/// The longest reason that is read, in bytes.
const MAX_REASON_SIZE: usize = 4096;
const WORDS: usize = 5;

/// A file that contains one snapshot at a time.
#[derive(Debug)]
pub(crate) struct SnapshotBuffer {
    file: Unsealed,
    /// The file's size after this process last wrote a header, or 0.
    size: usize,
}

/// What a header states: the body reaches to `end`, and its structured part begins at `cut`. Both
/// count from the start of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    /// Numbers the snapshots.
    pub(crate) sequence: u64,
    pub(crate) cut: usize,
    pub(crate) end: usize,
}

impl SnapshotBuffer {
    pub(crate) fn new(name: &str) -> io::Result<Self> {
        Ok(Self { file: Unsealed::new(name)?, size: 0 })
    }

    /// Wraps a file that another process made.
    pub(crate) fn of(file: OwnedFd) -> Self {
        Self { file: Unsealed::of(file), size: 0 }
    }

    /// Erases the header before another snapshot is written.
    pub(crate) fn begin(&self) -> io::Result<()> {
        self.file.write(0, &[0; BODY])
    }

    /// Writes into the body.
    pub(crate) fn write(&self, offset: usize, bytes: &[u8]) -> io::Result<()> {
        self.file.write(BODY.saturating_add(offset), bytes)
    }

    /// Writes the header: the snapshot is whole.
    pub(crate) fn finish(&mut self, contents: Contents) -> io::Result<()> {
        self.put(MAGIC, contents)
    }

    /// Records why there is no snapshot. It holds until another snapshot is written.
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

    /// Returns the header's contents, if the snapshot is whole. The body of a snapshot has no
    /// holes: a faulty child could claim more bytes than any machine has.
    pub(crate) fn contents(&self) -> io::Result<Option<Contents>> {
        let Some(contents) = Contents::of(&self.file)? else { return Ok(None) };
        Ok(self.file.is_whole(BODY + contents.end)?.then_some(contents))
    }

    /// Reads the body.
    #[cfg(feature = "bridge")]
    pub(crate) fn read(&self, contents: Contents) -> io::Result<Vec<u8>> {
        let mut body = vec![0; contents.end];
        let read = read_at(&self.file, &mut body, BODY)?;
        body.truncate(read);
        Ok(body)
    }

    /// Returns why there is no snapshot, if the child has recorded it.
    pub(crate) fn reason(&self) -> io::Result<Option<String>> {
        let Some(Contents { end, .. }) = Contents::read(&self.file, MISSING)? else { return Ok(None) };
        let mut text = vec![0; end.min(MAX_REASON_SIZE)];
        let read = read_at(&self.file, &mut text, BODY)?;
        Ok(Some(String::from_utf8_lossy(&text[..read]).into_owned()))
    }

    /// Seals the file with these contents: no process writes it any more.
    pub(crate) fn seal(self, contents: Contents) -> io::Result<OwnedFd> {
        self.file.seal_part(BODY + contents.end)
    }
}

impl AsFd for SnapshotBuffer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Contents {
    /// Returns what the header of this file states, or `None` if there is no valid header.
    pub(crate) fn of(file: impl AsFd) -> io::Result<Option<Self>> {
        Self::read(file, MAGIC)
    }

    fn read(file: impl AsFd, magic: u64) -> io::Result<Option<Self>> {
        let mut header = [0; WORDS * size_of::<u64>()];
        let read = read_at(&file, &mut header, 0)?;
        let size = size_of_file(&file)?;
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

/// Returns the check word, which distinguishes a half-written header from a whole one.
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
    fn a_snapshot_exists_only_while_it_is_whole() {
        let mut buffer = SnapshotBuffer::new("test").expect("a memory file");
        assert_eq!(buffer.contents().expect("readable"), None);
        buffer.begin().expect("begun");
        buffer.write(0, b"one").expect("written");
        assert_eq!(buffer.contents().expect("readable"), None, "the header is not written yet");
        buffer.finish(contents(1, 3)).expect("finished");
        assert_eq!(buffer.contents().expect("readable"), Some(contents(1, 3)));
        buffer.begin().expect("begun");
        assert_eq!(buffer.contents().expect("readable"), None, "another one is being written");
    }

    #[test]
    fn the_file_shrinks_with_its_snapshot_and_can_be_sealed() {
        let mut buffer = SnapshotBuffer::new("test").expect("a memory file");
        for (sequence, body) in [(1, &b"a long message"[..]), (2, b"short")] {
            buffer.begin().expect("begun");
            buffer.write(0, body).expect("written");
            buffer.finish(contents(sequence, body.len())).expect("finished");
        }
        let file = buffer.seal(contents(2, 5)).expect("sealed");
        let found = Contents::of(&file).expect("readable");
        assert_eq!(found, Some(contents(2, 5)));
        assert_eq!(&Sealed::map(&file).expect("mapped").bytes()[BODY..], b"short");
    }

    #[test]
    fn the_reason_for_a_missing_snapshot_is_kept_until_there_is_one() {
        let mut buffer = SnapshotBuffer::new("test").expect("a memory file");
        assert_eq!(buffer.reason().expect("readable"), None);
        buffer.record_failure(1, "the ink has run dry").expect("written");
        assert_eq!(buffer.reason().expect("readable").as_deref(), Some("the ink has run dry"));
        assert_eq!(buffer.contents().expect("readable"), None, "a reason is no snapshot");
        buffer.record_failure(1, &"x".repeat(10_000)).expect("written");
        assert_eq!(buffer.reason().expect("readable").map(|text| text.len()), Some(MAX_REASON_SIZE));
        buffer.begin().expect("begun");
        assert_eq!(buffer.reason().expect("readable"), None);
    }

    #[test]
    #[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
    fn a_body_of_holes_is_no_snapshot_and_nothing_behind_a_body_is_kept() {
        use rustix::fs::{SealFlags, fcntl_add_seals, ftruncate};
        let mut buffer = SnapshotBuffer::new("test").expect("a memory file");
        buffer.finish(contents(1, 1 << 40)).expect("finished");
        ftruncate(buffer.as_fd(), 1 << 41).expect("a size");
        assert_eq!(buffer.contents().expect("readable"), None);
        for seals in [SealFlags::empty(), SealFlags::SHRINK | SealFlags::SEAL] {
            let mut buffer = SnapshotBuffer::new("test").expect("a memory file");
            buffer.write(0, b"state").expect("written");
            buffer.finish(contents(1, 5)).expect("finished");
            ftruncate(buffer.as_fd(), 1 << 41).expect("a size");
            fcntl_add_seals(buffer.as_fd(), seals).expect("sealed");
            let contents = buffer.contents().expect("readable").expect("its body is whole");
            let file = buffer.seal(contents).expect("sealed");
            assert_eq!(&Sealed::map(&file).expect("mapped").bytes()[BODY..], b"state");
        }
    }

    #[test]
    fn invalid_headers_are_rejected() {
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
