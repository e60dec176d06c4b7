//! The spin limit: two processes that each poll one word, which is the fastest way to signal
//! another process.
#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{MmapOptions, MmapRaw};
use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use serde::{Deserialize, Serialize};

use crate::measure::Contender;
use crate::outcome::Outcome;
use crate::partner::{Partner, Role, exit_when_input_closes};

const LINE: usize = 64;

/// The inherited descriptor of the shared memory.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Words(RawFd);

/// This side, and the partner, which answers by writing a word.
pub(crate) struct Spin {
    words: MmapRaw,
    partner: Partner,
}

impl Spin {
    pub(crate) const NAME: &str = "limit: two processes spinning on one word";

    pub(crate) fn start() -> Outcome<Self> {
        let fd = memfd_create("limit", MemfdFlags::empty())?;
        ftruncate(&fd, 2 * LINE as u64)?;
        let partner = Partner::start(&Words(fd.as_raw_fd()))?;
        Ok(Self { words: map(&fd)?, partner })
    }

    pub(crate) fn contender(&self) -> Contender<'_> {
        let (to, from) = words(&self.words);
        let mut number = 0;
        Contender::new(Self::NAME, move || {
            number += 1;
            to.store(number, Ordering::Release);
            while from.load(Ordering::Acquire) != number {
                std::hint::spin_loop();
            }
            Ok(())
        })
        .stopping(self.partner.pid())
    }
}

impl Role for Words {
    const NAME: &'static str = "spin";

    fn play(self) -> Outcome {
        answer(self)
    }
}

/// Runs in the partner.
fn answer(Words(fd): Words) -> Outcome {
    // SAFETY: the parent left this descriptor open for this process, which takes it once.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    let mapping = map(&fd)?;
    let (to, from) = words(&mapping);
    exit_when_input_closes();
    let mut last = 0;
    loop {
        let number = to.load(Ordering::Acquire);
        if number != last {
            last = number;
            from.store(number, Ordering::Release);
        }
        std::hint::spin_loop();
    }
}

fn map(fd: &OwnedFd) -> Outcome<MmapRaw> {
    Ok(MmapOptions::new().len(2 * LINE).map_raw(fd.as_raw_fd())?)
}

/// Returns the two words, each in a cache line of its own.
fn words(mapping: &MmapRaw) -> (&AtomicU64, &AtomicU64) {
    // SAFETY: the mapping is two lines long, page-aligned, and outlives the result; the partner
    // accesses it only as atomics.
    let to = unsafe { &*mapping.as_mut_ptr().cast::<AtomicU64>() };
    // SAFETY: as above; the second line begins within the mapping.
    let from = unsafe { &*mapping.as_mut_ptr().wrapping_add(LINE).cast::<AtomicU64>() };
    (to, from)
}
