//! The serving loop of the child: takes requests, runs them, and publishes the replies.
//!
//! Each round checks, in this order: whether the parent asked the child to exit, whether a request
//! is there, and whether a snapshot is due. Without any of these the child waits.
//!
//! A snapshot may be due after a call. The naive order answers first and then saves; a death
//! between both loses an effect that the caller has seen. So the loop saves first, and then answers
//! (*commit before acknowledge*). After a panic it does not save, since the state may be
//! inconsistent.
//!
//! Knows the ring, slots and snapshots. Does not know how a method is called: that is for
//! `dispatch`. Invariant: every started call is answered, with a result or a failure, unless the
//! process dies.

use std::sync::Arc;

use self::dispatch::Dispatch;
use super::cancel::{self, RunningCall};
use super::snapshots::{FailedSave, SnapshotWriter};
use super::{Bootstrap, ConcurrentObject, Home, SharedFileTable, handles, panic_hook, unanswered};
use crate::clock::coarse_now;
use crate::protocol::failure::Failure;
use crate::protocol::method::{FIRST_OF_HANDLES, RELEASE, TRIM};
use crate::protocol::notice::Notices;
use crate::protocol::on_panic::OnPanic;
use crate::protocol::tag::SKIPPED;
use crate::transport::SlotLease;
use crate::transport::header::short_payload;
use crate::transport::mapped::{Channel, Lease};
use crate::transport::ring::{Consumer, Entry, InlinePayload, Producer};
use crate::transport::spin::Waiting;
use crate::transport::steps::Steps;

mod dispatch;
mod own_calls;
mod waiting;

/// The reason for which serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The parent asked the child to exit, or has left its thread behind.
    Asked,
    /// A method or saving panicked, and the builder's `on_panic` is `Terminate`, or the method had
    /// taken the object.
    Panicked,
    /// A method took the object by value, so no proxy is left that could submit a call.
    Consumed,
}

/// The state of the serving loop, apart from the object.
pub(crate) struct Server {
    channel: Arc<Channel>,
    /// Sorted by slot number.
    leases: Vec<Lease>,
    methods: &'static [&'static str],
    on_panic: OnPanic,
    requests: Consumer,
    replies: Producer,
    notices: Notices,
    /// The payload of the request that was last accepted.
    payload: InlinePayload,
    scratch: Vec<u8>,
    shared_files: Arc<SharedFileTable>,
    waiting: Waiting,
    snapshot_writer: Option<SnapshotWriter>,
    home: Home,
    running: Arc<RunningCall>,
}

/// The next piece of work.
enum Todo {
    Request(Entry),
    Save,
    End,
}

/// The outcome of a call: the payload of its reply, or a failure.
type ReplyResult = Result<InlinePayload, Failure>;

impl Server {
    pub(crate) fn new(
        bootstrap: Bootstrap,
        methods: &'static [&'static str],
        snapshot_writer: Option<SnapshotWriter>,
    ) -> Self {
        let Bootstrap { hello, channel, mut leases, shared_files, home, .. } = bootstrap;
        let running = cancel::install(&channel, home);
        leases.sort_by_key(Lease::slot);
        let (requests, replies) = (Consumer::default(), Producer::default());
        Self {
            channel,
            leases,
            methods,
            on_panic: hello.on_panic,
            requests,
            replies,
            notices: Notices::default(),
            payload: [0; 7],
            scratch: Vec::new(),
            shared_files,
            waiting: Waiting::default(),
            snapshot_writer,
            home,
            running,
        }
    }

    /// Serves until there is a reason to stop. Returns the object, unless a method has consumed it.
    pub(crate) fn serve<T: ConcurrentObject>(&mut self, mut object: T) -> (Option<T>, Stop) {
        // Not earlier: only now are the descriptors of the start closed, so that the spare
        // descriptor gets a low number.
        self.shared_files.keep_a_spare();
        self.publish_ready();
        loop {
            let entry = match self.next() {
                Todo::Request(entry) => entry,
                Todo::Save if !self.save(&mut object).is_err_and(|failed_save| self.is_fatal(&failed_save)) => continue,
                Todo::Save => return (Some(object), Stop::Panicked),
                Todo::End => return (Some(object), Stop::Asked),
            };
            if !self.accept(entry) {
                self.skip(entry);
                continue;
            }
            if self.method() == TRIM {
                match self.trim(entry) {
                    Some(stop) => return (Some(object), stop),
                    None => continue,
                }
            }
            if self.method() == RELEASE {
                match self.release(entry) {
                    Some(stop) => return (Some(object), stop),
                    None => continue,
                }
            }
            if T::CONSUMING.contains(&self.method()) {
                let outcome = self.run(entry, |method, arguments, reply| object.consume(method, arguments, reply));
                return (None, self.conclude(entry, outcome, false).unwrap_or(Stop::Consumed));
            }
            if T::REPLACING.contains(&self.method()) {
                match self.serve_replacing(object, entry) {
                    (Some(next), None) => object = next,
                    (rest, stop) => return (rest, stop.unwrap_or(Stop::Panicked)),
                }
                continue;
            }
            if let Some(stop) = self.serve_request(&mut object, entry) {
                return (Some(object), stop);
            }
        }
    }

    /// Reports that the object is constructed.
    pub(crate) fn publish_ready(&mut self) {
        self.notices.publish_ready(&*self.channel, &mut self.replies);
    }

    /// Consumes a request and starts its call. Returns false if the parent has cancelled the call,
    /// which then must be neither run nor answered.
    #[inline]
    pub(crate) fn accept(&mut self, entry: Entry) -> bool {
        let (started, payload) = self.channel.accept(&mut self.requests, entry, coarse_now());
        self.payload = payload;
        started
    }

    /// Skips a cancelled call: publishes that its slot is free again.
    fn skip(&mut self, entry: Entry) {
        debug_assert!(self.notices.ring_has_room(&self.replies, &self.requests), "one reply for each call");
        self.channel.publish(&mut self.replies, entry, &empty(SKIPPED));
    }

    /// Runs an accepted request and answers it. Returns a reason to stop, if there is one.
    pub(crate) fn serve_request<T: ConcurrentObject>(&mut self, object: &mut T, entry: Entry) -> Option<Stop> {
        let outcome = self.run(entry, |method, arguments, reply| match method {
            ..FIRST_OF_HANDLES => object.call(method, arguments, reply),
            _ => handles::call(arguments, reply),
        });
        self.save_and_conclude(object, entry, outcome)
    }

    /// Saves the object if that is due, and answers the call. Returns a reason to stop, if there is
    /// one.
    fn save_and_conclude<T: ConcurrentObject>(
        &mut self,
        object: &mut T,
        entry: Entry,
        outcome: ReplyResult,
    ) -> Option<Stop> {
        // The child saves before it answers, so that the snapshot contains every answered call.
        // After a panic it does not save: a later process must not begin with a state that may be
        // inconsistent.
        let is_due = T::SAVES
            && !has_panicked(&outcome)
            && self.snapshot_writer.as_mut().is_some_and(SnapshotWriter::is_due_after_call);
        match if is_due { self.save(object) } else { Ok(()) } {
            Ok(()) => self.conclude(entry, outcome, false),
            Err(failed_save) => {
                let is_fatal = self.is_fatal(&failed_save);
                let fails = self.snapshot_writer.as_ref().is_some_and(SnapshotWriter::fails_calls);
                let failed = || Err(Failure::Unsaved { reason: failed_save.reason });
                self.conclude(entry, if fails && outcome.is_ok() { failed() } else { outcome }, is_fatal)
            }
        }
    }

    /// Saves the object's state, if snapshots are set.
    fn save<T: ConcurrentObject>(&mut self, object: &mut T) -> Result<(), FailedSave> {
        let saved =
            self.snapshot_writer.as_mut().map_or(Ok(()), |snapshot_writer| snapshot_writer.save(object, &self.channel));
        if !saved.as_ref().is_err_and(|failed_save| self.is_fatal(failed_save)) {
            panic_hook::forget(&self.channel);
        }
        saved
    }

    /// Whether the process must exit, because saving panicked.
    fn is_fatal(&self, failed_save: &FailedSave) -> bool {
        failed_save.panicked && self.on_panic == OnPanic::Terminate
    }

    /// The number of the requested method: the low half of the first word, as in
    /// `Header::from_words`.
    fn method(&self) -> u32 {
        self.payload[0] as u32
    }

    /// Waits for the next request. `None` once the parent has asked the child to exit.
    #[cfg(test)]
    pub(crate) fn next_request(&self) -> Option<Entry> {
        if let Todo::Request(entry) = self.next() { Some(entry) } else { None }
    }

    fn run(&mut self, entry: Entry, call: impl Dispatch) -> ReplyResult {
        self.running.set(entry.call);
        let outcome = self.dispatch(entry, call);
        self.running.set(0);
        outcome
    }

    /// Answers a call that was run. Returns a reason to stop, if there is one.
    fn conclude(&mut self, entry: Entry, outcome: ReplyResult, save_is_fatal: bool) -> Option<Stop> {
        let panicked = save_is_fatal || has_panicked(&outcome);
        let payload = outcome.unwrap_or_else(|failure| self.fail(entry, failure));
        let unanswered = self.answer(entry, &payload);
        if panicked && self.on_panic == OnPanic::Terminate {
            return Some(Stop::Panicked);
        }
        panic_hook::forget(&self.channel);
        unanswered
    }

    /// Publishes a reply. Returns a reason to stop if that is not possible.
    fn answer(&mut self, entry: Entry, payload: &InlinePayload) -> Option<Stop> {
        debug_assert!(self.notices.ring_has_room(&self.replies, &self.requests), "one reply for each call");
        let is_published = self.channel.conclude(&mut self.replies, entry, payload);
        if is_published {
            return None;
        }
        let is_overwritten = unanswered::end(&self.channel, entry, self.home);
        Some(if is_overwritten { Stop::Panicked } else { Stop::Asked })
    }
}

fn has_panicked(outcome: &ReplyResult) -> bool {
    matches!(outcome, Err(Failure::Panicked(_)))
}

/// The payload of a reply without a structured part.
fn empty(tag: u32) -> InlinePayload {
    short_payload(tag, 0, &[]).expect("an empty part is short")
}
