//! Receives requests, runs them, and publishes what came out, until there is a reason to stop.
//!
//! Here is the one panic boundary. Invariant: a call that was started is answered, with its result or with why there is
//! none, unless the process dies.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::arguments::decode_context;
use super::snapshots::{FailedSave, SnapshotWriter};
use super::{ArgumentReader, Bootstrap, ConcurrentObject, Reply, SharedFileTable, cancel, panic_hook, unanswered};
use crate::clock::{Moment, coarse_now};
use crate::protocol::failure::Failure;
use crate::protocol::method::TRIM;
use crate::protocol::notice::Notices;
use crate::protocol::on_panic::OnPanic;
use crate::protocol::tag::SKIPPED;
use crate::transport::header::{Body, Header, Inline};
use crate::transport::mapped::{Channel, Lease};
use crate::transport::ring::{Consumer, Entry, InlinePayload, Producer};
use crate::transport::spin::Waiting;
use crate::transport::steps::Steps;
use crate::transport::{SlotLease, Transport};

mod trim;

/// Why serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Asked,
    Panicked,
    /// A method took the object by value; there is nobody left who could ask for more.
    Consumed,
}

/// One call into the object: the method, its arguments, and where its result goes.
trait Dispatch: FnOnce(u32, &mut ArgumentReader<'_>, &mut Reply<'_>) -> Result<(), Failure> {}

impl<F: FnOnce(u32, &mut ArgumentReader<'_>, &mut Reply<'_>) -> Result<(), Failure>> Dispatch for F {}

pub(crate) struct Server {
    channel: Arc<Channel>,
    /// By slot number.
    leases: Vec<Lease>,
    methods: &'static [&'static str],
    on_panic: OnPanic,
    requests: Consumer,
    replies: Producer,
    notices: Notices,
    /// What the request's entry carried.
    payload: InlinePayload,
    scratch: Vec<u8>,
    shared_files: Arc<SharedFileTable>,
    waiting: Waiting,
    snapshot_writer: Option<SnapshotWriter>,
}

/// What there is to do.
enum Todo {
    Request(Entry),
    Save,
    End,
}

/// What became of a call: what to answer, or why there is nothing.
type Outcome = Result<Header, Failure>;

impl Server {
    pub(crate) fn new(
        bootstrap: Bootstrap,
        methods: &'static [&'static str],
        snapshot_writer: Option<SnapshotWriter>,
    ) -> Self {
        let Bootstrap { hello, channel, mut leases, shared_files, .. } = bootstrap;
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
        }
    }

    pub(crate) fn serve<T: ConcurrentObject>(&mut self, mut object: T) -> (Option<T>, Stop) {
        // Not before: what the start needed is closed now, so the spare descriptor gets a low number.
        self.shared_files.keep_a_spare();
        self.notices.publish_ready(&*self.channel, &mut self.replies);
        loop {
            let entry = match self.next() {
                Todo::Request(entry) => entry,
                Todo::Save if !self.save(&mut object).is_err_and(|unsaved| self.is_fatal(&unsaved)) => continue,
                Todo::Save => return (Some(object), Stop::Panicked),
                Todo::End => return (Some(object), Stop::Asked),
            };
            if !self.accept(entry) {
                self.skip(entry);
                continue;
            }
            if self.method() == TRIM {
                self.trim(entry);
                continue;
            }
            if T::CONSUMING.contains(&self.method()) {
                let outcome = self.run(entry, |method, arguments, reply| object.consume(method, arguments, reply));
                return (None, self.conclude(entry, outcome, false).unwrap_or(Stop::Consumed));
            }
            if let Some(stop) = self.serve_request(&mut object, entry) {
                return (Some(object), stop);
            }
        }
    }

    /// Takes the request at hand off the ring. A call that was withdrawn is not ours to run, nor to answer.
    pub(crate) fn accept(&mut self, entry: Entry) -> bool {
        let (started, payload) = self.channel.accept(&mut self.requests, entry, coarse_now());
        self.payload = payload;
        started
    }

    /// Tells the parent that its slot is free again.
    fn skip(&mut self, entry: Entry) {
        debug_assert!(self.notices.ring_has_room(&self.replies, &self.requests), "one reply for each call");
        self.channel.publish(&mut self.replies, entry, &nothing(SKIPPED).to_words());
    }

    /// Runs a request that was accepted.
    pub(crate) fn serve_request<T: ConcurrentObject>(&mut self, object: &mut T, entry: Entry) -> Option<Stop> {
        let outcome = self.run(entry, |method, arguments, reply| object.call(method, arguments, reply));
        // Before the answer, so that what was answered is in it. What a panic left behind is not for a next life.
        let is_due = T::SAVES
            && !has_panicked(&outcome)
            && self.snapshot_writer.as_mut().is_some_and(SnapshotWriter::is_due_after_call);
        match if is_due { self.save(object) } else { Ok(()) } {
            Ok(()) => self.conclude(entry, outcome, false),
            Err(unsaved) => {
                let is_fatal = self.is_fatal(&unsaved);
                let fails = self.snapshot_writer.as_ref().is_some_and(SnapshotWriter::fails_calls);
                let failed = || Err(Failure::Unsaved { reason: unsaved.reason });
                self.conclude(entry, if fails && outcome.is_ok() { failed() } else { outcome }, is_fatal)
            }
        }
    }

    /// Saves the object's state.
    fn save<T: ConcurrentObject>(&mut self, object: &mut T) -> Result<(), FailedSave> {
        let saved =
            self.snapshot_writer.as_mut().map_or(Ok(()), |snapshot_writer| snapshot_writer.save(object, &self.channel));
        if !saved.as_ref().is_err_and(|unsaved| self.is_fatal(unsaved)) {
            panic_hook::forget(&self.channel);
        }
        saved
    }

    /// Whether the object must end, because saving panicked.
    fn is_fatal(&self, unsaved: &FailedSave) -> bool {
        unsaved.panicked && self.on_panic == OnPanic::Terminate
    }

    /// The method that is asked for. As in `Header::from_words`: the low half of the first word.
    fn method(&self) -> u32 {
        self.payload[0] as u32
    }

    /// The next request; nothing when the parent has asked for the end.
    #[cfg(test)]
    pub(crate) fn next_request(&self) -> Option<Entry> {
        if let Todo::Request(entry) = self.next() { Some(entry) } else { None }
    }

    /// The next request, until the parent has asked for the end. Sleeps while there is nothing to do.
    fn next(&self) -> Todo {
        loop {
            if self.is_stopped() {
                return Todo::End;
            }
            if let Some(entry) = self.requests.peek(self.channel.requests()) {
                return Todo::Request(entry);
            }
            if self.snapshot_writer.as_ref().is_some_and(SnapshotWriter::is_due) {
                return Todo::Save;
            }
            // Only requests are spun for; a wish for the end may take the moment until sleep.
            let request = self.requests.watch(self.channel.requests());
            if !self.waiting.look(|| request.has_come()) {
                self.sleep_unless(|| request.has_come() || self.is_stopped());
            }
        }
    }

    fn sleep_unless(&self, has_come: impl Fn() -> bool) {
        self.channel.sleep_unless(has_come, || {
            let began = Moment::now();
            // A poll that fails (no memory) is tried again by the caller's loop.
            let _woken = self.channel.request_bell.wait(self.due_at());
            self.waiting.note_sleep(began.elapsed());
            self.waiting.note_woken();
        });
    }

    /// When the state is to be saved, though nothing is called.
    fn due_at(&self) -> Option<Moment> {
        self.snapshot_writer.as_ref()?.due_at().map(Moment::from)
    }

    fn is_stopped(&self) -> bool {
        // Acquire pairs with the Release of the parent's wish.
        self.channel.stop().load(Ordering::Acquire) != 0
    }

    fn run(&mut self, entry: Entry, call: impl Dispatch) -> Outcome {
        cancel::set_running(entry.call);
        let outcome = self.dispatch(entry, call);
        cancel::set_running(0);
        outcome
    }

    /// Answers a call that was run. Why serving ends, if it does.
    fn conclude(&mut self, entry: Entry, outcome: Outcome, save_is_fatal: bool) -> Option<Stop> {
        let panicked = save_is_fatal || has_panicked(&outcome);
        let header = outcome.unwrap_or_else(|failure| self.fail(entry, failure));
        self.answer(entry, header);
        if panicked && self.on_panic == OnPanic::Terminate {
            return Some(Stop::Panicked);
        }
        panic_hook::forget(&self.channel);
        None
    }

    fn answer(&mut self, entry: Entry, header: Header) {
        debug_assert!(self.notices.ring_has_room(&self.replies, &self.requests), "one reply for each call");
        if !self.channel.conclude(&mut self.replies, entry, &header.to_words()) {
            unanswered::end(&self.channel, entry);
        }
    }

    fn dispatch(&mut self, entry: Entry, call: impl Dispatch) -> Outcome {
        let malformed = |reason: &str| Failure::Malformed { reason: reason.into() };
        let input = self.channel.input(entry.slot);
        let Header { tag: method, files, body } = Header::from_words(&self.payload, input.len()).map_err(malformed)?;
        let (structured, raw) = match &body {
            Body::Inline(inline) => (inline.bytes(), &[][..]),
            Body::InRegion { offset, len } => (&input[*offset..offset + len], &input[..*offset]),
        };
        let name = self.methods.get(method as usize).copied().unwrap_or_default();
        let span = tracing::trace_span!(target: "concurrent_object::calls", "call", method = name, call = entry.call);
        let _in_call = span.enter();
        let (structured, outside) = decode_context(&self.channel, &self.shared_files, structured, files)?;
        let mut arguments = ArgumentReader::new(structured, raw, &outside);
        let mut reply = Reply::new(&self.channel, &mut self.leases[usize::from(entry.slot)], &mut self.scratch);
        let outcome = catch_unwind(AssertUnwindSafe(|| call(method, &mut arguments, &mut reply)));
        match outcome {
            Ok(Ok(())) => {
                let (notices, replies) = (&mut self.notices, &mut self.replies);
                self.shared_files.send(entry.call, reply.files(), |send, wait| {
                    notices.send_with_room(&*self.channel, replies, &self.requests, send, wait)
                })?;
                reply.header().ok_or_else(|| malformed("the method was not answered"))
            }
            Ok(Err(failure)) => Err(failure),
            Err(payload) => Err(Failure::Panicked(panic_hook::caught(payload))),
        }
    }

    fn fail(&mut self, entry: Entry, failure: Failure) -> Header {
        let method = self.methods.get(self.method() as usize).copied().unwrap_or_default();
        match &failure {
            Failure::Panicked(panic) => {
                tracing::warn!(target: "concurrent_object::calls", method, call = entry.call, %panic, "method panicked");
            }
            failure => {
                tracing::debug!(target: "concurrent_object::calls", method, call = entry.call, ?failure, "call failed")
            }
        }
        let mut reply = Reply::new(&self.channel, &mut self.leases[usize::from(entry.slot)], &mut self.scratch);
        reply.fail(failure)
    }
}

fn has_panicked(outcome: &Outcome) -> bool {
    matches!(outcome, Err(Failure::Panicked(_)))
}

fn nothing(tag: u32) -> Header {
    let nothing = Inline::new(&[]).expect("nothing is short");
    Header { tag, files: 0, body: Body::Inline(nothing) }
}
