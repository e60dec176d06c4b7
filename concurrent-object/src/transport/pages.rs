//! The pages behind a channel: allocating them before first use, and returning them to the kernel.
//!
//! The naive way to return pages is to punch holes into both files. The kernel refuses that for the
//! input file, because its seal against writing forbids it. So the parent makes a fresh input file,
//! and both processes map it at the address of the old one. The old file's pages are freed with it.
//!
//! Knows regions and leases. Does not know who decides when this happens. Invariant: pages are
//! returned only for regions whose leases the caller holds.
#![allow(unsafe_code)]

use std::io;
use std::sync::atomic::AtomicU64;

use super::SlotLease;
use super::layout::Layout;
use super::mapped::{Channel, Lease};
use crate::descriptor::OwnedFd;
use crate::memory::segment::{self, Access, Backing, Segment};

/// A new input file, mapped for writing, and sealed against any other writable mapping.
#[derive(Debug)]
pub(crate) struct FreshInput {
    pub(crate) file: OwnedFd,
    segment: Segment,
    ring_words: usize,
}

impl FreshInput {
    /// The request ring in the new file.
    pub(crate) fn requests(&self) -> &[AtomicU64] {
        self.segment.words(Layout::REQUESTS, self.ring_words)
    }
}

impl Channel {
    /// Parent: allocates now, in all regions, the pages that calls within the limits usually use.
    pub(crate) fn populate_as_parent(&self) -> io::Result<()> {
        self.populate(Access::Write, Access::Write)
    }

    /// Child: maps the pages that the parent allocated, so that its first accesses do not fault.
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

    /// Parent: whether pages can be returned. Files in a directory keep their space.
    pub(crate) fn can_give_back(&self) -> bool {
        segment::CAN_GIVE_BACK && matches!(self.backing, Backing::Memory)
    }

    /// Parent: returns the pages of this slot's output region to the kernel.
    pub(crate) fn give_back_output(&self, lease: &mut Lease) -> io::Result<()> {
        // SAFETY: the parent maps the control file for writing (`create`). The caller holds the
        // lease, so no call is in the slot: the child does not access the region, and no result in
        // it is read.
        unsafe { self.control.give_back(self.places.output_region(lease.slot()), self.places.output_region_size) }
    }

    /// Parent: creates a new input file.
    pub(crate) fn fresh_input(&self) -> io::Result<FreshInput> {
        segment::check_room_to_move()?;
        let (file, segment) = segment::create_input(&self.backing, self.layout.input_file_size())?;
        Ok(FreshInput { file, segment, ring_words: self.places.ring_words })
    }

    /// Parent: replaces the old input file by the new one. After an error the caller must not use
    /// any lease again.
    pub(crate) fn adopt(&self, fresh: FreshInput, _leases: &mut [Lease]) -> io::Result<()> {
        // SAFETY: a reference into a region of the old file borrows its lease, and all leases are
        // borrowed exclusively here. A reference to its ring lives only for one use, under the lock
        // that the caller holds.
        unsafe { self.input.replace_by(fresh.segment) }
    }

    /// Child: replaces the old input file by the one that the parent sent. After an error no
    /// request can be read.
    pub(crate) fn follow(&self, file: &OwnedFd) -> io::Result<()> {
        let segment = Segment::map_read_only(file, self.layout.input_file_size())?;
        // SAFETY: only the serving thread reads this file. That thread runs this code between two
        // calls, and what a call borrows ends with the call.
        unsafe { self.input.replace_by(segment) }
    }
}
