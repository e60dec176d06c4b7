//! The state word of a slot: which call was last begun or withdrawn in it, and how far that call has come.
//!
//! Knows nothing of what a call is. Number and phase share one word, so an exchange that is meant for one call can never
//! touch another. The word of a call that waits still tells of the one before: nobody has to write it when a call is
//! queued, so in ordinary service its cache line stays with the child. Invariant: call numbers in a word only grow, and
//! whoever loses an exchange does nothing.

use crate::sync::{AtomicU64, Ordering};

const PHASE_BITS: u32 = 3;

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallPhase {
    /// The child has not begun it.
    Queued,
    /// The child is running the method.
    Running,
    /// The result is written.
    Answered,
    /// Taken back by the parent before it began.
    Cancelled,
    /// The parent gave it up while it ran.
    Killed,
}

/// A slot's state word, in memory that both ends have mapped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StateWord<'m>(pub(crate) &'m AtomicU64);

impl StateWord<'_> {
    /// Child: begins the call, unless it was withdrawn.
    #[inline]
    pub(crate) fn start(self, call: u64) -> bool {
        self.leave_queue(call, CallPhase::Running)
    }

    /// Parent: takes the call back, unless it has begun.
    pub(crate) fn cancel_unstarted(self, call: u64) -> bool {
        self.leave_queue(call, CallPhase::Cancelled)
    }

    /// Child: the result is written, unless the call was given up.
    #[inline]
    pub(crate) fn answer(self, call: u64) -> bool {
        self.exchange(pack(call, CallPhase::Running), pack(call, CallPhase::Answered))
    }

    /// Parent: gives the call up, unless it is not running or just answered.
    pub(crate) fn kill(self, call: u64) -> bool {
        self.exchange(pack(call, CallPhase::Running), pack(call, CallPhase::Killed))
    }

    /// Parent, between two processes: the call waits, whatever has become of it before.
    pub(crate) fn requeue(self, call: u64) {
        self.0.store(pack(call - 1, CallPhase::Answered), Ordering::Relaxed);
    }

    /// The phase of this call, or nothing if the word makes no sense for it.
    #[inline]
    pub(crate) fn phase_of(self, call: u64) -> Option<CallPhase> {
        // Acquire pairs with the Release half of the exchange in `answer`: Answered means the output is there to read.
        let word = self.0.load(Ordering::Acquire);
        if word >> PHASE_BITS < call {
            return Some(CallPhase::Queued);
        }
        (word >> PHASE_BITS == call).then(|| phase(word)).flatten()
    }

    /// Of two who try at once, one succeeds: the other finds the word changed, or this call's number in it.
    #[inline]
    fn leave_queue(self, call: u64, to: CallPhase) -> bool {
        let word = self.0.load(Ordering::Acquire);
        word >> PHASE_BITS < call && self.exchange(word, pack(call, to))
    }

    #[inline]
    fn exchange(self, from: u64, to: u64) -> bool {
        // Release pairs with the Acquire in `phase_of`; Acquire with the Release of the exchange that was lost against.
        self.0.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

#[inline]
fn pack(call: u64, phase: CallPhase) -> u64 {
    (call << PHASE_BITS) | phase as u64
}

fn phase(word: u64) -> Option<CallPhase> {
    [CallPhase::Queued, CallPhase::Running, CallPhase::Answered, CallPhase::Cancelled, CallPhase::Killed]
        .into_iter()
        .find(|&phase| phase as u64 == word & ((1 << PHASE_BITS) - 1))
}
