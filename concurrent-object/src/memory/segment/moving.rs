//! Puts one mapping in the place of another, at the same address.
//!
//! Problem: `mremap` with a fixed address first unmaps the old mapping, and may fail afterwards.
//! Then the place is free, and another thread of this process may map something there. So the place
//! must be neither read nor unmapped any more. Foreseeable failures are checked before the move.
//!
//! Knows addresses. Invariant: after a move that failed, the place belongs to the segment, or the
//! segment never unmaps it.
#![allow(unsafe_code)]

use std::sync::atomic::Ordering;
use std::{io, ptr};

use rustix::mm::{
    MapFlags, MprotectFlags, MremapFlags, ProtFlags, mmap_anonymous, mprotect, mremap, mremap_fixed, munmap,
};

use super::Segment;
use crate::error::refused::Naming;

/// How many mappings the check makes. Before a move the kernel requires that this process may have
/// six more. The check makes more than that.
const SPARE_MAPPINGS: usize = 8;

/// A multiple of the page size of every machine.
const PAGE: usize = 64 * 1024;

/// Checks that this process may call `mremap`, and may have the additional mappings that a move
/// needs for a moment.
pub(crate) fn check_room_to_move() -> io::Result<()> {
    let len = SPARE_MAPPINGS * PAGE;
    // Shared, so that the kernel never merges it with a neighbour, and unmapping it splits nothing.
    let flags = MapFlags::SHARED | MapFlags::NORESERVE;
    // SAFETY: the kernel chooses a free place.
    let base = unsafe { mmap_anonymous(ptr::null_mut(), len, ProtFlags::empty(), flags) }.naming("mmap")?;
    // SAFETY: the mapping was just made and nothing refers to it; neither its place nor its size
    // changes.
    let called = unsafe { mremap(base, len, len, MremapFlags::empty()) }.map(drop).naming("mremap");
    let split = (1..SPARE_MAPPINGS).step_by(2).try_for_each(|at| {
        // SAFETY: the page lies in the mapping that was just made, and nothing refers to it.
        unsafe { mprotect(base.wrapping_byte_add(at * PAGE), PAGE, MprotectFlags::READ) }
    });
    // SAFETY: the mapping was made above, is whole, and nothing refers to it.
    let unmapped = unsafe { munmap(base, len) };
    called.and(split.and(unmapped).naming("mprotect"))
}

impl Segment {
    /// Puts another mapping of the same size in the place of this one. After an error the place may
    /// be unmapped.
    ///
    /// # Safety
    /// Nothing refers to this mapping. After an error, nothing reads or writes it any more.
    pub(crate) unsafe fn replace_by(&self, mut other: Self) -> io::Result<()> {
        assert_eq!(self.len(), other.len(), "one mapping in the place of another");
        let (from, to) = (other.base().cast(), self.base().cast());
        // SAFETY: both mappings are whole, have this length, and belong to segments. The caller
        // promises that nothing refers to the old one; `other` is owned, so nothing refers to it
        // either.
        let moved = unsafe { mremap_fixed(from, self.len(), self.len(), MremapFlags::MAYMOVE, to) };
        match moved {
            Ok(_) => other.leave_mapped(),
            Err(_) => self.keep_place(),
        }
        moved.map(drop).naming("mremap")
    }

    /// After a move that failed: maps the place if it is free, so that no other thread can take it
    /// before this segment unmaps it.
    fn keep_place(&self) {
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED_NOREPLACE;
        // SAFETY: `FIXED_NOREPLACE` makes the kernel fail if anything is mapped there.
        let kept = unsafe { mmap_anonymous(self.base().cast(), self.len(), ProtFlags::READ, flags) };
        // What is mapped there may be the old mapping or another thread's, so it stays mapped until
        // this process exits.
        let is_lost = kept.is_err();
        self.left.store(is_lost, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::segment::{Backing, create};

    const SIZE: usize = 1 << 20;

    fn segment(first: u8) -> Segment {
        let file = create(&Backing::Memory, "test", SIZE).expect("a memory file");
        rustix::io::pwrite(&file, &[first], 0).expect("written");
        Segment::map(&file, SIZE).expect("mapped")
    }

    fn first(segment: &Segment) -> u8 {
        let mut first = [0];
        segment.foreign(0, 1).copy_to(&mut first);
        first[0]
    }

    #[test]
    fn moved_mapping_takes_the_place_of_another() {
        check_room_to_move().expect("a test has few mappings");
        let (old, new) = (segment(1), segment(2));
        // SAFETY: nothing else uses the old mapping.
        unsafe { old.replace_by(new) }.expect("moved");
        assert_eq!((first(&old), old.left.load(Ordering::Relaxed)), (2, false));
    }

    #[test]
    fn free_place_after_a_failed_move_is_kept_and_reads_as_zeros() {
        let kept = (0..100).map(|_| segment(1)).any(|old| {
            // SAFETY: nothing refers to the mapping. The kernel does the same before it fails.
            unsafe { munmap(old.base().cast(), SIZE) }.expect("unmapped");
            old.keep_place();
            // Another test may have taken the place first.
            !old.left.load(Ordering::Relaxed) && first(&old) == 0
        });
        assert!(kept);
    }

    #[test]
    fn place_taken_by_another_thread_after_a_failed_move_stays_mapped() {
        let old = segment(1);
        let (place, flags) = (old.base().cast(), MapFlags::PRIVATE | MapFlags::FIXED);
        // SAFETY: nothing refers to the old mapping, which this one replaces.
        unsafe { mmap_anonymous(place, SIZE, ProtFlags::READ | ProtFlags::WRITE, flags) }.expect("mapped");
        old.keep_place();
        drop(old);
        // SAFETY: the mapping was made above and must still be there; nothing else refers to it.
        unsafe { place.cast::<u8>().write(7) };
        // SAFETY: as before, and it is not used any more.
        unsafe { munmap(place, SIZE) }.expect("it was there");
    }
}
