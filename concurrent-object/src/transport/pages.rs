//! The pages behind a channel: taken before they are needed, and given back.
//!
//! Knows areas and leases. Invariant: pages are given back only of areas whose leases are at hand. The input file is sealed
//! against writing, and so against giving its pages back: it is replaced by a fresh one, in the same place.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::AtomicU64;

use super::SlotLease;
use super::layout::Layout;
use super::mapped::{Channel, Lease};
use crate::memory::moving;
use crate::memory::segment::{self, Access, Backing, Segment};

/// A new input file, mapped for writing, and sealed against every other such mapping.
#[derive(Debug)]
pub(crate) struct FreshInput {
    pub(crate) file: OwnedFd,
    segment: Segment,
    ring_words: usize,
}

impl FreshInput {
    /// Where the requests are to go from now on.
    pub(crate) fn requests(&self) -> &[AtomicU64] {
        self.segment.words(Layout::REQUESTS, self.ring_words)
    }
}

impl Channel {
    /// Parent: takes the pages of all areas now, as far as the limits go.
    pub(crate) fn populate_as_parent(&self) -> io::Result<()> {
        self.populate(Access::Write, Access::Write)
    }

    /// Child: has the pages in front of it that the parent took.
    pub(crate) fn populate_as_child(&self) -> io::Result<()> {
        self.populate(Access::Read, Access::Write)
    }

    fn populate(&self, input: Access, output: Access) -> io::Result<()> {
        let Layout { slots, .. } = self.layout;
        self.input.ask_for_huge_pages();
        self.control.ask_for_huge_pages();
        self.input.populate(0, self.places.input_regions, input)?;
        for slot in 0..slots as u16 {
            self.input.populate(self.places.input_region(slot), self.layout.warm_input_size(), input)?;
            self.control.populate(self.places.output_region(slot), self.layout.warm_output_size(), output)?;
        }
        Ok(())
    }

    /// Parent: whether pages can be given back. Files in a directory keep their space.
    pub(crate) fn can_give_back(&self) -> bool {
        matches!(self.backing, Backing::Memory)
    }

    /// Parent: gives back the pages of this slot's output area.
    pub(crate) fn give_back_output(&self, lease: &mut Lease) -> io::Result<()> {
        // SAFETY: the parent maps the control file for writing. The lease is at hand, so no call is in the slot: the child
        // neither writes nor reads the area, and no result in it is being read.
        unsafe { self.control.give_back(self.places.output_region(lease.slot()), self.places.output_region_size) }
    }

    /// Parent: makes a new input file.
    pub(crate) fn fresh_input(&self) -> io::Result<FreshInput> {
        moving::check_room_to_move()?;
        let (file, segment) = segment::create_input(&self.backing, self.layout.input_file_size())?;
        Ok(FreshInput { file, segment, ring_words: self.places.ring_words })
    }

    /// Parent: the new input file takes the place of the old one. After an error no lease may be used any more.
    pub(crate) fn adopt(&self, fresh: FreshInput, _leases: &mut [Lease]) -> io::Result<()> {
        // SAFETY: whoever refers to a part of the old file borrows a lease, of which all are borrowed here exclusively, or its
        // ring, which is borrowed anew for each use, under the lock that the caller holds.
        unsafe { self.input.replace_by(fresh.segment) }
    }

    /// Child: the parent has put a new input file in the place of the old one. After an error nothing can be read any more.
    pub(crate) fn follow(&self, file: &OwnedFd) -> io::Result<()> {
        let segment = Segment::map_read_only(file, self.layout.input_file_size())?;
        // SAFETY: the one thread that reads this file is here, between two calls; what a call borrowed ended with it.
        unsafe { self.input.replace_by(segment) }
    }
}
