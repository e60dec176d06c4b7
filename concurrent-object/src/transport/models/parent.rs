//! A parent in the models.
//!
//! Its table of outcomes is written for the models, and asserts what must hold at every step. Its
//! operations on shared words and slots are the real code. Knows the channel and the slot table.
//! Invariant: each call is settled once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use loom::thread::{self, JoinHandle};

use super::Message;
use super::channel::{Channel, Died, Fate, Lease};
use super::child::{Child, Ended, Log, Started, message};
use crate::parent::calls::slots::{Left, SlotTable, Survivor};
use crate::protocol::tag::{SKIPPED, VALUE};
use crate::transport::ring::Entry;
use crate::transport::{Bell, SlotLease, Transport};

/// The outcome of a call, or `Sent` before it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Sent,
    /// Answered by the instance of this incarnation.
    Done(u64),
    Cancelled,
    Abandoned,
    /// Its state was `Running` when its instance died.
    Lost,
}

/// An instance: the thread that stands for its process, and its log.
pub(crate) struct Process {
    thread: JoinHandle<Ended>,
    log: Log,
}

/// The parent's side: its slots, and the outcomes of its calls.
pub(crate) struct Parent {
    pub(crate) channel: Channel,
    slots: SlotTable<Lease>,
    input: Arc<Vec<Message>>,
    /// The latest incarnation.
    incarnation: u64,
    /// By call number, which begins at 1.
    outcomes: Vec<Outcome>,
    /// The number of rings of the child's doorbell.
    pub(crate) rings: u32,
}

impl Parent {
    pub(crate) fn new(slots: u16, cells: usize) -> Self {
        let (channel, leases) = Channel::create(slots, cells);
        let input = Arc::new((0..slots).map(|_| Message::default()).collect());
        Self { channel, slots: SlotTable::new(leases), input, incarnation: 0, outcomes: Vec::new(), rings: 0 }
    }

    /// Spawns an instance, which serves this many requests.
    pub(crate) fn spawn(&mut self, fate: Fate, count: usize, sleeps: bool) -> Process {
        self.incarnation += 1;
        let log = Log::default();
        let mut child = Child::new(self.channel.attach(fate), self.input.clone(), self.incarnation, log.clone());
        // It stands for the process descriptor: it wakes a parent that waits for a reply.
        let descriptor = self.channel.reply_bell.other_end();
        let thread = thread::spawn(move || {
            let ended = catch_unwind(AssertUnwindSafe(|| child.serve(count, sleeps)));
            descriptor.ring();
            ended.unwrap_or_else(|payload| {
                assert!(payload.is::<Died>(), "the child's part");
                Ended::Died
            })
        });
        Process { thread, log }
    }

    /// Sends the next call in a free slot, if there is one.
    pub(crate) fn send(&mut self) -> Option<u64> {
        let lease = self.slots.take()?;
        let index = self.outcomes.len() as u32;
        let call = u64::from(index) + 1;
        self.input[usize::from(lease.slot())].write(call);
        self.outcomes.push(Outcome::Sent);
        if self.slots.send(&self.channel, lease, index, call, &message(VALUE, call).to_words()) {
            self.rings += 1;
            self.channel.request_bell.ring();
        }
        Some(call)
    }

    /// Takes all published replies.
    pub(crate) fn take_in(&mut self) {
        while let Some((entry, payload)) = self.slots.next_reply(&self.channel) {
            match self.slots.call_in(entry.slot) {
                Some(index) => {
                    assert_eq!(entry.call, u64::from(index) + 1, "a reply for another call than the one in its slot");
                    assert_eq!(payload, message(VALUE, self.incarnation).to_words());
                    self.settle(entry, Outcome::Done(self.incarnation));
                }
                None => {
                    assert_eq!(payload, message(SKIPPED, 0).to_words(), "a reply for a slot without a call");
                    assert!(self.slots.skip(entry));
                }
            }
        }
    }

    /// Sleeps until a reply comes or the instance ends. Returns at once if there is a reply.
    pub(crate) fn sleep(&self) {
        self.channel.reply_bell.clear();
        let reply = self.slots.reply_position().watch(self.channel.replies());
        self.channel.parent_sleep().announce();
        if !reply.has_come() {
            self.channel.reply_bell.wait();
        }
        self.channel.parent_sleep().clear();
    }

    /// Cancels a call that was not started, or requests cancellation of one that was. Does nothing
    /// for a settled call.
    pub(crate) fn cancel(&mut self, call: u64) {
        self.take_in();
        let Some(entry) = self.entry_of(call) else { return };
        if self.slots.cancel_unstarted(&self.channel, entry) {
            self.set_outcome(call, Outcome::Cancelled);
        } else {
            self.channel.cancel().request(call);
        }
    }

    /// Abandons a running call, and kills the child.
    pub(crate) fn abandon(&mut self, call: u64) {
        if let Some(entry) = self.entry_of(call)
            && self.slots.abandon(&self.channel, entry)
        {
            self.set_outcome(call, Outcome::Abandoned);
            self.channel.kill();
        }
    }

    /// Waits for the end of an instance, and takes its published replies. Returns how it ended, and
    /// the calls that it started.
    pub(crate) fn reap(&mut self, process: Process) -> (Ended, Vec<Started>) {
        let ended = process.thread.join().expect("the child's part");
        self.take_in();
        let log = process.log.lock().expect("no panic").clone();
        (ended, log)
    }

    /// After a death: settles the calls that cannot run again. Queues the others, in order, for the
    /// next instance, and returns their numbers.
    pub(crate) fn reset(&mut self, idempotent: &[u64]) -> Vec<u64> {
        let mut survivors = Vec::new();
        for (slot, index) in self.slots.occupied().collect::<Vec<_>>() {
            let entry = Entry { slot, call: u64::from(index) + 1 };
            match self.slots.left_of(&self.channel, entry) {
                Left::Answered(payload) => {
                    assert_eq!(payload, message(VALUE, self.incarnation).to_words());
                    self.settle(entry, Outcome::Done(self.incarnation));
                }
                Left::Waiting(payload) => survivors.push(Survivor { entry, payload }),
                Left::Started(payload) if idempotent.contains(&entry.call) => {
                    survivors.push(Survivor { entry, payload });
                }
                Left::Started(_) => self.settle(entry, Outcome::Lost),
                Left::PassedOn(_) => panic!("no bridge serves this channel"),
                Left::Nothing(phase) => panic!("a call in a slot that is {phase:?}"),
            }
        }
        // In any order: `SlotTable::reset` sorts them.
        survivors.reverse();
        let mut calls: Vec<_> = survivors.iter().map(|survivor| survivor.entry.call).collect();
        calls.sort_unstable();
        self.slots.reset(&self.channel, survivors);
        calls
    }

    pub(crate) fn outcome_of(&self, call: u64) -> Outcome {
        self.outcomes[call as usize - 1]
    }

    pub(crate) fn has_free_slot(&self) -> bool {
        self.slots.has_free()
    }

    pub(crate) fn all_slots_are_free(&self) -> bool {
        self.slots.all_are_free()
    }

    fn set_outcome(&mut self, call: u64, outcome: Outcome) {
        assert_eq!(self.outcome_of(call), Outcome::Sent, "a call is settled once");
        self.outcomes[call as usize - 1] = outcome;
    }

    /// Settles a call, and frees its slot.
    fn settle(&mut self, entry: Entry, outcome: Outcome) {
        self.set_outcome(entry.call, outcome);
        let lease = self.slots.vacate(entry.slot).expect("it is in its slot");
        self.slots.release(lease);
    }

    fn entry_of(&self, call: u64) -> Option<Entry> {
        let slot = self.slots.slot_of(call as u32 - 1)?;
        Some(Entry { slot, call })
    }
}
