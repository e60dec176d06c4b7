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
use super::slot::{self, RAW_START, REPLY_HEADER_SIZE, REQUEST_HEADER_SIZE, ReplyHeader, ReplyKind, RequestHeader};
use super::state::StateWord;
use crate::memory::{Area, Foreign};

/// Where the reply header's words begin in an output block, after state and start time.
const REPLY_WORDS: usize = 16;

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
        self.control.words(Layout::REQUESTS, self.layout.ring_cells())
    }

    pub(crate) fn replies(&self) -> &[AtomicU64] {
        self.control.words(self.layout.replies(), self.layout.ring_cells())
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
        StateWord(self.word(self.output_block(slot)))
    }

    /// When the call in this slot began, in nanoseconds of the coarse monotonic clock.
    pub(crate) fn started_at(&self, slot: u16) -> &AtomicU64 {
        self.word(self.output_block(slot) + size_of::<u64>())
    }

    /// Parent: where this slot's raw regions go.
    pub(crate) fn input_area(&self, lease: &mut Lease) -> Area<'_> {
        let block = self.layout.input_block(lease.0.into());
        // SAFETY: the parent maps the input file for writing, and the lease is the only way to this slot's block.
        unsafe { self.input.area(block + RAW_START, self.layout.input_block_size() - RAW_START) }
    }

    /// Parent: writes a request's header and structured part, after its raw regions, which end at `raw_end`.
    /// False if it does not fit.
    pub(crate) fn write_request(&self, lease: &mut Lease, method: u32, structured: &[u8], raw_end: usize) -> bool {
        let structured_offset = slot::structured_offset(REQUEST_HEADER_SIZE, raw_end);
        let header = RequestHeader { method, structured_offset, structured_len: structured.len() };
        let block = self.layout.input_block(lease.0.into());
        // SAFETY: as in `input_area`, whose result the caller no longer has, since the lease is borrowed anew.
        let mut area = unsafe { self.input.area(block, self.layout.input_block_size()) };
        area.write(structured_offset, structured) && area.write(0, words_as_bytes(&header.words()).as_flattened())
    }

    /// Child: a request's method, structured part and raw part; an error says what makes no sense.
    pub(crate) fn request(&self, slot: u16) -> Result<(u32, &[u8], &[u8]), &'static str> {
        let block = self.layout.input_block(slot.into());
        // SAFETY: the parent writes this block only while no call is in its slot, and there is one: the ring named it.
        let bytes = unsafe { self.input.bytes(block, self.layout.input_block_size()) };
        let header = RequestHeader::from_words(words_from_bytes(bytes));
        let end = header.structured_offset.checked_add(header.structured_len).ok_or("a request whose length overflows")?;
        let structured = bytes.get(header.structured_offset..end).ok_or("a request that lies outside its area")?;
        let raw = bytes.get(RAW_START..header.structured_offset).unwrap_or(&[]);
        Ok((header.method, structured, raw))
    }

    /// Child: where this slot's raw regions go.
    pub(crate) fn output_area(&self, lease: &mut Lease) -> Area<'_> {
        let block = self.output_block(lease.0);
        // SAFETY: the child maps the file for writing, and the lease is the only way to this slot's area on its side.
        unsafe { self.control.area(block + RAW_START, self.layout.output_block_size() - RAW_START) }
    }

    /// Child: writes a reply's header and structured part, after its raw regions. False if it does not fit.
    pub(crate) fn write_reply(&self, lease: &mut Lease, kind: ReplyKind, structured: &[u8], raw_end: usize) -> bool {
        let structured_offset = slot::structured_offset(REPLY_HEADER_SIZE, raw_end);
        let block = self.output_block(lease.0) + REPLY_HEADER_SIZE;
        // SAFETY: as in `output_area`, whose result the caller no longer has; the words before it are left out.
        let mut area = unsafe { self.control.area(block, self.layout.output_block_size() - REPLY_HEADER_SIZE) };
        let header = ReplyHeader { kind, structured_offset, structured_len: structured.len() };
        header.write(self.reply_words(lease.0));
        area.write(structured_offset - REPLY_HEADER_SIZE, structured)
    }

    /// Parent: the header of an answered slot; an error says what makes no sense.
    pub(crate) fn reply_header(&self, slot: u16) -> Result<ReplyHeader, &'static str> {
        ReplyHeader::read(self.reply_words(slot), self.layout.output_block_size())
    }

    /// Parent: the whole block of an answered slot, as far as the reply goes.
    pub(crate) fn reply(&self, slot: u16, header: ReplyHeader) -> Foreign<'_> {
        self.control.foreign(self.output_block(slot), header.end())
    }

    fn reply_words(&self, slot: u16) -> &[AtomicU64] {
        self.control.words(self.output_block(slot) + REPLY_WORDS, 3)
    }

    fn output_block(&self, slot: u16) -> usize {
        self.layout.output_block(slot.into())
    }

    fn word(&self, offset: usize) -> &AtomicU64 {
        &self.control.words(offset, 1)[0]
    }
}

fn leases(layout: Layout) -> Vec<Lease> {
    (0..layout.slots as u16).rev().map(Lease).collect()
}

fn words_as_bytes(words: &[u64; 3]) -> [[u8; 8]; 3] {
    words.map(u64::to_ne_bytes)
}

fn words_from_bytes(bytes: &[u8]) -> [u64; 3] {
    let (words, _) = bytes.as_chunks::<8>();
    [0, 1, 2].map(|at| words.get(at).copied().map_or(0, u64::from_ne_bytes))
}
