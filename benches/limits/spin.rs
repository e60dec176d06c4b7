//! The spin limit: two processes that each poll one word, which is the fastest way to signal
//! another process. On a shared core it is the slowest: there the processes must yield while they
//! poll.
#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{MmapOptions, MmapRaw};
use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::process::Pid;
use serde::{Deserialize, Serialize};

use crate::measure::Contender;
use crate::outcome::Outcome;
use crate::partner::{Partner, Role, exit_when_input_closes};

const LINE: usize = 64;

/// The inherited descriptor of the shared memory, and how the processes poll it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Words(RawFd, Polling);

/// What a process does between two looks at its word.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Polling {
    /// It keeps its core.
    Spinning,
    /// It lets another process have its core.
    Yielding,
}

impl Polling {
    #[inline]
    fn pause(self) {
        match self {
            Self::Spinning => std::hint::spin_loop(),
            Self::Yielding => std::thread::yield_now(),
        }
    }
}

/// This side, and the partner, which answers by writing a word.
pub(crate) struct Spin {
    words: MmapRaw,
    polling: Polling,
    partner: Partner,
}

impl Spin {
    pub(crate) const NAME: &str = "limit: two processes spinning on one word";

    pub(crate) const YIELDING: &str = "limit: two processes yielding for one word";

    pub(crate) fn start() -> Outcome<Self> {
        Self::start_polling(Polling::Spinning)
    }

    /// Both processes yield while they poll.
    pub(crate) fn yielding() -> Outcome<Self> {
        Self::start_polling(Polling::Yielding)
    }

    fn start_polling(polling: Polling) -> Outcome<Self> {
        let fd = memfd_create("limit", MemfdFlags::empty())?;
        ftruncate(&fd, 2 * LINE as u64)?;
        let partner = Partner::start(&Words(fd.as_raw_fd(), polling))?;
        Ok(Self { words: map(&fd)?, polling, partner })
    }

    pub(crate) fn contender(&self) -> Contender<'_> {
        let (to, from) = words(&self.words);
        let mut number = 0;
        let name = if matches!(self.polling, Polling::Spinning) { Self::NAME } else { Self::YIELDING };
        Contender::new(name, move || {
            number += 1;
            to.store(number, Ordering::Release);
            while from.load(Ordering::Acquire) != number {
                self.polling.pause();
            }
            Ok(())
        })
        .stopping(self.partner.pid())
    }

    pub(crate) fn pid(&self) -> Option<Pid> {
        self.partner.pid()
    }
}

impl Role for Words {
    const NAME: &'static str = "spin";

    fn play(self) -> Outcome {
        answer(self)
    }
}

/// Runs in the partner.
fn answer(Words(fd, polling): Words) -> Outcome {
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
        polling.pause();
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
