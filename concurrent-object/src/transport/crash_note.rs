//! The record in which a child leaves what it had to say before its end: a panic, or why it could not begin.
//!
//! Knows words and lengths; what they mean is for those who write and read them. Any thread of the child may write, so
//! a writer that finds another at work gives way. The parent reads after the child's death and checks the length.

use crate::sync::{AtomicU64, Ordering};

const EMPTY: u64 = 0;
const BUSY: u64 = 1;
const WRITTEN: u64 = 2;
const WORD: usize = size_of::<u64>();

/// The record: a state, a length, and the bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CrashNote<'m>(pub(crate) &'m [AtomicU64]);

impl CrashNote<'_> {
    /// The most that it holds, in bytes.
    pub(crate) fn capacity(self) -> usize {
        (self.0.len() - 2) * WORD
    }

    /// Writes the record anew; what does not fit is cut off.
    pub(crate) fn write(self, bytes: &[u8]) {
        // Acquire, as of any lock; pairs with the Release below.
        if self.0[0].swap(BUSY, Ordering::Acquire) == BUSY {
            return;
        }
        let bytes = &bytes[..bytes.len().min(self.capacity())];
        self.0[1].store(bytes.len() as u64, Ordering::Relaxed);
        for (word, chunk) in self.0[2..].iter().zip(bytes.chunks(WORD)) {
            word.store(from_chunk(chunk), Ordering::Relaxed);
        }
        // Release pairs with the Acquire in `read`.
        self.0[0].store(WRITTEN, Ordering::Release);
    }

    /// Forgets what was written: it turned out not to be the end.
    pub(crate) fn clear(self) {
        self.0[0].store(EMPTY, Ordering::Release);
    }

    /// Whether anything was written.
    #[inline]
    pub(crate) fn is_written(self) -> bool {
        self.0[0].load(Ordering::Relaxed) != EMPTY
    }

    /// What was written, if anything was and its length makes sense.
    pub(crate) fn read(self) -> Option<Vec<u8>> {
        // Acquire pairs with the Release in `write`.
        let written = self.0[0].load(Ordering::Acquire) == WRITTEN;
        let len = usize::try_from(self.0[1].load(Ordering::Relaxed)).ok()?;
        if !written || len > self.capacity() {
            return None;
        }
        let words = self.0[2..].iter().take(len.div_ceil(WORD));
        let mut bytes: Vec<u8> = words.flat_map(|word| word.load(Ordering::Relaxed).to_ne_bytes()).collect();
        bytes.truncate(len);
        Some(bytes)
    }
}

fn from_chunk(chunk: &[u8]) -> u64 {
    let mut word = [0; WORD];
    word[..chunk.len()].copy_from_slice(chunk);
    u64::from_ne_bytes(word)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn record(words: usize) -> Vec<AtomicU64> {
        (0..words).map(|_| AtomicU64::new(0)).collect()
    }

    #[test]
    fn what_is_written_is_read_and_cut_at_the_capacity() {
        let words = record(4);
        let record = CrashNote(&words);
        assert_eq!(record.read(), None);
        for text in [&b""[..], b"a", b"12345678", b"123456789", b"0123456789abcdef"] {
            record.write(text);
            assert_eq!(record.read().as_deref(), Some(text));
        }
        record.write(b"0123456789abcdefXYZ");
        assert_eq!(record.read().as_deref(), Some(&b"0123456789abcdef"[..]));
        record.clear();
        assert_eq!(record.read(), None);
    }

    #[test]
    fn a_length_that_makes_no_sense_is_nothing() {
        let words = record(4);
        CrashNote(&words).write(b"x");
        words[1].store(u64::MAX, Ordering::Relaxed);
        assert_eq!(CrashNote(&words).read(), None);
    }
}
