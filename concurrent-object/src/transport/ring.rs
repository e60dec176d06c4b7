//! Moves slot numbers, with a few words each, from one process to the other through memory that both have mapped.
//!
//! Knows positions and orderings; knows nothing of methods, encoding or child processes. A cell is one cache line, and
//! tells by its lap bit whether it was written in this lap: the consumer looks at one line and not at a separate tail.
//! Invariant: the producer is never more than the capacity ahead. An entry stands for a slot that is in use, or it is a notice, of
//! which `notice` holds the number down; and a ring has a cell for each.

use crate::sync::{AtomicU64, Ordering};

const LAP: u64 = 1 << 63;
const SLOT_BITS: u32 = 12;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;
const CALL_MASK: u64 = (LAP - 1) >> SLOT_BITS;

/// Words in a cell: the entry's, and those that it carries.
pub(crate) const CELL_WORDS: usize = 8;

/// The words that an entry carries.
pub(crate) type InlinePayload = [u64; CELL_WORDS - 1];

/// The largest number of slots; the last slot number is left for notices.
pub(crate) const MAX_SLOTS: usize = SLOT_MASK as usize;

/// In place of a slot number: the entry is a notice about the child itself, and its number says which.
pub(crate) const NOTICE: u16 = SLOT_MASK as u16;

/// One entry: this call, in this slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) slot: u16,
    pub(crate) call: u64,
}

/// The number of cells for so many slots: one for each of them, and one for each kind of notice (see `notice`).
#[cfg(not(loom))]
pub(crate) fn cells_for(slots: usize) -> usize {
    (slots + 2).next_power_of_two()
}

/// The writing end's position.
#[derive(Debug, Default)]
pub(crate) struct Producer {
    position: u64,
}

/// The reading end's position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Consumer {
    position: u64,
}

impl Producer {
    /// How many entries were published.
    #[inline]
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Writes the words that the next entry will carry. Nobody sees them before `publish`.
    #[inline]
    pub(crate) fn prepare(&self, ring: &[AtomicU64], payload: &InlinePayload) {
        for (word, value) in cell(ring, self.position)[1..].iter().zip(payload) {
            word.store(*value, Ordering::Relaxed);
        }
    }

    /// Publishes an entry, and with it everything written before.
    #[inline]
    pub(crate) fn publish(&mut self, ring: &[AtomicU64], entry: Entry) {
        let word = lap(ring, self.position) | pack(entry);
        // Release pairs with the Acquire in `Consumer::peek`: whoever sees the entry also sees what it carries, and the
        // message in its slot.
        cell(ring, self.position)[0].store(word, Ordering::Release);
        self.position += 1;
    }

    /// Publishes an entry that sends the reader to another ring, where it goes on at the next position. Afterwards this
    /// producer writes there.
    pub(crate) fn move_on(&mut self, ring: &[AtomicU64], next: &[AtomicU64], payload: &InlinePayload, entry: Entry) {
        // The lap bits tell old entries from new ones, so all of them must be there; this entry's too, for the next lap.
        for (word, copy) in ring.iter().zip(next) {
            copy.store(word.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        let mut twin = Self { position: self.position };
        twin.prepare(next, payload);
        twin.publish(next, entry);
        self.prepare(ring, payload);
        // Whoever sees this entry sees the other ring as it was written before.
        self.publish(ring, entry);
    }
}

impl Consumer {
    /// How many entries were passed over.
    #[inline]
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// The next entry, if it is there. It stays until `advance`.
    #[inline]
    pub(crate) fn peek(&self, ring: &[AtomicU64]) -> Option<Entry> {
        // Acquire pairs with the Release in `Producer::publish`.
        let word = cell(ring, self.position)[0].load(Ordering::Acquire);
        (word & LAP == lap(ring, self.position)).then(|| unpack(word))
    }

    /// The word in which the next entry will show, to be looked at without the rest.
    #[inline]
    pub(crate) fn watch<'m>(&self, ring: &'m [AtomicU64]) -> Watch<'m> {
        Watch { word: &cell(ring, self.position)[0], lap: lap(ring, self.position) }
    }

    /// The words that the next entry carries.
    #[inline]
    pub(crate) fn payload(&self, ring: &[AtomicU64]) -> InlinePayload {
        let cell = cell(ring, self.position);
        std::array::from_fn(|at| cell[at + 1].load(Ordering::Relaxed))
    }

    /// Passes over the entry that `peek` showed.
    #[inline]
    pub(crate) fn advance(&mut self) {
        self.position += 1;
    }
}

/// One cell's first word, and the lap bit that an entry there will have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch<'m> {
    word: &'m AtomicU64,
    lap: u64,
}

impl Watch<'_> {
    /// Whether the entry is there.
    #[inline]
    pub(crate) fn has_come(self) -> bool {
        // Relaxed: whoever then takes the entry does so by `peek`.
        self.word.load(Ordering::Relaxed) & LAP == self.lap
    }
}

/// Makes a ring as fresh memory is. Nobody may be at either end.
pub(crate) fn clear(ring: &[AtomicU64]) {
    ring.iter().for_each(|word| word.store(0, Ordering::Relaxed));
}

/// What an entry carries that is anywhere in the ring.
pub(crate) fn find(ring: &[AtomicU64], entry: Entry) -> Option<InlinePayload> {
    let is_it = |cell: &&[AtomicU64]| unpack(cell[0].load(Ordering::Relaxed)) == entry;
    let cell = ring.chunks_exact(CELL_WORDS).find(is_it)?;
    Some(std::array::from_fn(|at| cell[at + 1].load(Ordering::Relaxed)))
}

#[inline]
fn cell(ring: &[AtomicU64], position: u64) -> &[AtomicU64] {
    let at = (position as usize & (cells(ring) - 1)) * CELL_WORDS;
    &ring[at..at + CELL_WORDS]
}

/// The lap bit that an entry at this position carries: set in the first lap, since fresh memory is zero.
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
