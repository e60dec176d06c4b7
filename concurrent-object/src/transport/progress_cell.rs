//! The newest progress value of a running method: 48 bytes that the parent reads without a lock.
//!
//! The child may write while the parent reads, and the parent must not see half of a value. The
//! naive way is a lock in shared memory, which a child that dies leaves locked. Here the first word
//! is a *stamp*: it names the call and counts the values. The child marks it, writes the bytes, and
//! then sets the next stamp. The parent reads the stamp before and after the bytes, and
//! reads again if it has changed. The technique is a *sequence lock*.
//!
//! Knows seven words; knows no values. Invariant: the parent returns bytes that belong to one
//! stamp. It never waits for the child.

#[cfg(not(loom))]
use super::mapped::Channel;
#[cfg(not(loom))]
use super::ring::CELL_WORDS;
use crate::sync::{AtomicU64, Ordering, fence};

/// The number of words: the stamp and the bytes.
pub(crate) const PROGRESS_WORDS: usize = 7;

/// The most bytes of a value.
pub(crate) const PROGRESS_SIZE: usize = (PROGRESS_WORDS - 1) * size_of::<u64>();

/// How often the parent reads again while the child writes.
const TRIES: u32 = 100;

/// The stamp while the child writes. It names call 0, which there is not.
const WRITING: u64 = 1;

const CALL_SHIFT: u32 = 32;
const LEN_SHIFT: u32 = 26;
const COUNT_MASK: u64 = (1 << LEN_SHIFT) - 1;
const LEN_MASK: u64 = (1 << (CALL_SHIFT - LEN_SHIFT)) - 1;

/// The words of one slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProgressCell<'m>(pub(crate) &'m [AtomicU64]);

#[cfg(not(loom))]
impl Channel {
    /// The newest progress value of the call in this slot.
    pub(crate) fn progress(&self, slot: u16) -> ProgressCell<'_> {
        let offset = self.places.state(slot) + (1 + CELL_WORDS) * size_of::<u64>();
        ProgressCell(self.control.words(offset, PROGRESS_WORDS))
    }
}

impl ProgressCell<'_> {
    /// Child: writes the value with this count. At most `PROGRESS_SIZE` bytes are written. Only one
    /// thread may write at a time.
    pub(crate) fn write(self, call: u64, count: u64, value: &[u8]) {
        let mut bytes = [0; PROGRESS_SIZE];
        let len = value.len().min(PROGRESS_SIZE);
        bytes[..len].copy_from_slice(&value[..len]);
        self.0[0].store(WRITING, Ordering::Relaxed);
        // Pairs with the Acquire fence in `read`: a reader that sees one of the new words sees that
        // the stamp has changed.
        fence(Ordering::Release);
        for (word, part) in self.0[1..].iter().zip(bytes.as_chunks().0) {
            word.store(u64::from_ne_bytes(*part), Ordering::Relaxed);
        }
        // Release pairs with the Acquire in `read`: a reader that sees the stamp sees the words.
        self.0[0].store(stamp(call, len as u64, count), Ordering::Release);
    }

    /// Parent: returns the newest value of this call, and its length. `None` if there is none, or
    /// if the child was always writing.
    pub(crate) fn read(self, call: u64) -> Option<([u8; PROGRESS_SIZE], usize)> {
        for _ in 0..TRIES {
            let before = self.0[0].load(Ordering::Acquire);
            if before == WRITING {
                std::hint::spin_loop();
                continue;
            }
            if before >> CALL_SHIFT != call & (u64::MAX >> CALL_SHIFT) {
                return None;
            }
            let mut bytes = [0; PROGRESS_SIZE];
            for (word, part) in self.0[1..].iter().zip(bytes.as_chunks_mut().0) {
                *part = word.load(Ordering::Relaxed).to_ne_bytes();
            }
            fence(Ordering::Acquire);
            if self.0[0].load(Ordering::Relaxed) == before {
                let len = (before >> LEN_SHIFT & LEN_MASK) as usize;
                return (len <= PROGRESS_SIZE).then_some((bytes, len));
            }
        }
        None
    }
}

fn stamp(call: u64, len: u64, count: u64) -> u64 {
    call << CALL_SHIFT | len << LEN_SHIFT | count & COUNT_MASK
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn cell() -> [AtomicU64; PROGRESS_WORDS] {
        std::array::from_fn(|_| AtomicU64::new(0))
    }

    #[test]
    fn the_newest_value_of_the_call_is_read() {
        let words = cell();
        let cell = ProgressCell(&words);
        assert_eq!(cell.read(1), None);
        for (count, value) in [&b""[..], b"short", &[7; PROGRESS_SIZE]].into_iter().enumerate() {
            cell.write(5, count as u64 + 1, value);
            let (bytes, len) = cell.read(5).expect("written");
            assert_eq!(&bytes[..len], value);
            assert_eq!(cell.read(6), None, "another call");
        }
    }

    #[test]
    fn a_length_that_is_no_length_is_refused() {
        let words = cell();
        words[0].store(stamp(1, PROGRESS_SIZE as u64 + 1, 1), Ordering::Relaxed);
        assert_eq!(ProgressCell(&words).read(1), None);
    }

    #[test]
    fn no_half_written_value_is_read() {
        let words = std::sync::Arc::new(cell());
        let writer = std::thread::spawn({
            let words = words.clone();
            move || (1..=200_000_u64).for_each(|count| ProgressCell(&*words).write(1, count, &[count as u8; 40]))
        });
        while !writer.is_finished() {
            if let Some((bytes, len)) = ProgressCell(&*words).read(1) {
                assert!(len == 40 && bytes[..40].iter().all(|byte| *byte == bytes[0]), "{bytes:?}");
            }
        }
        writer.join().expect("no panic");
        assert_eq!(ProgressCell(&*words).read(1).map(|(bytes, _)| bytes[0]), Some(200_000_u64 as u8));
    }
}
