//! The queue of one object's events, until they are reported.
//!
//! Knows which kind of thread reports; calls no subscriber and no hook.
//!
//! Invariant: events leave the queue in the order in which they happened, and at most one thread
//! reports at a time.

use std::collections::VecDeque;

use super::report::Ended;
use crate::error::StartError;

/// What happened to an object.
#[derive(Debug)]
pub(crate) enum EventKind {
    Ready,
    EndRequested,
    /// The parent requested cancellation of this call of this method.
    CancellationRequested(&'static str, u64),
    Broken(&'static str),
    /// The object's process is dead but cannot be reaped: the process with this id traces it and
    /// has not released it.
    HeldByTracer(u32),
    /// The process died, and the object will be restarted.
    WillRestart,
    /// The next process could not be spawned.
    NotSpawned(StartError),
    Restarted,
    /// The object's state could not be saved, for this reason.
    NotSaved(String),
    Ended(Ended),
}

/// An event, with the process that it happened to.
#[derive(Debug)]
pub(crate) struct LifeEvent {
    pub(crate) pid: u32,
    pub(crate) incarnation: u64,
    pub(crate) kind: EventKind,
}

/// The events of one object that are not reported yet.
#[derive(Debug, Default)]
pub(crate) struct EventQueue {
    queue: VecDeque<LifeEvent>,
    /// The number of events queued so far, and below it the number reported so far.
    queued: u64,
    reported: u64,
    reporter: ReportingThread,
    /// Whether a death was queued since the last unlock. The thread that noticed it returns only
    /// after the death is reported.
    is_awaited: bool,
}

/// Which thread reports.
#[derive(Debug, Default, PartialEq, Eq)]
enum ReportingThread {
    #[default]
    None,
    /// The reporter thread was asked to report. Another thread may begin before it.
    Asked,
    /// A thread is reporting.
    Some,
}

/// What a thread has to do about events after it has released the object's lock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub(crate) up_to: u64,
    pub(crate) is_awaited: bool,
}

impl EventQueue {
    /// Whether the thread that holds the lock has to report events, or leave them to another
    /// thread, after it has released the lock.
    #[inline]
    pub(crate) fn are_due(&self) -> bool {
        !self.queue.is_empty() && (self.is_awaited || self.reporter == ReportingThread::None)
    }

    /// Returns what the calling thread has to do after it has released the lock.
    pub(crate) fn take_due(&mut self) -> Option<Due> {
        let is_due = self.are_due();
        let is_awaited = std::mem::take(&mut self.is_awaited);
        is_due.then_some(Due { up_to: self.queued, is_awaited })
    }

    /// Takes the next event up to this one. If there is none, the calling thread is no longer the
    /// one that reports.
    pub(crate) fn next(&mut self, up_to: u64) -> Option<LifeEvent> {
        let event = if self.reported < up_to { self.queue.pop_front() } else { None };
        if event.is_none() {
            self.reporter = ReportingThread::None;
        }
        event
    }

    /// Queues an event.
    pub(crate) fn push(&mut self, event: LifeEvent) {
        self.queued += 1;
        self.is_awaited |= matches!(event.kind, EventKind::Ended(_));
        self.queue.push_back(event);
    }

    /// Whether all events up to this one are reported.
    pub(crate) fn are_reported(&self, up_to: u64) -> bool {
        self.reported >= up_to
    }

    /// Whether no thread reports, and the reporter thread was not asked to.
    pub(crate) fn have_no_reporter(&self) -> bool {
        self.reporter == ReportingThread::None
    }

    /// Makes the calling thread the one that reports. Returns false if another thread reports.
    pub(crate) fn begin_reporting(&mut self) -> bool {
        let is_free = self.reporter != ReportingThread::Some;
        if is_free {
            self.reporter = ReportingThread::Some;
        }
        is_free
    }

    /// The same for the reporter thread, if it was asked and no other thread has begun before it.
    /// Returns up to which event it reports.
    pub(crate) fn begin_as_reporter(&mut self) -> Option<u64> {
        if self.reporter != ReportingThread::Asked {
            return None;
        }
        self.reporter = ReportingThread::Some;
        Some(self.queued)
    }

    /// Leaves the queue to the reporter thread.
    pub(crate) fn leave_to_reporter(&mut self) {
        self.reporter = ReportingThread::Asked;
    }

    /// Counts one more reported event.
    pub(crate) fn note_reported(&mut self) {
        self.reported += 1;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}
