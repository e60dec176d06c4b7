//! Snapshots: saving the object's state between two calls, and restoring an object from it.
//!
//! The child may die while it saves. The naive way overwrites one file, and such a death loses the
//! old state with the new one. Here there are two files, and the child writes them in turn. It
//! removes a file's header before it writes, and writes the header last. The parent takes the file
//! whose valid header has the larger sequence number. The technique is *double buffering* with a
//! commit record.
//!
//! Knows snapshot buffers and when a snapshot is due. Does not know how the parent chooses between
//! the files. Invariant: the last complete snapshot stays intact until a newer one is complete.

use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use super::arguments::DecodeContext;
use super::{Answer, ArgumentReader, ConcurrentObject, panic_hook};
use crate::clock;
use crate::descriptor::OwnedFd;
use crate::memory::sealed::Sealed;
use crate::memory::snapshot_buffer::{BODY, Contents, SnapshotBuffer};
use crate::protocol::failure::Failure;
use crate::protocol::snapshot_policy::SnapshotPolicy;
use crate::transport::mapped::Channel;
use crate::wire::{Encoder, ExternalRef, RawSink};

/// The descriptors that a new child received with its greeting, other than shared files.
#[derive(Debug, Default)]
pub(crate) struct Handed {
    /// The files to save the state in.
    pub(crate) snapshot_buffers: Vec<OwnedFd>,
    /// The state to restore the object from.
    pub(crate) snapshot: Option<OwnedFd>,
    /// The working directory.
    pub(crate) directory: Option<OwnedFd>,
    /// The descriptors of the builder's `inherit_fd`, in the builder's order.
    pub(crate) inherited: Vec<OwnedFd>,
}

/// Saves the object's state whenever a snapshot is due.
#[derive(Debug)]
pub(crate) struct SnapshotWriter {
    snapshot_buffers: [SnapshotBuffer; 2],
    when: SnapshotPolicy,
    /// The number of completed snapshots.
    sequence: u64,
    /// The number of calls since the last attempt.
    calls: u32,
    /// The time of the last attempt, in nanoseconds of the monotonic clock.
    last: u64,
    structured: Vec<u8>,
    /// Whether the latest snapshot failed.
    has_failed: bool,
}

/// A snapshot that failed.
#[derive(Debug)]
pub(crate) struct FailedSave {
    pub(crate) reason: String,
    /// Whether saving panicked. The object's state may then be inconsistent, as after a panic in a
    /// method.
    pub(crate) panicked: bool,
}

impl SnapshotWriter {
    pub(crate) fn new(snapshot_buffers: Vec<OwnedFd>, when: SnapshotPolicy) -> Result<Self, Failure> {
        let missing = |_| Failure::Malformed { reason: "the child did not receive two files for snapshots".into() };
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

    /// Whether a call fails if the child cannot save the state after it.
    pub(crate) fn fails_calls(&self) -> bool {
        self.when.fails_calls()
    }

    /// Counts a call. Returns whether the state must be saved now.
    pub(crate) fn is_due_after_call(&mut self) -> bool {
        self.calls = self.calls.saturating_add(1);
        self.when.is_due_after(self.calls) || self.is_due()
    }

    /// Whether a snapshot is due by time.
    pub(crate) fn is_due(&self) -> bool {
        self.due_at().is_some_and(|at| at <= clock::now())
    }

    /// The time at which a snapshot is due even without further calls. `None` if there was no call
    /// since the last attempt, or if the policy has no interval.
    pub(crate) fn due_at(&self) -> Option<u64> {
        let interval = self.when.interval().filter(|_| self.calls > 0)?;
        Some(self.last.saturating_add(u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// Saves the state. A failure is also traced, counted for the parent, and left in the next
    /// buffer.
    pub(crate) fn save<T: ConcurrentObject>(&mut self, object: &mut T, channel: &Channel) -> Result<(), FailedSave> {
        (self.calls, self.last) = (0, clock::now());
        let saved = catch_unwind(AssertUnwindSafe(|| self.write(object)));
        let Err(failure) = saved.unwrap_or_else(|payload| Err(Failure::Panicked(panic_hook::caught(payload)))) else {
            self.has_failed = false;
            return Ok(());
        };
        let reason = reason_of(&failure);
        tracing::error!(target: "concurrent_object::life", reason, "snapshot failed; the previous snapshot remains valid");
        self.record_failure(&reason);
        self.count_failure(channel);
        let panicked = matches!(failure, Failure::Panicked(_));
        if !panicked {
            // After a panic, the panic hook has printed the reason already. The write may fail,
            // because standard error may be closed.
            let _printed = writeln!(io::stderr(), "the object's state is not saved: {reason}");
        }
        Err(FailedSave { reason, panicked })
    }

    /// Counts the failure in shared memory. The parent reads the count when it receives a reply.
    fn count_failure(&mut self, channel: &Channel) {
        let first = if std::mem::replace(&mut self.has_failed, true) { 0 } else { 1 << u32::BITS };
        channel.unsaved().fetch_add(1 + first, Ordering::Release);
    }

    /// Writes the reason into the next buffer, for the parent to read after this process's death.
    /// If that fails too, only the trace remains.
    fn record_failure(&mut self, reason: &str) {
        let sequence = self.sequence + 1;
        if let Err(error) = self.snapshot_buffers[(sequence % 2) as usize].record_failure(sequence, reason) {
            tracing::error!(target: "concurrent_object::life", %error, "the reason of a failed snapshot cannot be written");
        }
    }

    fn write<T: ConcurrentObject>(&mut self, object: &mut T) -> Result<(), Failure> {
        let sequence = self.sequence + 1;
        let buffer = &mut self.snapshot_buffers[(sequence % 2) as usize];
        buffer.begin().map_err(unwritten)?;
        self.structured.clear();
        let mut sink = SnapshotSink { buffer, failed: None };
        let mut answer = Answer::over(Encoder::new(&mut self.structured, &mut sink));
        object.save(&mut answer)?;
        let cut = answer.finish().raw_end;
        let SnapshotSink { buffer, failed } = sink;
        failed.map_or(Ok(()), Err).map_err(unwritten)?;
        buffer.write(cut, &self.structured).map_err(unwritten)?;
        buffer.finish(Contents { sequence, cut, end: cut + self.structured.len() }).map_err(unwritten)?;
        self.sequence = sequence;
        Ok(())
    }
}

fn reason_of(failure: &Failure) -> String {
    match failure {
        Failure::Panicked(panic) => format!("saving it panicked: {panic}"),
        Failure::Encode { reason } | Failure::Unsaved { reason } => format!("saving it failed: {reason}"),
        other => format!("saving it failed: {other:?}"),
    }
}

fn unwritten(error: io::Error) -> Failure {
    Failure::Encode { reason: format!("the snapshot cannot be written: {error}") }
}

/// Writes raw regions into a snapshot buffer, and keeps the first error. Copies shared data too,
/// because another process restores the object.
struct SnapshotSink<'d> {
    buffer: &'d mut SnapshotBuffer,
    failed: Option<io::Error>,
}

impl RawSink for SnapshotSink<'_> {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.buffer.write(offset, bytes).err();
        }
    }

    fn external_ref(&mut self, _bytes: &[u8], _shared: bool) -> Option<ExternalRef> {
        None
    }
}

/// Calls `restore` with the state in this file, which an earlier process of the object wrote.
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
    let (raw, structured) = whole.ok_or_else(|| unread("its file contains no complete one".into()))?;
    let outside = DecodeContext { channel, files: Vec::new() };
    restore(&mut ArgumentReader::new(structured, raw, &outside))
}
