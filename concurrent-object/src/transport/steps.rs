//! The operations of both processes on a call's words, and their order.
//!
//! A child may die between any two writes. The parent then reads the words that the child left, and
//! must tell whether the call was queued, started or answered. The naive way writes in any order.
//! Then the words that the child left may fit two histories. Here every step ends with one atomic
//! write that decides:
//!
//! 1. start: the start time, then the state `Running`. So a running call has its start time.
//! 2. answer: the output and the payload beside the state, then the state `Answered`. So an
//!    answered call has its whole result, even if the child dies before the next step.
//! 3. publish: the payload in the ring's cell, then the entry. It notifies the parent, and decides
//!    nothing.
//!
//! Knows states, rings and flags. Does not know where they lie: that is for `mapped` and the
//! models. Invariant: the order of these steps.

use super::ring::{Consumer, Entry, InlinePayload, Producer};
use super::{Bell, Transport};
use crate::sync::Ordering;

/// The steps on the words of any transport.
pub(crate) trait Steps: Transport {
    /// Child: consumes the request that `peek` returned, and starts its call. Returns false with
    /// the payload if the parent has cancelled the call, which then must not run.
    #[inline]
    fn accept(&self, requests: &mut Consumer, entry: Entry, now: u64) -> (bool, InlinePayload) {
        // Before the state `Running`, so that a parent that sees the state also sees the start
        // time.
        self.started_at(entry.slot).store(now, Ordering::Relaxed);
        let started = self.state(entry.slot).start(entry.call);
        let payload = requests.payload(self.requests());
        requests.advance();
        (started, payload)
    }

    /// Child: answers a call that it started, and publishes the reply. Returns false if the
    /// exchange fails: the parent has abandoned the call and is about to kill this process, or the
    /// word was overwritten.
    #[inline(always)]
    fn conclude(&self, replies: &mut Producer, entry: Entry, payload: &InlinePayload) -> bool {
        for (word, value) in self.answer(entry.slot).iter().zip(payload) {
            word.store(*value, Ordering::Relaxed);
        }
        let is_answered = self.state(entry.slot).answer(entry.call);
        if is_answered {
            self.publish(replies, entry, payload);
        }
        is_answered
    }

    /// Child: publishes a reply or a notice, and wakes the parent if it sleeps.
    #[inline]
    fn publish(&self, replies: &mut Producer, entry: Entry, payload: &InlinePayload) {
        replies.push(self.replies(), entry, payload);
        if self.parent_sleep().must_ring_at(replies.position()) {
            self.reply_bell().ring();
        }
    }

    /// Child: calls `sleep`, which waits for the doorbell, unless `has_come` returns true.
    fn sleep_unless(&self, has_come: impl Fn() -> bool, sleep: impl FnOnce()) {
        let flag = self.child_sleep();
        // This comes before the last check, which sees everything that the doorbell has rung for.
        // If the doorbell rings later, it stays readable.
        self.request_bell().clear();
        flag.announce();
        if !has_come() {
            if self.parent_sleep().must_ring_before_sleep() {
                self.reply_bell().ring();
            }
            sleep();
        }
        flag.clear();
    }

    /// Parent, while no child runs: resets the words that belong to one instance. These are the
    /// stop word, the acknowledgement, the child's sleep flag and the crash note.
    fn reset(&self) {
        self.stop().store(0, Ordering::Relaxed);
        self.acknowledged().store(0, Ordering::Relaxed);
        self.child_sleep().clear();
        self.crash_note().clear();
    }

    /// Parent, after a death: returns the payload of a reply that the child answered, but perhaps
    /// did not publish.
    fn unpublished(&self, slot: u16) -> InlinePayload {
        let words = self.answer(slot);
        std::array::from_fn(|at| words[at].load(Ordering::Relaxed))
    }
}

impl<T: Transport> Steps for T {}
