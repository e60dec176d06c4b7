//! What the two sides do to a call's words, and in what order: the steps between which a process may die.
//!
//! Knows states, rings and flags; where they lie is for `mapped` to know, and the models have words of loom's.
//! Invariant: the order of the steps, so that whoever finds a call's words as one step left them can tell how far it came.

use super::ring::{Consumer, Entry, InlinePayload, Producer};
use super::{Bell, Transport};
use crate::sync::Ordering;

/// The steps on the words of any transport.
pub(crate) trait Steps: Transport {
    /// Child: takes the request at hand off the ring. Whether the call is to be run: it may have been withdrawn.
    #[inline]
    fn accept(&self, requests: &mut Consumer, entry: Entry, now: u64) -> (bool, InlinePayload) {
        // Before the state says that it runs, so that whoever sees that sees its time too.
        self.started_at(entry.slot).store(now, Ordering::Relaxed);
        let started = self.state(entry.slot).start(entry.call);
        let payload = requests.payload(self.requests());
        requests.advance();
        (started, payload)
    }

    /// Child: a call that was started came to this. False if the parent has given it up, and is about to kill this process.
    #[inline]
    fn conclude(&self, replies: &mut Producer, entry: Entry, payload: &InlinePayload) -> bool {
        for (word, value) in self.answer(entry.slot).iter().zip(payload) {
            word.store(*value, Ordering::Relaxed);
        }
        let counts = self.state(entry.slot).answer(entry.call);
        if counts {
            self.publish(replies, entry, payload);
        }
        counts
    }

    /// Child: tells the parent, and wakes it if it sleeps.
    #[inline]
    fn publish(&self, replies: &mut Producer, entry: Entry, payload: &InlinePayload) {
        replies.prepare(self.replies(), payload);
        replies.publish(self.replies(), entry);
        if self.parent_sleep().must_ring() {
            self.reply_bell().ring();
        }
    }

    /// Child: sleeps until its doorbell rings, unless what it would sleep for has come.
    fn sleep_unless(&self, has_come: impl Fn() -> bool, sleep: impl FnOnce()) {
        let flag = self.child_sleep();
        self.request_bell().clear();
        flag.announce();
        if !has_come() {
            sleep();
        }
        flag.clear();
    }

    /// Parent, between two processes: nobody was asked for anything, nobody sleeps, nobody has said anything.
    fn reset(&self) {
        self.stop().store(0, Ordering::Relaxed);
        self.acknowledged().store(0, Ordering::Relaxed);
        self.child_sleep().clear();
        self.crash_note().clear();
    }

    /// Parent, after a death: what the reply to the call in this slot would have carried.
    fn unpublished(&self, slot: u16) -> InlinePayload {
        let words = self.answer(slot);
        std::array::from_fn(|at| words[at].load(Ordering::Relaxed))
    }
}

impl<T: Transport> Steps for T {}
