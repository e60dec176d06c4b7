//! The least that it takes to let another process read a large array, or to get one from it: a copy
//! on one side, the work on the other, and one polled word each way.
//!
//! What it takes beyond a copy and a sum in one process is the way of the cache lines from one core
//! to the other. The copy can also bypass the caches (*non-temporal stores*).
#![allow(unsafe_code)]

use std::hint::{black_box, spin_loop};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{MmapOptions, MmapRaw};
use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use serde::{Deserialize, Serialize};

use crate::measure::Contender;
use crate::outcome::Outcome;
use crate::partner::{Partner, Role, exit_when_input_closes};
use crate::work::{fill, sum};

/// The words lie before the array, in a page of their own.
const PAGE: usize = 4096;
const LINE: usize = 64;

/// The inherited descriptor of the shared memory, and the number of values in it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Area(RawFd, usize);

/// What the partner does when it is asked.
const SUM: u64 = 0;
const FILL: u64 = 1;

/// So many looks take at least ten seconds. The partner has died if it has not answered by then.
const MAX_LOOKS: u64 = 10_000_000_000;

/// How an array is copied.
#[derive(Clone, Copy, Debug)]
enum Stores {
    Plain,
    #[cfg(target_arch = "x86_64")]
    NonTemporal,
}

/// This side, and the partner.
pub(crate) struct Handoff {
    memory: Memory,
    partner: Partner,
}

struct Memory {
    mapping: MmapRaw,
    count: usize,
}

impl Handoff {
    pub(crate) const SUM: &str = "limit: copy here, sum in another process";
    pub(crate) const SUM_NON_TEMPORAL: &str = "the same, with non-temporal stores";
    pub(crate) const FILL: &str = "limit: fill and copy in another process, copy here";

    /// `count`: the number of values.
    pub(crate) fn start(count: usize) -> Outcome<Self> {
        let fd = memfd_create("limit", MemfdFlags::empty())?;
        ftruncate(&fd, (PAGE + count * size_of::<f64>()) as u64)?;
        let partner = Partner::start(&Area(fd.as_raw_fd(), count))?;
        Ok(Self { memory: Memory::map(&fd, count)?, partner })
    }

    /// Copies the values, and has the partner sum them.
    pub(crate) fn sums<'a>(&'a self, values: &'a [f64]) -> Vec<Contender<'a>> {
        let contender = |name, stores| {
            Contender::new(name, move || {
                self.memory.write(black_box(values), stores);
                black_box(self.memory.ask(SUM)?);
                Ok(())
            })
            .stopping(self.partner.pid())
        };
        vec![
            contender(Self::SUM, Stores::Plain),
            #[cfg(target_arch = "x86_64")]
            contender(Self::SUM_NON_TEMPORAL, Stores::NonTemporal),
        ]
    }

    /// Has the partner fill the array, and copies it.
    pub(crate) fn fill(&self) -> Contender<'_> {
        Contender::new(Self::FILL, || {
            self.memory.ask(FILL)?;
            black_box(self.memory.values().to_vec());
            Ok(())
        })
        .stopping(self.partner.pid())
    }
}

impl Memory {
    fn map(fd: &OwnedFd, count: usize) -> Outcome<Self> {
        let len = PAGE + count * size_of::<f64>();
        Ok(Self { mapping: MmapOptions::new().len(len).map_raw(fd.as_raw_fd())?, count })
    }

    /// Returns the word at this line of the first page.
    fn word(&self, line: usize) -> &AtomicU64 {
        // SAFETY: the mapping has a whole page before the array, starts at a page, and outlives the
        // result; both processes access these words only as atomics.
        unsafe { &*self.mapping.as_mut_ptr().wrapping_add(line * LINE).cast::<AtomicU64>() }
    }

    fn start(&self) -> *mut f64 {
        self.mapping.as_mut_ptr().wrapping_add(PAGE).cast()
    }

    /// The values. The caller has the turn: the other process does not write meanwhile.
    fn values(&self) -> &[f64] {
        // SAFETY: `map` made the mapping long enough, it starts at a page, and the turn that the
        // two words pass on orders the accesses of both processes.
        unsafe { std::slice::from_raw_parts(self.start(), self.count) }
    }

    fn write(&self, values: &[f64], stores: Stores) {
        assert_eq!(values.len(), self.count, "the array has this size");
        match stores {
            // SAFETY: the lengths are equal, the mapping overlaps no value of this process, and
            // this process has the turn.
            Stores::Plain => unsafe { self.start().copy_from_nonoverlapping(values.as_ptr(), values.len()) },
            #[cfg(target_arch = "x86_64")]
            Stores::NonTemporal => self.write_past_the_caches(values),
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn write_past_the_caches(&self, values: &[f64]) {
        use std::arch::x86_64::{_mm_loadu_pd, _mm_sfence, _mm_stream_pd};
        for (at, pair) in values.as_chunks::<2>().0.iter().enumerate() {
            let target = self.start().wrapping_add(2 * at);
            // SAFETY: a pair of values is as long as the operand, and a load may be unaligned.
            let loaded = unsafe { _mm_loadu_pd(pair.as_ptr()) };
            // SAFETY: the target lies in the array, whose start is aligned to a page, and this
            // process has the turn.
            unsafe { _mm_stream_pd(target, loaded) };
        }
        // SAFETY: each processor of this architecture has the instruction, and it has no operand.
        unsafe { _mm_sfence() };
    }

    /// Asks the partner, and polls until it has answered. Fails if the answer does not come in
    /// time.
    fn ask(&self, what: u64) -> Outcome<f64> {
        let (to, from) = (self.word(0), self.word(1));
        // Each request is a greater even number than the last one, plus `SUM` or `FILL`.
        let request = (to.load(Ordering::Relaxed) | 1) + 1 + what;
        // Release: the partner that reads the request also reads the array. Pairs with `play`.
        to.store(request, Ordering::Release);
        let mut looks = 0_u64;
        while from.load(Ordering::Acquire) != request {
            looks += 1;
            if looks > MAX_LOOKS {
                return Err("the partner that shares an array does not answer".into());
            }
            spin_loop();
        }
        Ok(f64::from_bits(self.word(2).load(Ordering::Relaxed)))
    }
}

impl Role for Area {
    const NAME: &'static str = "handoff";

    fn play(self) -> Outcome {
        let Self(fd, count) = self;
        // SAFETY: the parent left this descriptor open for this process, which takes it once.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        let memory = Memory::map(&fd, count)?;
        exit_when_input_closes();
        let (to, from) = (memory.word(0), memory.word(1));
        let mut last = 0;
        loop {
            let request = to.load(Ordering::Acquire);
            if request == last {
                spin_loop();
                continue;
            }
            last = request;
            if request % 2 == FILL {
                memory.write(&fill(count), Stores::Plain);
            } else {
                memory.word(2).store(sum(memory.values()).to_bits(), Ordering::Relaxed);
            }
            from.store(request, Ordering::Release);
        }
    }
}
