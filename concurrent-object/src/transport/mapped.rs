//! One object's channel: both files mapped, and a method for each part of them.
//!
//! Knows where each part lies and which process may write it. Does not know what the bytes mean.
//! Invariant: a process writes a slot's region only through the slot's `Lease`. Each process has
//! exactly one lease for each slot.
#![allow(unsafe_code)]

use std::io;
use std::sync::atomic::{AtomicU32, AtomicU64};

use super::call_state::StateWord;
use super::cancel::CancelWord;
use super::cores::Cores;
use super::crash_note::CrashNote;
use super::doorbell::Doorbell;
use super::item_lines::{ItemLines, LINES_WORDS};
use super::layout::{CRASH_NOTE_SIZE, LINE, Layout, Places};
use super::request_bell::{RequestBell, RequestBellEnd};
use super::ring::CELL_WORDS;
use super::sleep_flag::SleepFlag;
use super::{SlotLease, Transport};
use crate::descriptor::{AsFd, OwnedFd};
use crate::memory::segment::{self, Backing, Segment};
use crate::memory::{Foreign, Region};

/// Both files mapped, and both bells.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) layout: Layout,
    pub(crate) places: Places,
    request_bell: RequestBellEnd,
    pub(crate) reply_bell: Doorbell,
    pub(crate) control: Segment,
    pub(crate) input: Segment,
    pub(crate) backing: Backing,
    /// Child: whether its calls come from another program.
    pub(crate) is_relayed: bool,
}

/// The descriptors of the two files, as the child receives them.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) control: OwnedFd,
    pub(crate) input: OwnedFd,
}

/// The right to write one slot's region. Its holder is the only writer in its process.
#[derive(Debug)]
pub(crate) struct Lease(u16);

impl SlotLease for Lease {
    #[inline]
    fn slot(&self) -> u16 {
        self.0
    }
}

impl Channel {
    /// Parent: creates the files and maps them. The returned leases of all slots are in descending
    /// order: the first slot's lease is the last.
    pub(crate) fn create(layout: Layout, backing: &Backing) -> io::Result<(Self, Files, Vec<Lease>)> {
        let control_fd = segment::create_control(backing, layout.control_file_size())?;
        let control = Segment::map(&control_fd, layout.control_file_size())?;
        let (input_fd, input) = segment::create_input(backing, layout.input_file_size())?;
        let channel = Self {
            layout,
            places: layout.into(),
            request_bell: RequestBellEnd::default(),
            reply_bell: Doorbell::new()?,
            control,
            input,
            backing: backing.clone(),
            is_relayed: false,
        };
        Ok((channel, Files { control: control_fd, input: input_fd }, leases(layout)))
    }

    /// Child: maps the files that the parent created.
    pub(crate) fn attach(layout: Layout, files: &Files, reply_bell: OwnedFd) -> io::Result<(Self, Vec<Lease>)> {
        let bells = (RequestBellEnd::default(), Doorbell::of_child(reply_bell));
        Self::attach_with(layout, &files.control, &files.input, bells)
    }

    /// Parent: maps the files once more, at other addresses, for an object in a thread.
    pub(crate) fn attach_again(&self, control: impl AsFd, input: impl AsFd) -> io::Result<(Self, Vec<Lease>)> {
        let bells = (self.request_bell.of_thread()?, self.reply_bell.again()?);
        Self::attach_with(self.layout, control, input, bells)
    }

    fn attach_with(
        layout: Layout,
        control: impl AsFd,
        input: impl AsFd,
        (request_bell, reply_bell): (RequestBellEnd, Doorbell),
    ) -> io::Result<(Self, Vec<Lease>)> {
        let control = Segment::map(control, layout.control_file_size())?;
        let input = Segment::map_read_only(input, layout.input_file_size())?;
        // The child never reads `backing`, so it may have any value here.
        let backing = Backing::Memory;
        let places = layout.into();
        let channel = Self { layout, places, request_bell, reply_bell, control, input, backing, is_relayed: false };
        Ok((channel, leases(layout)))
    }

    /// Parent, in a forked copy of it: skips the unmapping on drop, because the files are not
    /// mapped in the copy.
    pub(crate) fn leave_mapped(&mut self) {
        self.control.leave_mapped();
        self.input.leave_mapped();
    }

    /// The counts of failed snapshots of this process. The low half counts all failures. The high
    /// half counts those that were the first, or the first after a success.
    ///
    /// The child writes the word before it publishes the reply to the call. So a parent that sees
    /// the reply also sees the counts.
    #[inline]
    pub(crate) fn unsaved(&self) -> &AtomicU64 {
        self.word(Layout::UNSAVED)
    }

    /// Parent: the region for this slot's arguments, raw regions first.
    #[inline]
    pub(crate) fn input_region(&self, lease: &mut Lease) -> Region<'_> {
        // SAFETY: the parent maps the input file for writing (`create`), and the lease, which is
        // borrowed exclusively here, is the only way to this slot's region.
        unsafe { self.input.region(self.places.input_region(lease.0), self.places.input_region_size) }
    }

    /// Parent: the bytes that it has written into this slot's input region.
    pub(crate) fn written<'l>(&'l self, lease: &'l Lease, len: usize) -> &'l [u8] {
        // SAFETY: only the parent can write the input file, which is sealed. The parent writes it
        // only through the lease, which is borrowed here.
        unsafe { self.input.bytes(self.places.input_region(lease.0), len) }
    }

    /// Parent: the first bytes of this slot's input region, to be filled in place.
    pub(crate) fn filled<'l>(&'l self, lease: &'l mut Lease, len: usize) -> &'l mut [u8] {
        // SAFETY: the parent maps the input file for writing (`create`). The child reads a region
        // only if a message names it. The lease, borrowed exclusively here, is the only way to this
        // region.
        unsafe { self.input.bytes_mut(self.places.input_region(lease.0), len) }
    }

    /// Parent: finds the slot in whose input region these bytes lie, and their offset in the
    /// region.
    #[inline]
    pub(crate) fn find_in_input(&self, bytes: &[u8]) -> Option<(u16, usize)> {
        let offset = self.input.offset_of(bytes)?.checked_sub(self.places.input_regions)?;
        let (slot, within) = (offset / self.places.input_region_size, offset % self.places.input_region_size);
        (within + bytes.len() <= self.places.input_region_size).then_some((u16::try_from(slot).ok()?, within))
    }

    /// The input region of this slot, with a call's arguments or a loan. For the child, and for the
    /// parent while the slot's lease is with its call.
    #[inline]
    pub(crate) fn input(&self, slot: u16) -> &[u8] {
        // SAFETY: the parent writes this region only while no call is in its slot and no call
        // refers to it. There is such a call now: in the child a ring entry, or the message of an
        // entry, named this slot; in the parent the caller holds the lock of the slots.
        unsafe { self.input.bytes(self.places.input_region(slot), self.places.input_region_size) }
    }

    /// Child: the region for this slot's result, raw regions first.
    #[inline]
    pub(crate) fn output_region(&self, lease: &mut Lease) -> Region<'_> {
        // SAFETY: the child maps the control file for writing (`attach`), and in the child the
        // lease is the only way to this slot's region.
        unsafe { self.control.region(self.places.output_region(lease.0), self.places.output_region_size) }
    }

    /// Parent: the first `len` bytes of this slot's output region.
    #[inline]
    pub(crate) fn output(&self, slot: u16, len: usize) -> Foreign<'_> {
        self.control.foreign(self.places.output_region(slot), len)
    }

    /// The two lines before the ring of items in this slot's output region.
    #[inline]
    pub(crate) fn item_lines(&self, slot: u16) -> ItemLines<'_> {
        ItemLines(self.control.words(self.places.output_region(slot), LINES_WORDS))
    }

    /// Parent: the ring of items in this slot's output region.
    #[inline]
    pub(crate) fn item_ring(&self, slot: u16) -> Foreign<'_> {
        self.control.foreign(self.places.item_ring(slot), self.places.item_ring_size)
    }

    /// Child: the ring of items in this slot's output region, to be written.
    #[inline]
    pub(crate) fn item_ring_region(&self, lease: &mut Lease) -> Region<'_> {
        // SAFETY: the child maps the control file for writing (`attach`), and in the child the
        // lease is the only way to this slot's region. The lines before the ring are not in it.
        unsafe { self.control.region(self.places.item_ring(lease.0), self.places.item_ring_size) }
    }

    /// The violation record: one line.
    pub(crate) fn violation(&self) -> &[AtomicU64] {
        self.control.words(Layout::VIOLATION, LINE / size_of::<u64>())
    }

    /// Parent: the cores on which both processes last waited.
    #[inline]
    pub(crate) fn parents_cores(&self) -> Cores<'_> {
        Cores { ours: self.word(Layout::PARENT_CORE), others: self.word(Layout::CHILD_CORE) }
    }

    /// Child: the cores on which both processes last waited.
    #[inline]
    pub(crate) fn childs_cores(&self) -> Cores<'_> {
        Cores { ours: self.word(Layout::CHILD_CORE), others: self.word(Layout::PARENT_CORE) }
    }

    #[inline]
    fn word(&self, offset: usize) -> &AtomicU64 {
        &self.control.words(offset, 1)[0]
    }
}

impl Transport for Channel {
    type Lease = Lease;
    type RequestBell<'c> = RequestBell<'c>;
    type ReplyBell = Doorbell;

    #[inline]
    fn requests(&self) -> &[AtomicU64] {
        self.input.words(Layout::REQUESTS, self.places.ring_words)
    }

    #[inline]
    fn replies(&self) -> &[AtomicU64] {
        self.control.words(Layout::REPLIES, self.places.ring_words)
    }

    #[inline]
    fn parent_sleep(&self) -> SleepFlag<'_> {
        SleepFlag(self.word(Layout::PARENT_SLEEP))
    }

    #[inline]
    fn child_sleep(&self) -> SleepFlag<'_> {
        SleepFlag(self.word(Layout::CHILD_SLEEP))
    }

    #[inline]
    fn stop(&self) -> &AtomicU64 {
        self.word(Layout::STOP)
    }

    #[inline]
    fn cancel(&self) -> CancelWord<'_> {
        CancelWord(self.word(Layout::CANCEL))
    }

    fn acknowledged(&self) -> &AtomicU64 {
        self.word(Layout::ACKNOWLEDGED)
    }

    #[inline]
    fn crash_note(&self) -> CrashNote<'_> {
        CrashNote(self.control.words(self.places.crash_note, CRASH_NOTE_SIZE / size_of::<u64>()))
    }

    #[inline]
    fn state(&self, slot: u16) -> StateWord<'_> {
        StateWord(self.word(self.places.state(slot)))
    }

    #[inline]
    fn started_at(&self, slot: u16) -> &AtomicU64 {
        self.word(self.places.state(slot) + size_of::<u64>())
    }

    #[inline]
    fn answer(&self, slot: u16) -> &[AtomicU64] {
        self.control.words(self.places.state(slot) + 2 * size_of::<u64>(), CELL_WORDS - 1)
    }

    #[inline]
    fn request_bell(&self) -> RequestBell<'_> {
        let word = self.word(Layout::REQUEST_BELL).as_ptr().cast::<u32>();
        // SAFETY: `word` checked the range, and the address is aligned for a `u64`. The mapping
        // lives as long as `self`. Both processes access these four bytes only as an `AtomicU32`.
        RequestBell { word: unsafe { AtomicU32::from_ptr(word) }, end: &self.request_bell }
    }

    #[inline]
    fn reply_bell(&self) -> &Doorbell {
        &self.reply_bell
    }
}

fn leases(layout: Layout) -> Vec<Lease> {
    (0..layout.slots as u16).rev().map(Lease).collect()
}
