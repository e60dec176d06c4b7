//! The events of one object, in their order, until they are reported.
//!
//! Knows which thread reports; calls no subscriber and no hook. Invariant: events leave the queue in the order in which they
//! happened, and at most one thread reports at a time.

use std::collections::VecDeque;

use super::report::Ended;
use crate::error::StartError;

/// Something happened to an object.
#[derive(Debug)]
pub(crate) enum EventKind {
    Ready,
    AskedToEnd,
    /// This call of this method was asked to end.
    CallAskedToEnd(&'static str, u64),
    Broken(&'static str),
    /// It is dead, and this process traces it and has not let go of it.
    HeldByTracer(u32),
    /// It died and will be restarted.
    WillRestart,
    /// Its next process could not be spawned.
    NotSpawned(StartError),
    Restarted,
    /// The object's state could not be saved, for this reason.
    NotSaved(String),
    Ended(Ended),
}

/// An event, with the process that it belongs to.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) pid: u32,
    pub(crate) incarnation: u64,
    pub(crate) kind: EventKind,
}

/// The events of one object that are not reported yet.
#[derive(Debug, Default)]
pub(crate) struct Events {
    queue: VecDeque<Event>,
    /// How many were queued, and how many of them were reported.
    queued: u64,
    reported: u64,
    reporter: ReportingThread,
    /// A death was queued since the last unlock: the thread that noticed it returns after its report.
    is_awaited: bool,
}

/// Which thread reports.
#[derive(Debug, Default, PartialEq, Eq)]
enum ReportingThread {
    #[default]
    None,
    /// The thread of `reporter` was asked to. Any other thread may come first.
    Asked,
    /// A thread is reporting.
    Some,
}

/// What a thread that unlocks has to do about events.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub(crate) up_to: u64,
    pub(crate) is_awaited: bool,
}

impl Events {
    /// Whether the thread that holds the lock has something to do about events when it unlocks.
    #[inline]
    pub(crate) fn are_due(&self) -> bool {
        !self.queue.is_empty() && (self.is_awaited || self.reporter == ReportingThread::None)
    }

    /// The same, to be done after unlocking.
    pub(crate) fn take_due(&mut self) -> Option<Due> {
        let is_due = self.are_due();
        let is_awaited = std::mem::take(&mut self.is_awaited);
        is_due.then_some(Due { up_to: self.queued, is_awaited })
    }

    /// The next event up to this one. If there is none, another thread may report.
    pub(crate) fn next(&mut self, up_to: u64) -> Option<Event> {
        let event = if self.reported < up_to { self.queue.pop_front() } else { None };
        if event.is_none() {
            self.reporter = ReportingThread::None;
        }
        event
    }

    /// Queues an event.
    pub(crate) fn push(&mut self, event: Event) {
        self.queued += 1;
        self.is_awaited |= matches!(event.kind, EventKind::Ended(_));
        self.queue.push_back(event);
    }

    /// Whether all events up to this one are reported.
    pub(crate) fn are_reported(&self, up_to: u64) -> bool {
        self.reported >= up_to
    }

    /// Whether no thread reports, and none was asked to.
    pub(crate) fn have_no_reporter(&self) -> bool {
        self.reporter == ReportingThread::None
    }

    /// Makes the calling thread the one that reports. False if another one is.
    pub(crate) fn begin_reporting(&mut self) -> bool {
        let is_free = self.reporter != ReportingThread::Some;
        if is_free {
            self.reporter = ReportingThread::Some;
        }
        is_free
    }

    /// The same for the reporter thread, if it was asked and no other thread came first. Up to which event it reports.
    pub(crate) fn begin_left(&mut self) -> Option<u64> {
        if self.reporter != ReportingThread::Asked {
            return None;
        }
        self.reporter = ReportingThread::Some;
        Some(self.queued)
    }

    /// Leaves the queue to the reporter thread.
    pub(crate) fn leave(&mut self) {
        self.reporter = ReportingThread::Asked;
    }

    /// One more event was reported.
    pub(crate) fn note_reported(&mut self) {
        self.reported += 1;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}
