//! A child in the models: its loop is their own and says with every step what must be so; what it does to shared words is the
//! real code.

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

/// A method that began in a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    pub(crate) call: u64,
    /// Whether it saw that it was told to end.
    pub(crate) told: bool,
    /// Whether the child came as far as to say that it is answered.
    pub(crate) answered: bool,
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It has served as many requests as it should.
    Served,
    /// The call at hand was given up: it begins nothing more.
    Abandoned,
    Died,
}

/// Not loom's lock, so what is noted here orders nothing.
pub(crate) type Log = Arc<Mutex<Vec<Begun>>>;

/// The child's end.
#[derive(Debug)]
pub(crate) struct Child {
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
    pub(crate) fn new(channel: Channel, input: Arc<Vec<Message>>, life: u64, log: Log) -> Self {
        let (requests, replies) = (Consumer::default(), Producer::default());
        Self { channel, input, life, requests, replies, running: AtomicU64::new(0), log }
    }

    /// Serves so many requests. It sleeps while there is none, or looks again and again.
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
            self.look_whether_told(at);
            assert_eq!(self.input[usize::from(entry.slot)].read(), entry.call);
            self.look_whether_told(at);
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
                // As it looks for both, it may die between saying that it sleeps and sleeping.
                let has_come = || request.has_come() || self.channel.stop().load(Ordering::Acquire) != 0;
                self.channel.sleep_unless(has_come, || self.channel.request_bell.wait());
            } else {
                thread::yield_now();
            }
        }
    }

    /// As the channel does it; what it came to is noted even if the child dies of it.
    fn conclude(&mut self, entry: Entry, at: usize) -> bool {
        let result = message(VALUE, self.life).to_words();
        let concluded = catch_unwind(AssertUnwindSafe(|| self.channel.conclude(&mut self.replies, entry, &result)));
        let died = concluded.as_ref().err().and_then(|payload| payload.downcast_ref::<Died>());
        // After the reply that was published comes nothing that a child could die of, but to look whether the parent sleeps.
        let answered = matches!(concluded, Ok(true)) || died == Some(&Died::BeforeReplying);
        self.log.lock().expect("no panic")[at].answered = answered;
        concluded.unwrap_or_else(|payload| resume_unwind(payload))
    }

    fn note(&self, call: u64) -> usize {
        let mut log = self.log.lock().expect("no panic");
        log.push(Begun { call, told: false, answered: false });
        log.len() - 1
    }

    fn look_whether_told(&self, at: usize) {
        let told = self.channel.cancel().is_requested_for(&self.running);
        self.log.lock().expect("no panic")[at].told |= told;
    }
}

/// A child that dies after so many steps.
pub(crate) fn after(steps: u32) -> Fate {
    Fate::After(Cell::new(steps))
}

/// A message: what kind it is of, and a number.
pub(crate) fn message(tag: u32, number: u64) -> Header {
    let inline = Inline::new(&number.to_ne_bytes()).expect("it is short");
    Header { tag, files: 0, body: Body::Inline(inline) }
}
