//! A ring: a queue of slot numbers, each with a few words, from one process to the other.
//!
//! The consumer must learn that an entry is complete. The naive way is a shared tail index that the
//! producer advances. Then each entry moves two cache lines between the cores: the tail's and the
//! cell's.
//!
//! Here a cell is one cache line, and its first word holds a *lap bit*. The producer inverts the
//! bit in each lap over the ring. The consumer knows which bit the current lap has, so it polls
//! only the cell that it will read. The known name is *phase bit* or phase tag (NVMe completion
//! queues).
//!
//! Knows positions and orderings. Knows nothing of methods, encoding or child processes. Invariant:
//! the producer is never more than the capacity ahead. An entry stands for a slot in use, or is a
//! notice. The module `notice` limits how many notices are in the ring. So the ring has a cell for
//! every entry.

use crate::sync::{AtomicU64, Ordering};

const LAP: u64 = 1 << 63;
const SLOT_BITS: u32 = 12;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;
const CALL_MASK: u64 = (LAP - 1) >> SLOT_BITS;

/// The number of words in a cell: one for the entry, the others for its inline payload.
pub(crate) const CELL_WORDS: usize = 8;

/// The words that travel with an entry.
pub(crate) type InlinePayload = [u64; CELL_WORDS - 1];

/// The exclusive bound of the number of slots. The last slot number is reserved for notices.
pub(crate) const MAX_SLOTS: usize = SLOT_MASK as usize;

/// The slot number of every notice. A notice is about the child itself, and its call number says
/// which notice it is.
pub(crate) const NOTICE: u16 = SLOT_MASK as u16;

/// One entry: a call and its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) slot: u16,
    pub(crate) call: u64,
}

/// The number of cells for this many slots: two for each slot, and one for each other kind of
/// notice (see `notice`).
#[cfg(not(loom))]
pub(crate) fn cells_for(slots: usize) -> usize {
    (2 * slots + 2).next_power_of_two()
}

/// The position of the writing process.
#[derive(Debug, Default)]
pub(crate) struct Producer {
    position: u64,
}

/// The position of the reading process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Consumer {
    position: u64,
}

impl Producer {
    /// The number of published entries.
    #[inline]
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Writes the payload of the next entry. The consumer does not read it before `publish`.
    #[inline]
    pub(crate) fn prepare(&self, ring: &[AtomicU64], payload: &InlinePayload) {
        for (word, value) in cell(ring, self.position)[1..].iter().zip(payload) {
            word.store(*value, Ordering::Relaxed);
        }
    }

    /// Publishes an entry, and with it everything that this thread wrote before.
    #[inline]
    pub(crate) fn publish(&mut self, ring: &[AtomicU64], entry: Entry) {
        let word = lap(ring, self.position) | pack(entry);
        // Release pairs with the Acquire in `Consumer::peek`: a consumer that sees the entry also
        // sees its payload, and the message in its slot.
        cell(ring, self.position)[0].store(word, Ordering::Release);
        self.position += 1;
    }

    /// Publishes an entry with its payload.
    #[inline]
    pub(crate) fn push(&mut self, ring: &[AtomicU64], entry: Entry, payload: &InlinePayload) {
        self.prepare(ring, payload);
        self.publish(ring, entry);
    }

    /// Publishes an entry that sends the consumer to another ring, where the consumer continues at
    /// the next position. Afterwards this producer must write there.
    pub(crate) fn move_on(&mut self, ring: &[AtomicU64], next: &[AtomicU64], payload: &InlinePayload, entry: Entry) {
        // The lap bits separate old entries from new ones, so the other ring gets the old entries
        // too. It also gets this entry, whose lap bit the consumer compares in the next lap.
        for (word, copy) in ring.iter().zip(next) {
            copy.store(word.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        let mut twin = Self { position: self.position };
        twin.prepare(next, payload);
        twin.publish(next, entry);
        self.prepare(ring, payload);
        // Release: a consumer that sees this entry also sees the other ring as written above.
        self.publish(ring, entry);
    }
}

impl Consumer {
    /// The number of consumed entries.
    #[inline]
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Returns the next entry, if it is published. It stays the next one until `advance`.
    #[inline]
    pub(crate) fn peek(&self, ring: &[AtomicU64]) -> Option<Entry> {
        // Acquire pairs with the Release in `Producer::publish`.
        let word = cell(ring, self.position)[0].load(Ordering::Acquire);
        (word & LAP == lap(ring, self.position)).then(|| unpack(word))
    }

    /// Returns the word in which the next entry will appear, so that the caller can poll it without
    /// borrowing the consumer.
    #[inline]
    pub(crate) fn watch<'m>(&self, ring: &'m [AtomicU64]) -> Watch<'m> {
        Watch { word: &cell(ring, self.position)[0], lap: lap(ring, self.position) }
    }

    /// Returns the payload of the next entry. Call it only after `peek` has returned that entry.
    #[inline]
    pub(crate) fn payload(&self, ring: &[AtomicU64]) -> InlinePayload {
        let cell = cell(ring, self.position);
        std::array::from_fn(|at| cell[at + 1].load(Ordering::Relaxed))
    }

    /// Consumes the entry that `peek` returned.
    #[inline]
    pub(crate) fn advance(&mut self) {
        self.position += 1;
    }
}

/// The first word of a cell, and the lap bit that the next entry there will have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch<'m> {
    word: &'m AtomicU64,
    lap: u64,
}

impl Watch<'_> {
    /// Whether the entry is published.
    #[inline]
    pub(crate) fn has_come(self) -> bool {
        // Relaxed: the consumer then takes the entry with `peek`, which acquires.
        self.word.load(Ordering::Relaxed) & LAP == self.lap
    }
}

/// Resets a ring to the state of fresh memory. Neither process may use it meanwhile.
pub(crate) fn clear(ring: &[AtomicU64]) {
    ring.iter().for_each(|word| word.store(0, Ordering::Relaxed));
}

/// Finds an entry anywhere in the ring, consumed or not, and returns its payload.
pub(crate) fn find(ring: &[AtomicU64], entry: Entry) -> Option<InlinePayload> {
    let holds_entry = |cell: &&[AtomicU64]| unpack(cell[0].load(Ordering::Relaxed)) == entry;
    let cell = ring.chunks_exact(CELL_WORDS).find(holds_entry)?;
    Some(std::array::from_fn(|at| cell[at + 1].load(Ordering::Relaxed)))
}

#[inline]
fn cell(ring: &[AtomicU64], position: u64) -> &[AtomicU64; CELL_WORDS] {
    let cells = ring.as_chunks().0;
    &cells[position as usize & (cells.len() - 1)]
}

/// The lap bit of an entry at this position. It is set in the first lap, because fresh memory is
/// zero.
#[inline]
fn lap(ring: &[AtomicU64], position: u64) -> u64 {
    if position & cells(ring) as u64 == 0 { LAP } else { 0 }
}

fn cells(ring: &[AtomicU64]) -> usize {
    ring.len() / CELL_WORDS
}

#[inline]
fn pack(entry: Entry) -> u64 {
    ((entry.call & CALL_MASK) << SLOT_BITS) | u64::from(entry.slot)
}

#[inline]
fn unpack(word: u64) -> Entry {
    Entry { slot: (word & SLOT_MASK) as u16, call: (word >> SLOT_BITS) & CALL_MASK }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn entries_come_out_in_order_over_many_laps() {
        let ring: Vec<AtomicU64> = (0..4 * CELL_WORDS).map(|_| AtomicU64::new(0)).collect();
        let (mut producer, mut consumer) = (Producer::default(), Consumer::default());
        for call in 0..1_000 {
            assert_eq!(consumer.peek(&ring), None);
            for slot in 0..3 {
                producer.prepare(&ring, &[call + u64::from(slot); CELL_WORDS - 1]);
                producer.publish(&ring, Entry { slot, call });
            }
            for slot in 0..3 {
                assert_eq!(consumer.peek(&ring), Some(Entry { slot, call }));
                assert_eq!(consumer.payload(&ring), [call + u64::from(slot); CELL_WORDS - 1]);
                consumer.advance();
            }
        }
    }

    #[test]
    fn largest_call_number_and_notice_survive_packing() {
        let entry = Entry { slot: NOTICE, call: CALL_MASK };
        assert_eq!(unpack(pack(entry)), entry);
    }
}
