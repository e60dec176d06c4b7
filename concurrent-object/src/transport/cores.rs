//! The cores that the two processes run on: whether they share one.
//!
//! Problem: the kernel often puts a woken process on the core of its waker. Then each process spins
//! while the other one cannot run, and a call takes ten times as long. Way here: a process that
//! begins to wait publishes the number of its core, and compares it with the number that the other
//! process has published. On a shared core it yields instead.
//!
//! Knows two words and the number of cores; must not know how a process waits. Invariant: the
//! numbers are hints. A wrong one, which a hostile child may write, costs the reader a yield.
#![allow(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};

use crate::memory::once::Once;

/// The word of this process, and that of the other one. Zero stands for an unknown core.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cores<'c> {
    pub(crate) ours: &'c AtomicU64,
    pub(crate) others: &'c AtomicU64,
}

impl Cores<'_> {
    /// Publishes the core of this thread. Returns whether the other process was on the same core
    /// when it last waited.
    #[inline]
    pub(crate) fn are_shared(self) -> bool {
        let here = current_core();
        // Written only if it changes: so its cache line stays with the readers.
        if self.ours.load(Ordering::Relaxed) != here {
            self.ours.store(here, Ordering::Relaxed);
        }
        here != 0 && self.others.load(Ordering::Relaxed) == here
    }
}

/// Returns the number of the core that runs this thread, counted from one. Zero if the kernel does
/// not say it.
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
#[inline]
pub(super) fn current_core() -> u64 {
    // SAFETY: the function has no precondition. The C library reads a word that the kernel keeps up
    // to date (`rseq`), or asks the vDSO.
    let core = unsafe { libc::sched_getcpu() };
    u64::try_from(core).map_or(0, |core| core + 1)
}

#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(super) fn current_core() -> u64 {
    0
}

/// Whether this thread may run on several cores. On one core, spinning only keeps the other process
/// from running.
pub(crate) fn several_cores() -> bool {
    static SEVERAL: Once<bool> = Once::new();
    *SEVERAL.get_or_make(|| cores() > 1)
}

/// Returns on how many cores this thread may run. On Linux `available_parallelism` first reads half
/// a dozen files about control groups.
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
fn cores() -> usize {
    rustix::thread::sched_getaffinity(None).map_or(1, |cores| cores.count() as usize)
}

/// Returns on how many cores this thread may run.
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_is_shared_with_a_process_that_waited_on_it() {
        let (ours, others) = (AtomicU64::new(0), AtomicU64::new(0));
        let cores = Cores { ours: &ours, others: &others };
        assert!(!cores.are_shared(), "the other process has not waited yet");
        // The kernel may move this thread between two looks.
        let is_shared = (0..1_000).any(|_| {
            others.store(current_core(), Ordering::Relaxed);
            cores.are_shared()
        });
        assert_eq!(is_shared, current_core() != 0);
        others.store(u64::MAX, Ordering::Relaxed);
        assert!(!cores.are_shared(), "no core has this number");
    }
}
