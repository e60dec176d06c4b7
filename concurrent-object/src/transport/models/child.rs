//! A child in the models.
//!
//! Its loop is written for the models, and asserts what must hold at every step. Its operations on
//! shared words are the real code. Knows the channel. Invariant: its log holds every method that
//! ran.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex};

use loom::thread;

use super::Message;
use super::channel::{Channel, Died, Fate};
use crate::protocol::tag::{SKIPPED, VALUE};
use crate::sync::{AtomicU64, Ordering};
use crate::transport::Transport;
use crate::transport::header::{Body, Header, Inline};
use crate::transport::ring::{Consumer, Entry, Producer};
use crate::transport::steps::Steps;

/// A call that a child started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Started {
    pub(crate) call: u64,
    /// Whether the method saw a request for its cancellation.
    pub(crate) saw_request: bool,
    /// Whether the child set the state `Answered`.
    pub(crate) answered: bool,
}

/// The end of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It served all its requests.
    Served,
    /// Its call was abandoned, so it starts no further call.
    Abandoned,
    /// It died at a step.
    Died,
}

/// The calls that a child started. Not loom's mutex, so the log adds no ordering to the model.
pub(crate) type Log = Arc<Mutex<Vec<Started>>>;

/// The child's side.
#[derive(Debug)]
pub(crate) struct Child {
    channel: Channel,
    input: Arc<Vec<Message>>,
    /// The incarnation: which of the object's instances this is, from 1.
    incarnation: u64,
    requests: Consumer,
    replies: Producer,
    running: AtomicU64,
    log: Log,
}

impl Child {
    pub(crate) fn new(channel: Channel, input: Arc<Vec<Message>>, incarnation: u64, log: Log) -> Self {
        let (requests, replies) = (Consumer::default(), Producer::default());
        Self { channel, input, incarnation, requests, replies, running: AtomicU64::new(0), log }
    }

    /// Serves this many requests. While there is none, it sleeps if `sleeps` is set, or else polls.
    pub(crate) fn serve(&mut self, count: usize, sleeps: bool) -> Ended {
        for _ in 0..count {
            let entry = self.next_request(sleeps);
            let (started, payload) = self.channel.accept(&mut self.requests, entry, 1);
            if !started {
                self.channel.publish(&mut self.replies, entry, &message(SKIPPED, 0).to_words());
                continue;
            }
            let at = self.note(entry.call);
            assert_eq!(payload, message(VALUE, entry.call).to_words());
            self.running.store(entry.call, Ordering::Relaxed);
            self.check_cancellation(at);
            assert_eq!(self.input[usize::from(entry.slot)].read(), entry.call);
            self.check_cancellation(at);
            self.running.store(0, Ordering::Relaxed);
            if !self.conclude(entry, at) {
                return Ended::Abandoned;
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
                // Each of the two checks is a step. So the child may die after it set the flag and
                // before it sleeps.
                let has_come = || request.has_come() || self.channel.stop().load(Ordering::Acquire) != 0;
                self.channel.sleep_unless(has_come, || self.channel.request_bell.wait());
            } else {
                thread::yield_now();
            }
        }
    }

    /// Answers the call with the real `conclude`. Logs whether it is answered, even if the child
    /// dies within.
    fn conclude(&mut self, entry: Entry, at: usize) -> bool {
        let result = message(VALUE, self.incarnation).to_words();
        let concluded = catch_unwind(AssertUnwindSafe(|| self.channel.conclude(&mut self.replies, entry, &result)));
        let died = concluded.as_ref().err().and_then(|payload| payload.downcast_ref::<Died>());
        // Once `conclude` accesses the reply ring, the state is `Answered`. The only later step at
        // which the child may die is the check of the parent's sleep flag.
        let answered = matches!(concluded, Ok(true)) || died == Some(&Died::BeforeReplying);
        self.log.lock().expect("no panic")[at].answered = answered;
        concluded.unwrap_or_else(|payload| resume_unwind(payload))
    }

    fn note(&self, call: u64) -> usize {
        let mut log = self.log.lock().expect("no panic");
        log.push(Started { call, saw_request: false, answered: false });
        log.len() - 1
    }

    fn check_cancellation(&self, at: usize) {
        let is_requested = self.channel.cancel().is_requested_for(&self.running);
        self.log.lock().expect("no panic")[at].saw_request |= is_requested;
    }
}

/// The fate of a child that dies after this many steps.
pub(crate) fn after(steps: u32) -> Fate {
    Fate::After(Cell::new(steps))
}

/// A message of this kind with a number.
pub(crate) fn message(tag: u32, number: u64) -> Header {
    let inline = Inline::new(&number.to_ne_bytes()).expect("it is short");
    Header { tag, files: 0, body: Body::Inline(inline) }
}
