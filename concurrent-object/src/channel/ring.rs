//! Moves slot numbers from one process to the other through memory that both have mapped.
//!
//! Knows positions and orderings; knows nothing of methods, encoding or child processes.
//! A cell tells by its lap bit whether it was written in this lap, so the consumer looks at one word and not at a
//! separate tail. Invariant: the producer is never more than the capacity ahead, because an entry stands for a slot
//! that is in use, and a ring has more cells than there are slots.

use crate::sync::{AtomicU64, Ordering};

const LAP: u64 = 1 << 63;
const SLOT_BITS: u32 = 12;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;
const CALL_MASK: u64 = (LAP - 1) >> SLOT_BITS;

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

/// The number of cells for so many slots: room for each of them and for the notices of a start.
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
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Consumer {
    position: u64,
}

impl Producer {
    /// Publishes an entry, and with it everything written before.
    pub(crate) fn push(&mut self, cells: &[AtomicU64], entry: Entry) {
        let word = lap(cells, self.position) | pack(entry);
        // Release pairs with the Acquire in `Consumer::peek`: whoever sees the entry also sees the message in its slot.
        cell(cells, self.position).store(word, Ordering::Release);
        self.position += 1;
    }
}

impl Consumer {
    /// The next entry, if it is there. It stays until `advance`.
    pub(crate) fn peek(&self, cells: &[AtomicU64]) -> Option<Entry> {
        // Acquire pairs with the Release in `Producer::push`.
        let word = cell(cells, self.position).load(Ordering::Acquire);
        (word & LAP == lap(cells, self.position)).then(|| unpack(word))
    }

    /// Passes over the entry that `peek` showed.
    pub(crate) fn advance(&mut self) {
        self.position += 1;
    }
}

fn cell(cells: &[AtomicU64], position: u64) -> &AtomicU64 {
    &cells[position as usize & (cells.len() - 1)]
}

/// The lap bit that an entry at this position carries: set in the first lap, since fresh memory is zero.
fn lap(cells: &[AtomicU64], position: u64) -> u64 {
    if position & cells.len() as u64 == 0 { LAP } else { 0 }
}

fn pack(entry: Entry) -> u64 {
    ((entry.call & CALL_MASK) << SLOT_BITS) | u64::from(entry.slot)
}

fn unpack(word: u64) -> Entry {
    Entry { slot: (word & SLOT_MASK) as u16, call: (word >> SLOT_BITS) & CALL_MASK }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn entries_come_out_in_order_over_many_laps() {
        let cells: Vec<AtomicU64> = (0..4).map(|_| AtomicU64::new(0)).collect();
        let (mut producer, mut consumer) = (Producer::default(), Consumer::default());
        for call in 0..1_000 {
            assert_eq!(consumer.peek(&cells), None);
            for slot in 0..3 {
                producer.push(&cells, Entry { slot, call });
            }
            for slot in 0..3 {
                assert_eq!(consumer.peek(&cells), Some(Entry { slot, call }));
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
