//! The layout of the two files. Parent and child compute it from the same three numbers.
//!
//! Knows offsets and sizes only. Invariant: no two parts overlap. Every part is aligned to a cache
//! line, and every region to a page. No sum overflows, because `Layout::new` refuses such numbers.

use serde::{Deserialize, Serialize};

use super::ring::{CELL_WORDS, MAX_SLOTS, cells_for};

/// The size of a cache line. Raw regions are aligned to it, and so is every plain number.
pub(crate) const LINE: usize = 64;
const PAGE: usize = 4096;
const WORD: usize = 8;

/// The size of a slot's record: the state word, the start time, the payload of the reply, and the
/// newest progress value.
const STATE_SIZE: usize = 2 * LINE;

/// The size of the crash note.
pub(crate) const CRASH_NOTE_SIZE: usize = 16 * 1024;

/// The part of each region's size that is the same for every limit. It is for reports of failures,
/// and for the padding of a few small raw regions.
const SLACK: usize = 8 * 1024;

/// The start of the ring of items in the output region of a call whose method streams: after its
/// two lines.
const ITEM_RING: usize = 2 * LINE;

/// The smallest ring of items. Behind it there is room for the longest failure, whatever the limit.
const LEAST_ITEM_RING: usize = 2048;

/// The largest ring of items. The lengths of an item have 32 bits.
const MAX_ITEM_RING: usize = 1 << 30;

/// The largest file. Larger ones would fill too much of an address space of 47 bits.
const MAX_FILE_SIZE: usize = 1 << 45;

/// The numbers that both processes share. The child checks the numbers that it receives just as the
/// parent checks those of the builder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub(crate) struct Layout {
    pub(crate) slots: usize,
    pub(crate) input_limit: usize,
    pub(crate) output_limit: usize,
}

/// A layout as received, before its check.
#[derive(Deserialize)]
struct Unchecked {
    slots: usize,
    input_limit: usize,
    output_limit: usize,
}

impl TryFrom<Unchecked> for Layout {
    type Error = &'static str;

    fn try_from(Unchecked { slots, input_limit, output_limit }: Unchecked) -> Result<Self, &'static str> {
        Self::new(slots, input_limit, output_limit).ok_or("the number of slots or a size limit is out of range")
    }
}

impl Layout {
    /// Returns a layout. `None` if a file would be too large to map, or if there are no slots or
    /// too many.
    pub(crate) fn new(slots: usize, input_limit: usize, output_limit: usize) -> Option<Self> {
        let layout = Self { slots, input_limit, output_limit };
        let fits = |limit: usize| limit <= MAX_FILE_SIZE && slots * region_size(limit) <= MAX_FILE_SIZE;
        ((1..MAX_SLOTS).contains(&slots) && fits(input_limit) && fits(output_limit)).then_some(layout)
    }

    /// The parent's sleep flag.
    pub(crate) const PARENT_SLEEP: usize = LINE;
    /// The child's sleep flag.
    pub(crate) const CHILD_SLEEP: usize = 2 * LINE;
    /// The word of the bell that wakes the child, in the same cache line as the flag.
    pub(crate) const REQUEST_BELL: usize = Self::CHILD_SLEEP + WORD;
    /// The core on which the parent last waited, in the same cache line as its flag.
    pub(crate) const PARENT_CORE: usize = Self::PARENT_SLEEP + WORD;
    /// The core on which the child last waited, in the same cache line as its flag.
    pub(crate) const CHILD_CORE: usize = Self::CHILD_SLEEP + 2 * WORD;
    /// The stop word, in which the parent asks the child to exit.
    pub(crate) const STOP: usize = 3 * LINE;
    /// The cancel word, in which the parent requests cancellation of a call.
    pub(crate) const CANCEL: usize = 4 * LINE;
    /// The word in which the parent acknowledges the last `FULL` notice, by its position in the
    /// reply ring.
    pub(crate) const ACKNOWLEDGED: usize = 5 * LINE;
    /// The word in which the child counts failed snapshots.
    pub(crate) const UNSAVED: usize = 6 * LINE;
    /// The violation record, in which the child reports of what it dies.
    pub(crate) const VIOLATION: usize = 7 * LINE;
    /// The reply ring.
    pub(crate) const REPLIES: usize = 8 * LINE;

    /// The number of words of a ring.
    pub(crate) fn ring_words(self) -> usize {
        cells_for(self.slots) * CELL_WORDS
    }

    /// The request ring. It lies in the input file, because only the parent writes it.
    pub(crate) const REQUESTS: usize = 0;

    /// The record of a slot's state. In ordinary service only the child accesses it. The parent
    /// accesses it after a result in the output region, a cancellation or a death, and to enforce
    /// time limits.
    pub(crate) fn state(self, slot: usize) -> usize {
        Self::REPLIES + self.ring_size() + slot * STATE_SIZE
    }

    pub(crate) fn crash_note(self) -> usize {
        self.state(self.slots)
    }

    /// The output region of a slot, in the control file.
    pub(crate) fn output_region(self, slot: usize) -> usize {
        page_up(self.crash_note() + CRASH_NOTE_SIZE) + slot * self.output_region_size()
    }

    /// The input region of a slot, in the input file.
    pub(crate) fn input_region(self, slot: usize) -> usize {
        page_up(self.ring_size()) + slot * self.input_region_size()
    }

    pub(crate) fn output_region_size(self) -> usize {
        region_size(self.output_limit)
    }

    pub(crate) fn input_region_size(self) -> usize {
        region_size(self.input_limit)
    }

    /// The part of an input region that a call within the limit usually touches. Such a call
    /// usually has one list and little else, or a little of every kind of argument.
    pub(crate) fn warm_input_size(self) -> usize {
        page_up(self.input_limit + SLACK)
    }

    /// As `warm_input_size`, for an output region.
    pub(crate) fn warm_output_size(self) -> usize {
        page_up(self.output_limit + SLACK)
    }

    /// The size of the ring of items in an output region: a power of two.
    pub(crate) fn item_ring_size(self) -> usize {
        1 << self.output_limit.clamp(LEAST_ITEM_RING, MAX_ITEM_RING).ilog2()
    }

    /// Returns the largest limit of results with which the control file has at most this size. Zero
    /// if there is none.
    pub(crate) fn output_limit_within(slots: usize, file_size: usize) -> usize {
        let Some(smallest) = Self::new(slots, 0, 0) else { return 0 };
        let size = file_size.saturating_sub(smallest.output_region(0)) / slots;
        // A region has a size of 7/3 of the limit, and the slack.
        let mut limit = size.saturating_sub(SLACK + PAGE) / 7 * 3;
        while limit > 0 && region_size(limit) > size {
            limit -= 1;
        }
        limit
    }

    pub(crate) fn control_file_size(self) -> usize {
        self.output_region(self.slots)
    }

    pub(crate) fn input_file_size(self) -> usize {
        self.input_region(self.slots)
    }

    fn ring_size(self) -> usize {
        self.ring_words() * WORD
    }
}

/// The offsets and sizes that every call needs, computed once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    pub(crate) ring_words: usize,
    pub(crate) states: usize,
    pub(crate) crash_note: usize,
    pub(crate) input_regions: usize,
    pub(crate) input_region_size: usize,
    pub(crate) output_regions: usize,
    pub(crate) output_region_size: usize,
    pub(crate) item_ring_size: usize,
}

impl From<Layout> for Places {
    fn from(layout: Layout) -> Self {
        Self {
            ring_words: layout.ring_words(),
            states: layout.state(0),
            crash_note: layout.crash_note(),
            input_regions: layout.input_region(0),
            input_region_size: layout.input_region_size(),
            output_regions: layout.output_region(0),
            output_region_size: layout.output_region_size(),
            item_ring_size: layout.item_ring_size(),
        }
    }
}

impl Places {
    #[inline]
    pub(crate) fn state(&self, slot: u16) -> usize {
        self.states + usize::from(slot) * STATE_SIZE
    }

    #[inline]
    pub(crate) fn input_region(&self, slot: u16) -> usize {
        self.input_regions + usize::from(slot) * self.input_region_size
    }

    #[inline]
    pub(crate) fn output_region(&self, slot: u16) -> usize {
        self.output_regions + usize::from(slot) * self.output_region_size
    }

    /// The ring of items in the output region of a slot.
    #[inline]
    pub(crate) fn item_ring(&self, slot: u16) -> usize {
        self.output_region(slot) + ITEM_RING
    }

    /// The offset in an output region of what follows the ring of items.
    pub(crate) fn after_items(&self) -> usize {
        ITEM_RING + self.item_ring_size
    }
}

/// The size of a region in which every message of `limit` counted bytes fits, whatever its shape.
///
/// Padding and placeholders of nested raw regions take at most four thirds of the counted bytes, in
/// addition to these: 83 bytes for a list of 65, which is the shortest that `wire` does not send
/// inline (`wire/kind.rs`).
fn region_size(limit: usize) -> usize {
    page_up(limit + limit / 3 * 4 + SLACK)
}

fn page_up(size: usize) -> usize {
    size.next_multiple_of(PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_numbers_are_refused() {
        assert_eq!(Layout::new(0, 1, 1), None);
        assert_eq!(Layout::new(MAX_SLOTS, 1, 1), None);
        assert_eq!(Layout::new(1, usize::MAX, 1), None);
        assert_eq!(Layout::new(16, 1, MAX_FILE_SIZE / 8), None);
    }

    #[test]
    fn received_impossible_numbers_are_refused() {
        let received = |slots: usize, input: usize| {
            let text = format!(r#"{{"slots": {slots}, "input_limit": {input}, "output_limit": 1}}"#);
            serde_json::from_str::<Layout>(&text).ok()
        };
        assert_eq!(received(4, 100), Layout::new(4, 100, 1));
        for (slots, input) in [(0, 1), (usize::MAX, 1), (usize::MAX, usize::MAX), (1, usize::MAX)] {
            assert_eq!(received(slots, input), None, "{slots} {input}");
        }
    }

    #[test]
    fn a_ring_of_items_leaves_room_for_a_failure() {
        for limit in [0, 1, 2047, 2048, 4095, 4096, 5000, 1 << 20, (1 << 20) + 1, DEFAULT, 3 << 30] {
            let layout = Layout::new(1, 1, limit).expect("small");
            let places = Places::from(layout);
            assert!(places.item_ring_size.is_power_of_two());
            assert!(places.item_ring_size <= limit.max(LEAST_ITEM_RING));
            assert!(places.after_items() + 6000 <= places.output_region_size, "{limit}");
        }
    }

    const DEFAULT: usize = (64 << 20) + (64 << 10);

    #[test]
    fn parts_follow_each_other_without_overlap() {
        for slots in [1, 2, 3, 16, 1000] {
            let layout = Layout::new(slots, 0, 5000).expect("small");
            let ring = layout.ring_words() * WORD;
            assert!(ring >= (slots + 1) * LINE);
            const { assert!(Layout::ACKNOWLEDGED + LINE <= Layout::REPLIES) };
            assert_eq!(Layout::REPLIES + ring, layout.state(0));
            assert_eq!(layout.state(slots), layout.crash_note());
            assert!(layout.crash_note() + CRASH_NOTE_SIZE <= layout.output_region(0));
            assert_eq!(layout.output_region(slots), layout.control_file_size());
            assert_eq!(layout.output_region(1) % PAGE, 0);
            assert!(Layout::REQUESTS + ring <= layout.input_region(0));
            assert_eq!(layout.input_region(slots), layout.input_file_size());
            assert_eq!(layout.input_region(1) % PAGE, 0);
        }
    }
}
