//! One object's channel: both files mapped, and every part of them by its name.
//!
//! Knows where things lie and who may write them. Invariant: input areas and output areas are written only through the
//! slot's `Lease`, of which each end has exactly one for each slot.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::AtomicU64;

use super::doorbell::Doorbell;
use super::last_words::LastWords;
use super::layout::{LAST_WORDS_SIZE, Layout};
use super::segment::{self, Backing, Segment};
use super::sleep::SleepFlag;
use super::state::StateWord;
use crate::memory::{Area, Foreign};

/// Both files mapped, and both doorbells.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) layout: Layout,
    pub(crate) request_bell: Doorbell,
    pub(crate) reply_bell: Doorbell,
    control: Segment,
    input: Segment,
}

/// The descriptors of the two files, as the child gets them.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) control: OwnedFd,
    pub(crate) input: OwnedFd,
}

/// The right to write one slot's area. Whoever holds it is the only writer on its side.
#[derive(Debug)]
pub(crate) struct Lease(u16);

impl Lease {
    pub(crate) fn slot(&self) -> u16 {
        self.0
    }
}

impl Channel {
    /// Parent: makes the files and maps them, with the leases of all slots, the first slot's last.
    pub(crate) fn create(layout: Layout, backing: &Backing) -> io::Result<(Self, Files, Vec<Lease>)> {
        let control_fd = segment::create(backing, "concurrent-object:control", layout.control_file_size())?;
        let control = Segment::map(&control_fd, layout.control_file_size())?;
        let input_fd = segment::create(backing, "concurrent-object:input", layout.input_file_size())?;
        let input = Segment::map(&input_fd, layout.input_file_size())?;
        let input_fd = segment::seal_against_writers(backing, input_fd)?;
        let channel = Self { layout, request_bell: Doorbell::new()?, reply_bell: Doorbell::new()?, control, input };
        Ok((channel, Files { control: control_fd, input: input_fd }, leases(layout)))
    }

    /// Child: maps the files that the parent made.
    pub(crate) fn attach(layout: Layout, files: &Files, bells: [OwnedFd; 2]) -> io::Result<(Self, Vec<Lease>)> {
        let control = Segment::map(&files.control, layout.control_file_size())?;
        let input = Segment::map_read_only(&files.input, layout.input_file_size())?;
        let [request_bell, reply_bell] = bells.map(Doorbell::from_fd);
        Ok((Self { layout, request_bell, reply_bell, control, input }, leases(layout)))
    }

    /// Parent, in a forked copy: the files are not mapped there, so nothing is to be undone.
    pub(crate) fn leave_mapped(&mut self) {
        self.control.leave_mapped();
        self.input.leave_mapped();
    }

    pub(crate) fn requests(&self) -> &[AtomicU64] {
        self.input.words(self.layout.requests(), self.layout.ring_words())
    }

    pub(crate) fn replies(&self) -> &[AtomicU64] {
        self.control.words(self.layout.replies(), self.layout.ring_words())
    }

    pub(crate) fn parent_sleep(&self) -> SleepFlag<'_> {
        SleepFlag(self.word(Layout::PARENT_SLEEP))
    }

    pub(crate) fn child_sleep(&self) -> SleepFlag<'_> {
        SleepFlag(self.word(Layout::CHILD_SLEEP))
    }

    /// Not zero when the parent has asked for the end.
    pub(crate) fn stop(&self) -> &AtomicU64 {
        self.word(Layout::STOP)
    }

    pub(crate) fn last_words(&self) -> LastWords<'_> {
        LastWords(self.control.words(self.layout.last_words(), LAST_WORDS_SIZE / size_of::<u64>()))
    }

    pub(crate) fn state(&self, slot: u16) -> StateWord<'_> {
        StateWord(self.word(self.layout.state(slot.into())))
    }

    /// When the call in this slot began, in nanoseconds of the coarse monotonic clock.
    pub(crate) fn started_at(&self, slot: u16) -> &AtomicU64 {
        self.word(self.layout.state(slot.into()) + size_of::<u64>())
    }

    /// Parent: where this slot's arguments go, raw regions first.
    pub(crate) fn input_area(&self, lease: &mut Lease) -> Area<'_> {
        // SAFETY: the parent maps the input file for writing, and the lease is the only way to this slot's area.
        unsafe { self.input.area(self.layout.input_area(lease.0.into()), self.layout.input_area_size()) }
    }

    /// Parent: what it has written into this slot's input area.
    pub(crate) fn written<'l>(&'l self, lease: &'l Lease, len: usize) -> &'l [u8] {
        // SAFETY: nobody but the parent writes the input file, and it does so through the lease, which is borrowed here.
        unsafe { self.input.bytes(self.layout.input_area(lease.0.into()), len) }
    }

    /// Child: the arguments in this slot.
    pub(crate) fn input(&self, slot: u16) -> &[u8] {
        // SAFETY: the parent writes this area only while no call is in its slot, and there is one: the ring named it.
        unsafe { self.input.bytes(self.layout.input_area(slot.into()), self.layout.input_area_size()) }
    }

    /// Child: where this slot's result goes, raw regions first.
    pub(crate) fn output_area(&self, lease: &mut Lease) -> Area<'_> {
        // SAFETY: the child maps the file for writing, and the lease is the only way to this slot's area on its side.
        unsafe { self.control.area(self.layout.output_area(lease.0.into()), self.layout.output_area_size()) }
    }

    /// Parent: the result in this slot, `len` bytes of its area.
    pub(crate) fn output(&self, slot: u16, len: usize) -> Foreign<'_> {
        self.control.foreign(self.layout.output_area(slot.into()), len)
    }

    fn word(&self, offset: usize) -> &AtomicU64 {
        &self.control.words(offset, 1)[0]
    }
}

fn leases(layout: Layout) -> Vec<Lease> {
    (0..layout.slots as u16).rev().map(Lease).collect()
}
