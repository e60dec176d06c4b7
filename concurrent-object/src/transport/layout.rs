//! Where everything lies in the two files. Both ends compute it from the same three numbers.
//!
//! Knows offsets and sizes only. Invariant: no two parts overlap, every part is aligned to a cache line, every area
//! to a page, and the sums cannot overflow because `Layout::new` refused what could.

use serde::{Deserialize, Serialize};

use super::ring::{CELL_WORDS, MAX_SLOTS, cells_for};

/// A cache line; raw regions are aligned to it, so every plain number is.
pub(crate) const LINE: usize = 64;
const PAGE: usize = 4096;
const WORD: usize = 8;

/// A slot's state word, when its call began, and what is carried by the reply: two cache lines.
const STATE_SIZE: usize = 2 * LINE;

/// Room for the child's last words.
pub(crate) const CRASH_NOTE_SIZE: usize = 16 * 1024;

/// Room in each area beyond what grows with the limit: reports of failures, and a few small regions' padding.
const SLACK: usize = 8 * 1024;

/// The largest file; beyond it an address space of 47 bits gets tight.
const MAX_FILE_SIZE: usize = 1 << 45;

/// The numbers that both ends share. Received numbers are checked as given ones are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub(crate) struct Layout {
    pub(crate) slots: usize,
    pub(crate) input_limit: usize,
    pub(crate) output_limit: usize,
}

/// A layout as it was received.
#[derive(Deserialize)]
struct Unchecked {
    slots: usize,
    input_limit: usize,
    output_limit: usize,
}

impl TryFrom<Unchecked> for Layout {
    type Error = &'static str;

    fn try_from(Unchecked { slots, input_limit, output_limit }: Unchecked) -> Result<Self, &'static str> {
        Self::new(slots, input_limit, output_limit).ok_or("the slots and areas that it names are not possible")
    }
}

impl Layout {
    /// Nothing if the files would be too large to map, or the slots too many or none.
    pub(crate) fn new(slots: usize, input_limit: usize, output_limit: usize) -> Option<Self> {
        let layout = Self { slots, input_limit, output_limit };
        let fits = |limit: usize| limit <= MAX_FILE_SIZE && slots * area_size(limit) <= MAX_FILE_SIZE;
        ((1..MAX_SLOTS).contains(&slots) && fits(input_limit) && fits(output_limit)).then_some(layout)
    }

    /// The parent says here that it sleeps.
    pub(crate) const PARENT_SLEEP: usize = LINE;
    /// The child says here that it sleeps.
    pub(crate) const CHILD_SLEEP: usize = 2 * LINE;
    /// The parent asks here for the end.
    pub(crate) const STOP: usize = 3 * LINE;
    /// The parent names here the call that shall end early.
    pub(crate) const CANCEL: usize = 4 * LINE;
    /// The parent acknowledges here the last notice that the socket is full: its position in the reply ring.
    pub(crate) const ACKNOWLEDGED: usize = 5 * LINE;
    /// The child counts here the snapshots that failed.
    pub(crate) const UNSAVED: usize = 6 * LINE;
    pub(crate) const REPLIES: usize = 8 * LINE;

    /// Words of a ring.
    pub(crate) fn ring_words(self) -> usize {
        cells_for(self.slots) * CELL_WORDS
    }

    /// The requests' ring lies in the input file: only the parent writes it.
    pub(crate) const REQUESTS: usize = 0;

    /// The record of a slot's state. The child alone touches it, unless something goes wrong.
    pub(crate) fn state(self, slot: usize) -> usize {
        Self::REPLIES + self.ring_size() + slot * STATE_SIZE
    }

    pub(crate) fn crash_note(self) -> usize {
        self.state(self.slots)
    }

    /// The area of a slot in the control and output file.
    pub(crate) fn output_region(self, slot: usize) -> usize {
        page_up(self.crash_note() + CRASH_NOTE_SIZE) + slot * self.output_region_size()
    }

    /// The area of a slot in the input file.
    pub(crate) fn input_region(self, slot: usize) -> usize {
        page_up(self.ring_size()) + slot * self.input_region_size()
    }

    pub(crate) fn output_region_size(self) -> usize {
        area_size(self.output_limit)
    }

    pub(crate) fn input_region_size(self) -> usize {
        area_size(self.input_limit)
    }

    /// What a call within the limit touches of an input area: a list and little else, or a little of everything.
    pub(crate) fn warm_input_size(self) -> usize {
        page_up(self.input_limit + SLACK)
    }

    pub(crate) fn warm_output_size(self) -> usize {
        page_up(self.output_limit + SLACK)
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

/// The places that every call looks up, computed once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    pub(crate) ring_words: usize,
    pub(crate) states: usize,
    pub(crate) crash_note: usize,
    pub(crate) input_regions: usize,
    pub(crate) input_region_size: usize,
    pub(crate) output_regions: usize,
    pub(crate) output_region_size: usize,
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
}

/// A message of `limit` counted bytes fits whatever its shape: padding and placeholders of nested regions add at most
/// five quarters to it (`wire` sends the smallest arrays inline for that reason).
fn area_size(limit: usize) -> usize {
    page_up(limit + limit / 4 * 5 + SLACK)
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
    fn received_nonsense_is_refused_too() {
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
