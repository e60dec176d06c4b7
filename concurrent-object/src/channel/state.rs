//! The state word of a slot: which call is in it, and how far that call has come.
//!
//! Knows nothing of what a call is. Number and phase share one word, so an exchange that is meant for one call can
//! never touch another. Invariant: whoever loses an exchange does nothing.

use crate::sync::{AtomicU64, Ordering};

const PHASE_BITS: u32 = 3;

/// How far the call in a slot has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// No call was ever put here.
    Empty,
    /// In the request ring; the child has not begun.
    Queued,
    /// The child is running the method.
    Running,
    /// The result is in the output area.
    Answered,
    /// Taken back by the parent before it began.
    Withdrawn,
    /// The parent gave it up while it ran.
    Killed,
}

/// A slot's state word, in memory that both ends have mapped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StateWord<'m>(pub(crate) &'m AtomicU64);

impl StateWord<'_> {
    /// Parent: puts a new call into a free slot. The ring entry that follows publishes it.
    pub(crate) fn queue(self, call: u64) {
        self.0.store(pack(call, Phase::Queued), Ordering::Relaxed);
    }

    /// Child: begins the call, unless it was withdrawn.
    pub(crate) fn start(self, call: u64) -> bool {
        self.exchange(call, Phase::Queued, Phase::Running)
    }

    /// Child: the result is written, unless the call was given up.
    pub(crate) fn answer(self, call: u64) -> bool {
        self.exchange(call, Phase::Running, Phase::Answered)
    }

    /// Parent: takes the call back, unless it has begun.
    pub(crate) fn withdraw(self, call: u64) -> bool {
        self.exchange(call, Phase::Queued, Phase::Withdrawn)
    }

    /// Parent: gives the call up, unless it is not running or just answered.
    #[cfg_attr(not(loom), expect(dead_code, reason = "deadlines and cancelling are built on it"))]
    pub(crate) fn kill(self, call: u64) -> bool {
        self.exchange(call, Phase::Running, Phase::Killed)
    }

    /// The phase of this call, or nothing if the word speaks of another call or makes no sense.
    pub(crate) fn phase_of(self, call: u64) -> Option<Phase> {
        // Acquire pairs with the Release half of the exchange in `answer`: Answered means the output is there to read.
        let word = self.0.load(Ordering::Acquire);
        (word >> PHASE_BITS == call).then(|| phase(word)).flatten()
    }

    fn exchange(self, call: u64, from: Phase, to: Phase) -> bool {
        // Release pairs with the Acquire in `phase_of`; Acquire with the Release of the exchange that was lost against.
        self.0.compare_exchange(pack(call, from), pack(call, to), Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

fn pack(call: u64, phase: Phase) -> u64 {
    (call << PHASE_BITS) | phase as u64
}

fn phase(word: u64) -> Option<Phase> {
    [Phase::Empty, Phase::Queued, Phase::Running, Phase::Answered, Phase::Withdrawn, Phase::Killed]
        .into_iter()
        .find(|&phase| phase as u64 == word & ((1 << PHASE_BITS) - 1))
}
