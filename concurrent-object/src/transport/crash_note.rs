//! The crash note: a record in shared memory that a child writes before its end.
//!
//! A child that panics, or cannot construct its object, must still report why. The naive way is a
//! message over a socket or pipe. Its sender may block, and needs a descriptor. The parent must
//! read it in time. A record in shared memory needs none of these, and it outlives the child. Any
//! thread of the child may write the record, and the child may die during the write. So the state
//! word is a try-lock: `BUSY` during a write, `WRITTEN` after it. A writer that finds `BUSY`
//! returns without writing, and a reader accepts only `WRITTEN`.
//!
//! Knows words and lengths. Does not know what the bytes mean. Invariant: a record that `read`
//! returns was completed, and its length is within the capacity: `read` checks it, because the
//! child can write anything there.

use crate::sync::{AtomicU64, Ordering};

const EMPTY: u64 = 0;
const BUSY: u64 = 1;
const WRITTEN: u64 = 2;
const WORD: usize = size_of::<u64>();

/// The record: a state, a length, and the bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CrashNote<'m>(pub(crate) &'m [AtomicU64]);

impl CrashNote<'_> {
    /// The largest record, in bytes.
    pub(crate) fn capacity(self) -> usize {
        (self.0.len() - 2) * WORD
    }

    /// Overwrites the record, and truncates `bytes` to the capacity. Does nothing while another
    /// thread writes.
    pub(crate) fn write(self, bytes: &[u8]) {
        // Acquire as in any lock. Pairs with the Release below.
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

    /// Parent, between two processes: clears the record, even if the dead child was writing it.
    pub(crate) fn clear(self) {
        self.0[0].store(EMPTY, Ordering::Release);
    }

    /// Child: drops a complete record, because the process did not end after all. A record that
    /// another thread writes at the moment stays: it is about another panic.
    pub(crate) fn forget(self) {
        // Relaxed: the next writer's Acquire pairs with the writer's Release, not with this.
        let _other = self.0[0].compare_exchange(WRITTEN, EMPTY, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Whether a thread has written, or is writing.
    #[inline]
    pub(crate) fn is_written(self) -> bool {
        self.0[0].load(Ordering::Relaxed) != EMPTY
    }

    /// Returns the record. `None` if it is empty or incomplete, or if its length is invalid.
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
    fn record_is_read_as_written_and_truncated_to_the_capacity() {
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
    fn record_that_is_being_written_is_not_forgotten_and_is_written_by_no_other_thread() {
        let words = record(4);
        let record = CrashNote(&words);
        words[0].store(BUSY, Ordering::Relaxed);
        record.forget();
        record.write(b"another");
        assert_eq!(words[0].load(Ordering::Relaxed), BUSY);
        assert_eq!(record.read(), None);
        words[0].store(WRITTEN, Ordering::Relaxed);
        record.forget();
        assert!(!record.is_written());
    }

    #[test]
    fn record_with_an_invalid_length_is_not_read() {
        let words = record(4);
        CrashNote(&words).write(b"x");
        words[1].store(u64::MAX, Ordering::Relaxed);
        assert_eq!(CrashNote(&words).read(), None);
    }
}
