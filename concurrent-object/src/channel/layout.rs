//! Where everything lies in the two files. Both ends compute it from the same three numbers.
//!
//! Knows offsets and sizes only. Invariant: no two parts overlap, every part is aligned to a cache line, every block
//! to a page, and the sums cannot overflow because `Layout::new` refused what could.

use serde::{Deserialize, Serialize};

use super::ring::{MAX_SLOTS, cells_for};

/// A cache line; raw regions are aligned to it, so every plain number is.
pub(crate) const LINE: usize = 64;
const PAGE: usize = 4096;
const WORD: usize = 8;

/// Room for the child's last words.
pub(crate) const LAST_WORDS_SIZE: usize = 16 * 1024;

/// Room in each block beyond what grows with the limit: reports of failures, and a few small regions' padding.
const SLACK: usize = 8 * 1024;

/// The largest file; beyond it an address space of 47 bits gets tight.
const MAX_FILE_SIZE: usize = 1 << 45;

/// The numbers that both ends share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Layout {
    pub(crate) slots: usize,
    pub(crate) input_limit: usize,
    pub(crate) output_limit: usize,
}

impl Layout {
    /// Nothing if the files would be too large to map, or the slots too many or none.
    pub(crate) fn new(slots: usize, input_limit: usize, output_limit: usize) -> Option<Self> {
        let layout = Self { slots, input_limit, output_limit };
        let fits = |limit: usize| limit <= MAX_FILE_SIZE && slots * block_size(limit) <= MAX_FILE_SIZE;
        ((1..MAX_SLOTS).contains(&slots) && fits(input_limit) && fits(output_limit)).then_some(layout)
    }

    pub(crate) fn ring_cells(self) -> usize {
        cells_for(self.slots)
    }

    /// The parent says here that it sleeps.
    pub(crate) const PARENT_SLEEP: usize = LINE;
    /// The child says here that it sleeps.
    pub(crate) const CHILD_SLEEP: usize = 2 * LINE;
    /// The parent asks here for the end.
    pub(crate) const STOP: usize = 3 * LINE;
    pub(crate) const REQUESTS: usize = 8 * LINE;

    pub(crate) fn replies(self) -> usize {
        Self::REQUESTS + self.ring_size()
    }

    pub(crate) fn last_words(self) -> usize {
        self.replies() + self.ring_size()
    }

    /// The block of a slot in the control and output file: state, reply header, result.
    pub(crate) fn output_block(self, slot: usize) -> usize {
        page_up(self.last_words() + LAST_WORDS_SIZE) + slot * self.output_block_size()
    }

    /// The block of a slot in the input file: request header, arguments.
    pub(crate) fn input_block(self, slot: usize) -> usize {
        slot * self.input_block_size()
    }

    pub(crate) fn output_block_size(self) -> usize {
        block_size(self.output_limit)
    }

    pub(crate) fn input_block_size(self) -> usize {
        block_size(self.input_limit)
    }

    /// Whether a request of so many bytes, raw regions padded, fits a block.
    pub(crate) fn fits_input(self, size: usize) -> bool {
        size <= self.input_block_size() - LINE
    }

    /// Whether a reply of so many bytes, raw regions padded, fits a block.
    pub(crate) fn fits_output(self, size: usize) -> bool {
        size <= self.output_block_size() - LINE
    }

    pub(crate) fn control_file_size(self) -> usize {
        self.output_block(self.slots)
    }

    pub(crate) fn input_file_size(self) -> usize {
        self.input_block(self.slots)
    }

    fn ring_size(self) -> usize {
        (self.ring_cells() * WORD).next_multiple_of(LINE)
    }
}

/// A message of `limit` counted bytes fits whatever its shape: padding and placeholders of nested regions add at most
/// half to it (`wire` sends smaller arrays inline for that reason).
fn block_size(limit: usize) -> usize {
    page_up(LINE + limit + limit / 2 + SLACK)
}

fn page_up(size: usize) -> usize {
    size.next_multiple_of(PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(Layout::new(0, 1, 1), None);
        assert_eq!(Layout::new(MAX_SLOTS, 1, 1), None);
        assert_eq!(Layout::new(1, usize::MAX, 1), None);
        assert_eq!(Layout::new(16, 1, MAX_FILE_SIZE / 8), None);
    }

    #[test]
    fn parts_follow_each_other_without_overlap() {
        for slots in [1, 2, 3, 16, 1000] {
            let layout = Layout::new(slots, 0, 5000).expect("small");
            let ring = layout.ring_cells() * WORD;
            assert!(layout.ring_cells() > slots);
            assert!(Layout::STOP + LINE <= Layout::REQUESTS);
            assert!(Layout::REQUESTS + ring <= layout.replies());
            assert!(layout.replies() + ring <= layout.last_words());
            assert!(layout.last_words() + LAST_WORDS_SIZE <= layout.output_block(0));
            assert_eq!(layout.output_block(slots), layout.control_file_size());
            assert_eq!(layout.output_block(1) % PAGE, 0);
        }
    }
}
