//! In the object's process: the memory that it shares with its parent, and where each part lies, as
//! `transport/layout.rs` lays it out.
#![allow(unsafe_code)]

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::victim::Manners;

const LINE: usize = 8;
const PAGE: usize = 512;
const CRASH_NOTE: usize = 16 * 1024 / 8;

/// The words of the control file, and those of the input file, which cannot be written.
pub struct SharedWords {
    pub control: &'static [AtomicU64],
    input: &'static [AtomicU64],
    pub slots: usize,
    /// The size of an output region, in words.
    pub region: usize,
}

impl SharedWords {
    pub fn find(manners: &Manners) -> Self {
        let region = manners.output_limit + manners.output_limit / 3 * 4 + 8 * 1024;
        Self {
            control: mapped("memfd:concurrent-object:control"),
            input: mapped("memfd:concurrent-object:input"),
            slots: manners.slots,
            region: region.next_multiple_of(4096) / 8,
        }
    }

    /// The cells of a ring, eight words each.
    pub fn cells(&self) -> usize {
        (2 * self.slots + 2).next_power_of_two()
    }

    pub fn flags(&self) -> &'static [AtomicU64] {
        &self.control[LINE..8 * LINE]
    }

    pub fn replies(&self) -> &'static [AtomicU64] {
        &self.control[8 * LINE..][..self.cells() * LINE]
    }

    /// The record of a slot: its state, when it began, the reply, the progress.
    pub fn record(&self, slot: usize) -> &'static [AtomicU64] {
        &self.control[8 * LINE + self.cells() * LINE + slot * 2 * LINE..][..2 * LINE]
    }

    pub fn crash_note(&self) -> &'static [AtomicU64] {
        &self.control[8 * LINE + self.cells() * LINE + self.slots * 2 * LINE..][..CRASH_NOTE]
    }

    pub fn output(&self, slot: usize) -> &'static [AtomicU64] {
        let note = 8 * LINE + self.cells() * LINE + self.slots * 2 * LINE + CRASH_NOTE;
        &self.control[note.next_multiple_of(PAGE) + slot * self.region..][..self.region]
    }

    /// A slot and a call that the parent has sent.
    pub fn some_call(&self, choice: usize) -> (usize, u64) {
        let word = self.input[choice % self.cells() * LINE].load(Ordering::Relaxed);
        let (slot, call) = ((word & 0xfff) as usize, word << 1 >> 13);
        (if slot < self.slots { slot } else { 0 }, call)
    }
}

/// Returns the words of a mapped file. It stays mapped as long as this process exists, unless the
/// library gives it back: then this process dies, which is as good.
fn mapped(name: &str) -> &'static [AtomicU64] {
    let maps = fs::read_to_string("/proc/self/maps").expect("/proc");
    let line = maps.lines().find(|line| line.contains(name)).expect("the file is mapped");
    let (from, rest) = line.split_once('-').expect("addresses");
    let (to, _) = rest.split_once(' ').expect("addresses");
    let [from, to] = [from, to].map(|digits| usize::from_str_radix(digits, 16).expect("an address"));
    // SAFETY: the mapping has these addresses, and the library unmaps it only at the end of the
    // process. Its words are accessed by all sides as atomics.
    unsafe { std::slice::from_raw_parts(from as *const AtomicU64, (to - from) / 8) }
}
