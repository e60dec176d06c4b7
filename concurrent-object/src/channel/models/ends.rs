//! Both ends of an object's channel, as far as the models need them: what they do to shared words is the real code.
//!
//! The child's loop and the parent's table of outcomes are the models' own, and say with every step what must be so.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use loom::thread::{self, JoinHandle};

use super::Message;
use super::slots::{Left, SlotTable, Survivor};
use crate::channel::head::{Body, Head, Inline};
use crate::channel::mapped::{Channel, Died, Fate};
use crate::channel::ring::{Consumer, Entry, Producer};
use crate::sync::{AtomicU64, Ordering};

const VALUE: u32 = 1;
const WITHDRAWN: u32 = 3;

/// A method that began in a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Begun {
    pub(super) call: u64,
    /// Whether it saw that it was told to end.
    pub(super) told: bool,
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It has served as many requests as it should.
    Served,
    /// The call at hand was given up: it begins nothing more.
    GivenUp,
    Died,
}

/// Not loom's lock, so what is noted here orders nothing.
type Log = Arc<Mutex<Vec<Begun>>>;

#[derive(Debug)]
struct Child {
    channel: Channel,
    input: Arc<Vec<Message>>,
    /// Which of the object's processes this is.
    life: u64,
    requests: Consumer,
    replies: Producer,
    running: AtomicU64,
    log: Log,
}

impl Child {
    fn serve(&mut self, count: usize, sleeps: bool) -> Ended {
        for _ in 0..count {
            let entry = self.next_request(sleeps);
            let (started, carried) = self.channel.accept(&mut self.requests, entry, 1);
            if !started {
                self.channel.publish(&mut self.replies, entry, &message(WITHDRAWN, 0).to_words());
                continue;
            }
            let at = self.note(entry.call);
            assert_eq!(carried, message(VALUE, entry.call).to_words());
            self.running.store(entry.call, Ordering::Relaxed);
            self.look_whether_told(at);
            assert_eq!(self.input[usize::from(entry.slot)].read(), entry.call);
            self.look_whether_told(at);
            self.running.store(0, Ordering::Relaxed);
            if !self.channel.conclude(&mut self.replies, entry, &message(VALUE, self.life).to_words()) {
                return Ended::GivenUp;
            }
        }
        Ended::Served
    }

    fn next_request(&self, sleeps: bool) -> Entry {
        loop {
            if let Some(entry) = self.requests.peek(self.channel.requests()) {
                return entry;
            }
            let request = self.requests.watch(self.channel.requests());
            if sleeps {
                self.channel.sleep_unless(|| request.has_come(), || self.channel.request_bell.wait());
            } else {
                thread::yield_now();
            }
        }
    }

    fn note(&self, call: u64) -> usize {
        let mut log = self.log.lock().expect("no panic");
        log.push(Begun { call, told: false });
        log.len() - 1
    }

    fn look_whether_told(&self, at: usize) {
        let told = self.channel.cancel().tells(&self.running);
        self.log.lock().expect("no panic")[at].told |= told;
    }
}

/// What has become of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Sent,
    /// Answered by this process of the object.
    Done(u64),
    Withdrawn,
    GivenUp,
    /// It had begun, or so it seems, in a process that died.
    Lost,
}

/// A process of the object that was made.
pub(super) struct Process {
    thread: JoinHandle<Ended>,
    log: Log,
}

/// The parent's end: its slots, and what has become of its calls.
pub(super) struct Parent {
    pub(super) channel: Channel,
    slots: SlotTable,
    input: Arc<Vec<Message>>,
    lives: u64,
    /// The first call's first.
    outcomes: Vec<Outcome>,
}

impl Parent {
    pub(super) fn new(slots: u16, cells: usize) -> Self {
        let (channel, leases) = Channel::create(slots, cells);
        let input = Arc::new((0..slots).map(|_| Message::default()).collect());
        Self { channel, slots: SlotTable::new(leases), input, lives: 0, outcomes: Vec::new() }
    }

    /// Makes a process, which serves so many requests.
    pub(super) fn make(&mut self, fate: Fate, count: usize, sleeps: bool) -> Process {
        self.lives += 1;
        let log = Log::default();
        let mut child = Child {
            channel: self.channel.attach(fate),
            input: self.input.clone(),
            life: self.lives,
            requests: Consumer::default(),
            replies: Producer::default(),
            running: AtomicU64::new(0),
            log: log.clone(),
        };
        // As a process descriptor, which wakes whoever waits for a reply.
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
    pub(super) fn send(&mut self) -> Option<u64> {
        let lease = self.slots.take()?;
        let index = self.outcomes.len() as u32;
        let call = u64::from(index) + 1;
        self.input[usize::from(lease.slot())].write(call);
        self.outcomes.push(Outcome::Sent);
        if self.slots.send(&self.channel, lease, index, call, message(VALUE, call)) {
            self.channel.request_bell.ring();
        }
        Some(call)
    }

    /// Takes in what there is of replies.
    pub(super) fn take_in(&mut self) {
        while let Some((entry, carried)) = self.slots.next_reply(&self.channel) {
            match self.slots.call_in(entry.slot) {
                Some(index) => {
                    assert_eq!(entry.call, u64::from(index) + 1, "a reply for another call than the one in its slot");
                    assert_eq!(carried, message(VALUE, self.lives).to_words());
                    self.settle(entry, Outcome::Done(self.lives));
                }
                None => {
                    assert_eq!(carried, message(WITHDRAWN, 0).to_words(), "a reply for a slot without a call");
                    assert!(self.slots.pass_over(entry));
                }
            }
        }
    }

    /// Goes to sleep until a reply comes, or the process ends, unless there is a reply.
    pub(super) fn sleep(&self) {
        self.channel.reply_bell.silence();
        let reply = self.slots.reply_position().watch(self.channel.replies());
        self.channel.parent_sleep().announce();
        if !reply.has_come() {
            self.channel.reply_bell.wait();
        }
        self.channel.parent_sleep().clear();
    }

    /// Takes a call back that has not begun, or tells it to end.
    pub(super) fn cancel(&mut self, call: u64) -> bool {
        self.take_in();
        let Some(entry) = self.entry_of(call) else { return false };
        let withdrawn = self.slots.withdraw(&self.channel, entry);
        if withdrawn {
            self.set_outcome(call, Outcome::Withdrawn);
        } else {
            self.channel.cancel().tell(call);
        }
        true
    }

    /// Gives up a call that runs, and kills the child for it.
    pub(super) fn give_up(&mut self, call: u64) {
        if let Some(entry) = self.entry_of(call)
            && self.slots.give_up(&self.channel, entry)
        {
            self.set_outcome(call, Outcome::GivenUp);
            self.channel.kill();
        }
    }

    /// Awaits the end of a process, and takes in what it has published. How it ended, and what began in it.
    pub(super) fn reap(&mut self, process: Process) -> (Ended, Vec<Begun>) {
        let ended = process.thread.join().expect("the child's part");
        self.take_in();
        let log = process.log.lock().expect("no panic").clone();
        (ended, log)
    }

    /// After a death: settles what cannot go on, and puts the rest in order, which is what the next process shall serve.
    pub(super) fn begin_anew(&mut self, idempotent: &[u64]) -> Vec<u64> {
        let mut survivors = Vec::new();
        for (slot, index) in self.slots.occupied().collect::<Vec<_>>() {
            let entry = Entry { slot, call: u64::from(index) + 1 };
            match self.slots.left_of(&self.channel, entry) {
                Left::Answered(carried) => {
                    assert_eq!(carried, message(VALUE, self.lives).to_words());
                    self.settle(entry, Outcome::Done(self.lives));
                }
                Left::Waiting(carried) => survivors.push(Survivor { entry, carried }),
                Left::Begun(carried) if idempotent.contains(&entry.call) => {
                    survivors.push(Survivor { entry, carried });
                }
                Left::Begun(_) => self.settle(entry, Outcome::Lost),
                Left::Nothing(phase) => panic!("a call in a slot that is {phase:?}"),
            }
        }
        // In whatever order: they are sorted.
        survivors.reverse();
        let mut calls: Vec<_> = survivors.iter().map(|survivor| survivor.entry.call).collect();
        calls.sort_unstable();
        self.slots.begin_anew(&self.channel, survivors);
        calls
    }

    pub(super) fn outcome_of(&self, call: u64) -> Outcome {
        self.outcomes[call as usize - 1]
    }

    pub(super) fn has_free_slot(&self) -> bool {
        self.slots.has_free()
    }

    pub(super) fn all_slots_are_free(&self) -> bool {
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

/// A child that dies after so many steps.
pub(super) fn after(steps: u32) -> Fate {
    Fate::After(Cell::new(steps))
}

fn message(tag: u32, number: u64) -> Head {
    let inline = Inline::new(&number.to_ne_bytes()).expect("it is short");
    Head { tag, files: 0, body: Body::Inline(inline) }
}
