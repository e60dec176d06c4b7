//! The object's state, saved between two calls, and what a new object is made of.
//!
//! Knows drafts and when one is due. Invariant: the snapshot before stays whole until a newer one is.

use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use super::arguments::DecodeContext;
use super::{Answer, ArgumentReader, ConcurrentObject, panic_hook};
use crate::clock;
use crate::memory::sealed::Sealed;
use crate::memory::snapshot_buffer::{BODY, Contents, SnapshotBuffer};
use crate::protocol::failure::Failure;
use crate::protocol::snapshot_policy::SnapshotPolicy;
use crate::transport::mapped::Channel;
use crate::wire::{Encoder, ExternalRef, RawSink};

/// What a new child got from its parent to save its state in, and the state to begin with.
#[derive(Debug, Default)]
pub(crate) struct Handed {
    pub(crate) snapshot_buffers: Vec<OwnedFd>,
    pub(crate) snapshot: Option<OwnedFd>,
    pub(crate) directory: Option<OwnedFd>,
    /// What the builder handed over, in its order.
    pub(crate) inherited: Vec<OwnedFd>,
}

/// Saves the object's state whenever it is due.
#[derive(Debug)]
pub(crate) struct SnapshotWriter {
    snapshot_buffers: [SnapshotBuffer; 2],
    when: SnapshotPolicy,
    /// How many snapshots there are.
    sequence: u64,
    /// Calls since the last one.
    calls: u32,
    /// When that was, in nanoseconds of the monotonic clock.
    last: u64,
    structured: Vec<u8>,
    /// Whether the latest snapshot failed.
    has_failed: bool,
}

/// A snapshot that failed.
#[derive(Debug)]
pub(crate) struct FailedSave {
    pub(crate) reason: String,
    /// As after a panic of a method, the object's state may be half done.
    pub(crate) panicked: bool,
}

impl SnapshotWriter {
    pub(crate) fn new(snapshot_buffers: Vec<OwnedFd>, when: SnapshotPolicy) -> Result<Self, Failure> {
        let missing = |_| Failure::Malformed { reason: "the files for snapshots did not come".into() };
        let snapshot_buffers: [OwnedFd; 2] = snapshot_buffers.try_into().map_err(missing)?;
        let snapshot_buffers = snapshot_buffers.map(SnapshotBuffer::of);
        Ok(Self {
            snapshot_buffers,
            when,
            sequence: 0,
            calls: 0,
            last: clock::now(),
            structured: Vec::new(),
            has_failed: false,
        })
    }

    /// Whether a call fails if the state cannot be saved after it.
    pub(crate) fn fails_calls(&self) -> bool {
        self.when.fails_calls()
    }

    /// There was a call. Whether the state is to be saved now.
    pub(crate) fn is_due_after_call(&mut self) -> bool {
        self.calls = self.calls.saturating_add(1);
        self.when.is_due_after(self.calls) || self.is_due()
    }

    /// Whether the time for it has come.
    pub(crate) fn is_due(&self) -> bool {
        self.due_at().is_some_and(|at| at <= clock::now())
    }

    /// When it is due, if nothing more is called until then.
    pub(crate) fn due_at(&self) -> Option<u64> {
        let interval = self.when.interval().filter(|_| self.calls > 0)?;
        Some(self.last.saturating_add(u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// Saves the state. Why it is not saved, if that failed.
    pub(crate) fn save<T: ConcurrentObject>(&mut self, object: &mut T, channel: &Channel) -> Result<(), FailedSave> {
        (self.calls, self.last) = (0, clock::now());
        let saved = catch_unwind(AssertUnwindSafe(|| self.write(object)));
        let Err(failure) = saved.unwrap_or_else(|payload| Err(Failure::Panicked(panic_hook::caught(payload)))) else {
            self.has_failed = false;
            return Ok(());
        };
        let reason = told(&failure);
        tracing::error!(target: "concurrent_object::life", reason, "no snapshot of the object's state; the last one stays");
        self.leave(&reason);
        self.count_failure(channel);
        let panicked = matches!(failure, Failure::Panicked(_));
        if !panicked {
            // A panic has printed itself. A closed standard error is the program's choice.
            let _unheard = writeln!(io::stderr(), "the object's state is not saved: {reason}");
        }
        Err(FailedSave { reason, panicked })
    }

    /// Tells the parent, which looks at the count when it takes in a reply.
    fn count_failure(&mut self, channel: &Channel) {
        let first = if std::mem::replace(&mut self.has_failed, true) { 0 } else { 1 << u32::BITS };
        channel.unsaved().fetch_add(1 + first, Ordering::Release);
    }

    /// Tells whoever reads the drafts when this process is gone. If not even that can be written, there is nobody else to tell.
    fn leave(&mut self, reason: &str) {
        let sequence = self.sequence + 1;
        if let Err(error) = self.snapshot_buffers[(sequence % 2) as usize].record_failure(sequence, reason) {
            tracing::error!(target: "concurrent_object::life", %error, "no word of it either");
        }
    }

    fn write<T: ConcurrentObject>(&mut self, object: &mut T) -> Result<(), Failure> {
        let sequence = self.sequence + 1;
        let buffer = &mut self.snapshot_buffers[(sequence % 2) as usize];
        buffer.begin().map_err(unwritten)?;
        self.structured.clear();
        let mut sink = Sink { buffer, failed: None };
        let mut answer = Answer::over(Encoder::new(&mut self.structured, &mut sink));
        object.save(&mut answer)?;
        let cut = answer.finish().raw_end;
        let Sink { buffer, failed } = sink;
        failed.map_or(Ok(()), Err).map_err(unwritten)?;
        buffer.write(cut, &self.structured).map_err(unwritten)?;
        buffer.finish(Contents { sequence, cut, end: cut + self.structured.len() }).map_err(unwritten)?;
        self.sequence = sequence;
        Ok(())
    }
}

fn told(failure: &Failure) -> String {
    match failure {
        Failure::Panicked(panic) => format!("saving it panicked: {panic}"),
        Failure::Encode { reason } | Failure::Unsaved { reason } => format!("saving it failed: {reason}"),
        other => format!("saving it failed: {other:?}"),
    }
}

fn unwritten(error: io::Error) -> Failure {
    Failure::Encode { reason: format!("the snapshot cannot be written: {error}") }
}

/// Writes raw regions into the draft; remembers the first failure. What is shared is copied: another process goes on with it.
struct Sink<'d> {
    buffer: &'d mut SnapshotBuffer,
    failed: Option<io::Error>,
}

impl RawSink for Sink<'_> {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.buffer.write(offset, bytes).err();
        }
    }

    fn external_ref(&mut self, _bytes: &[u8], _shared: bool) -> Option<ExternalRef> {
        None
    }
}

/// Lets `restore` read the state in this file, which a process wrote that has died since.
pub(crate) fn with_state<R>(
    file: OwnedFd,
    channel: &Channel,
    restore: impl FnOnce(&mut ArgumentReader<'_>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    let unread = |reason: String| Failure::Decode { argument: None, reason: format!("the snapshot: {reason}") };
    let contents = Contents::of(&file).map_err(|error| unread(error.to_string()))?;
    let sealed = Sealed::map(&file).map_err(|error| unread(error.to_string()))?;
    let whole =
        contents.and_then(|Contents { cut, end, .. }| sealed.bytes().get(BODY..)?.get(..end)?.split_at_checked(cut));
    let (raw, structured) = whole.ok_or_else(|| unread("there is none in its file".into()))?;
    let outside = DecodeContext { channel, files: Vec::new() };
    restore(&mut ArgumentReader::new(structured, raw, &outside))
}
