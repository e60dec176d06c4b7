//! The state word of a slot: the last call that was started or cancelled in it, and its phase.
//!
//! Parent and child may change the phase of a call at the same time. The parent may cancel the call
//! while the child starts it, or abandon it while the child answers it. Exactly one of the two must
//! win. The naive way is a phase alone, changed by compare-exchange. A late exchange for one call
//! could then hit the next call in the slot (the *ABA problem*). So call number and phase share one
//! word (a *versioned* compare-exchange).
//!
//! The parent does not write the word when it sends a call. A call in the slot whose number is
//! larger than the number in the word is queued. So in ordinary service the word's cache line stays
//! with the child.
//!
//! Knows call numbers and phases, and not what a call does. Invariant: while a child runs, the
//! call number in a word only grows; every transition is a compare-exchange, and the loser has no
//! effect.

use crate::sync::{AtomicU64, Ordering};

const PHASE_BITS: u32 = 3;

/// The phase of a call that is in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallPhase {
    /// The child has not started the call.
    Queued,
    /// The child runs the method.
    Running,
    /// The child has written the result.
    Answered,
    /// The parent cancelled the call before its start.
    Cancelled,
    /// The parent abandoned the call while the method ran.
    Killed,
    /// A bridge has passed the call on to another program, where it may begin at any moment.
    PassedOn,
}

/// The state word of a slot, in memory that both processes have mapped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StateWord<'m>(pub(crate) &'m AtomicU64);

impl StateWord<'_> {
    /// Child: starts the call. Returns false if the parent has cancelled it.
    #[inline]
    pub(crate) fn start(self, call: u64) -> bool {
        self.leave_queue(call, CallPhase::Running)
    }

    /// Bridge: notes that the call goes to another program. Returns false if the parent has
    /// cancelled it.
    pub(crate) fn pass_on(self, call: u64) -> bool {
        self.leave_queue(call, CallPhase::PassedOn)
    }

    /// Bridge: whether the call was passed on, and has not begun.
    pub(crate) fn is_passed_on(self, call: u64) -> bool {
        self.phase_of(call) == Some(CallPhase::PassedOn)
    }

    /// Bridge: notes that a call that was passed on has begun.
    pub(crate) fn begin(self, call: u64) -> bool {
        self.exchange(pack(call, CallPhase::PassedOn), pack(call, CallPhase::Running))
    }

    /// Bridge: notes that a call that was passed on was cancelled before it began.
    pub(crate) fn cancel_passed_on(self, call: u64) -> bool {
        self.exchange(pack(call, CallPhase::PassedOn), pack(call, CallPhase::Cancelled))
    }

    /// Bridge: notes that a call that was passed on has not begun, and never will there. It is
    /// queued again. This thread takes no further request, so the call number may shrink.
    pub(crate) fn give_back(self, call: u64) -> bool {
        self.exchange(pack(call, CallPhase::PassedOn), pack(call - 1, CallPhase::Answered))
    }

    /// Parent: cancels the call before its start. Returns false if the child has started it.
    pub(crate) fn cancel_unstarted(self, call: u64) -> bool {
        self.leave_queue(call, CallPhase::Cancelled)
    }

    /// Child: marks the call as answered. Returns false if the parent has abandoned it.
    #[inline]
    pub(crate) fn answer(self, call: u64) -> bool {
        self.exchange(pack(call, CallPhase::Running), pack(call, CallPhase::Answered))
    }

    /// Parent: marks the call as abandoned. Returns false if it is not running, for instance
    /// because the child has just answered it.
    pub(crate) fn kill(self, call: u64) -> bool {
        self.exchange(pack(call, CallPhase::Running), pack(call, CallPhase::Killed))
    }

    /// Parent, while no child runs: makes the call queued again, whatever its phase was.
    pub(crate) fn requeue(self, call: u64) {
        // A call is queued while the word has a smaller call number, with any phase.
        self.0.store(pack(call - 1, CallPhase::Answered), Ordering::Relaxed);
    }

    /// Returns the phase of this call. `None` if the word holds a larger call number or no valid
    /// phase. Then faulty code in the child has overwritten the word.
    #[inline]
    pub(crate) fn phase_of(self, call: u64) -> Option<CallPhase> {
        // Acquire pairs with the Release half of the exchange in `answer`: a reader that sees
        // `Answered` also sees the output.
        let word = self.0.load(Ordering::Acquire);
        if word >> PHASE_BITS < call {
            return Some(CallPhase::Queued);
        }
        (word >> PHASE_BITS == call).then(|| phase(word)).flatten()
    }

    /// Moves a queued call to another phase. If parent and child try at the same time, one
    /// succeeds. The other finds this call's number in the word, or loses the exchange.
    #[inline]
    fn leave_queue(self, call: u64, to: CallPhase) -> bool {
        let word = self.0.load(Ordering::Acquire);
        word >> PHASE_BITS < call && self.exchange(word, pack(call, to))
    }

    #[inline]
    fn exchange(self, from: u64, to: u64) -> bool {
        // Release pairs with the Acquire in `phase_of`. Acquire on failure pairs with the Release
        // of the exchange that won.
        self.0.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

#[inline]
fn pack(call: u64, phase: CallPhase) -> u64 {
    (call << PHASE_BITS) | phase as u64
}

fn phase(word: u64) -> Option<CallPhase> {
    use CallPhase::{Answered, Cancelled, Killed, PassedOn, Queued, Running};
    [Queued, Running, Answered, Cancelled, Killed, PassedOn]
        .into_iter()
        .find(|&phase| phase as u64 == word & ((1 << PHASE_BITS) - 1))
}
