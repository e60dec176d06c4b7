//! The thread that reports what happens to one relayed object.
//!
//! Problem: a reply must leave as soon as it comes, and the transport has no thread that waits for
//! this object. Way here: one thread waits for the calls in the order in which they came, which is
//! the order in which the child serves them.
//!
//! A call counts as begun only when the child's own word says so. The thread looks for that while
//! it waits, at growing intervals; an answer says it too. After that, it looks for progress.
//!
//! Knows outcomes as bytes. Invariants: each call that was accepted is concluded once. Nothing
//! follows the last event.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing::Span;

use super::looks::{LOOKS, Looks};
use super::open_calls::OpenCalls;
use super::outcomes::{EndReport, event_of_lost, failed, outcome_of, report_of};
use crate::clock::Moment;
use crate::error::{CallError, Started};
use crate::parent::calls::key::{CallKey, WaitKey};
use crate::parent::life::backend::Backend;
use crate::parent::life::phase::Summary;
use crate::parent::object::Object;
use crate::parent::object::reply::{NoReply, ReceivedReply};
use crate::protocol::remote::Event;
use crate::wire;

/// Takes the events, from any thread.
pub(super) type EventSink = Arc<dyn Fn(Event) + Send + Sync>;

/// What the thread and the `Relayed` share.
pub(super) struct Relay {
    pub(super) object: Arc<Object>,
    pub(super) sink: EventSink,
    /// The one process that the object has; its output is read to the end before the last event.
    process: Option<Backend>,
    /// How often the state is saved while no call comes.
    interval: Option<Duration>,
    /// The number of the last state that was reported.
    reported: AtomicU64,
    /// The count of failures to save it that was reported last.
    reported_unsaved: AtomicU64,
    /// Whether a method has reported progress.
    has_progress: AtomicBool,
    open: Mutex<OpenCalls>,
}

/// What the thread is to look at.
#[derive(Debug)]
pub(super) enum Order {
    /// A call that was accepted: its number there, its key here, and its span.
    Call(u64, CallKey, Span),
    /// The object has ended, or is asked to.
    Look,
}

impl Relay {
    pub(super) fn new(object: Arc<Object>, sink: EventSink, interval: Option<Duration>) -> Self {
        let process = object.process();
        Self {
            object,
            process,
            sink,
            interval,
            reported: AtomicU64::new(0),
            reported_unsaved: AtomicU64::new(0),
            has_progress: AtomicBool::new(false),
            open: Mutex::default(),
        }
    }

    pub(super) fn open(&self) -> MutexGuard<'_, OpenCalls> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports events until the object has ended.
    pub(super) fn work(&self, orders: &Receiver<Order>) {
        (self.sink)(Event::Spawned { pid: self.object.pid(), host: host_name() });
        if self.wait_until_ready() {
            self.report_ready();
        }
        while self.object.end_of_object().is_none() {
            let order = match self.interval {
                Some(interval) => orders.recv_timeout(interval.max(LOOKS.0)),
                None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match order {
                Ok(Order::Call(call, key, span)) => self.conclude(call, key, &span),
                Ok(Order::Look) if !self.open().is_stopping => {}
                Err(RecvTimeoutError::Timeout) => self.report_state(),
                // Each order of an earlier call came before.
                Ok(Order::Look) | Err(RecvTimeoutError::Disconnected) => self.wait_until_gone(),
            }
        }
        self.wait_until_gone();
        self.open().has_ended = true;
        // No further call is accepted, so these are the last.
        for order in orders.try_iter() {
            if let Order::Call(call, key, span) = order {
                self.conclude(call, key, &span);
            }
        }
        self.report_state();
        if let Some(process) = &self.process {
            let _tail = process.stderr_tail();
            process.report_output();
        }
        self.report_end();
    }

    fn report_ready(&self) {
        if !std::mem::replace(&mut self.open().is_ready_reported, true) {
            (self.sink)(Event::Ready { pid: self.object.pid(), host: host_name() });
        }
    }

    /// Reports the state, if the child has saved it since the last time. Only the thread does that.
    fn report_state(&self) {
        // Relaxed: one thread uses it.
        if let Some((sequence, state)) = self.object.state_saved_after(self.reported.load(Ordering::Relaxed)) {
            self.reported.store(sequence, Ordering::Relaxed);
            self.report_ready();
            (self.sink)(Event::Saved(state));
        }
        let (word, reason) = self.object.unsaved_states();
        if self.reported_unsaved.swap(word, Ordering::Relaxed) != word {
            self.report_ready();
            (self.sink)(Event::Unsaved { failures: word as u32, series: (word >> u32::BITS) as u32, reason });
        }
    }

    fn wait_until_ready(&self) -> bool {
        let is_known = |summary| match summary {
            Summary::Starting => None,
            Summary::Ready => Some(true),
            Summary::Ended(_) => Some(false),
        };
        self.object.wait_until(WaitKey::State, None, |state| is_known(state.summary())).unwrap_or(false)
    }

    fn wait_until_gone(&self) {
        self.object.wait_until(WaitKey::State, None, |state| state.phase.is_gone().then_some(()));
    }

    /// Waits for the outcome of a call, and reports it. Its span ends with it.
    fn conclude(&self, call: u64, key: CallKey, span: &Span) {
        let mut open = self.open();
        if open.calls.get(&call) != Some(&key) {
            // It was cancelled, and concluded then.
            drop(open);
            span.record("outcome", "cancelled");
            return;
        }
        open.awaited = Some(call);
        drop(open);
        let (mut has_begun, mut looks, mut progress) = (false, Looks::default(), None);
        let taken = loop {
            let deadline = self.conclude_limited().into_iter().chain([looks.next()]).min();
            if let Some(taken) = self.object.relayed_outcome(key, deadline) {
                break taken;
            }
            if !has_begun && self.object.has_begun(key) {
                has_begun = true;
                self.report_ready();
                (self.sink)(Event::Begun(call));
            }
            if has_begun {
                self.report_progress(call, key, &mut progress);
                looks.note(progress.is_some());
            }
        };
        // The places of all slots are looked at, which most short calls need not pay for.
        if has_begun || taken.outcome.is_err() || self.has_progress.load(Ordering::Relaxed) {
            self.report_progress(call, key, &mut progress);
        }
        let event = self.event_of(call, has_begun, taken);
        let mut open = self.open();
        (open.awaited, _) = (None, open.calls.remove(&call));
        drop(open);
        // An object that answers and ends at once may have ended before this thread saw it ready.
        if matches!(event, Some(Event::Answered(..) | Event::Begun(_) | Event::TimedOut { has_begun: true, .. })) {
            self.report_ready();
        }
        // The child has saved before it answered, so the state has the effects of this call.
        self.report_state();
        span.record("outcome", outcome_of(event.as_ref()));
        event.into_iter().for_each(&*self.sink);
    }

    /// Reports the newest progress value of a call, unless that is the last one.
    fn report_progress(&self, call: u64, key: CallKey, last: &mut Option<Vec<u8>>) {
        let newest = self.object.progress_of(key.call).map(|(bytes, len)| bytes[..len].to_vec());
        if let Some(value) = newest.filter(|value| last.as_ref() != Some(value)) {
            self.has_progress.store(true, Ordering::Relaxed);
            // A call that reports has begun.
            self.report_ready();
            (self.sink)(Event::Progressed(call, value.clone()));
            *last = Some(value);
        }
    }

    /// Reports the outcome of a call that the thread does not wait for, if it has ended before
    /// it began. The thread reports all others, after the states that have their effects.
    pub(super) fn conclude_settled(&self, open: &mut OpenCalls, call: u64, key: CallKey) {
        if let Some(taken) = self.object.relayed_return(key) {
            open.calls.remove(&call);
            self.event_of(call, false, taken).into_iter().for_each(&*self.sink);
        }
    }

    /// Reports the calls that have waited for too long, behind the one that the thread waits for.
    /// Returns when to look again.
    fn conclude_limited(&self) -> Option<Moment> {
        let mut open = self.open();
        let over: Vec<_> = open.limited.iter().filter(|(_, at)| **at <= Moment::now()).map(|(&call, _)| call).collect();
        for call in over {
            match open.calls.get(&call).copied() {
                Some(key) if open.awaited != Some(call) && !self.object.has_begun(key) => {
                    // The supervisor thread may need a moment to settle it.
                    open.limited.insert(call, Moment::after(LOOKS.1));
                    self.conclude_settled(&mut open, call, key);
                }
                _ => drop(open.limited.remove(&call)),
            }
        }
        open.next_limit()
    }

    fn event_of(&self, call: u64, has_begun: bool, taken: ReceivedReply<'_>) -> Option<Event> {
        let ReceivedReply { files, outcome, .. } = taken;
        match outcome {
            Ok(_) if files.is_some() => Some(failed(call, "its result is in shared memory".into())),
            Ok(reply) => Some(Event::Answered(call, reply.into_message(&self.object))),
            Err(NoReply::Failed(CallError::TimedOut { ran_for, killed, info })) => {
                let has_begun = info.started != Started::No;
                Some(Event::TimedOut { call, ran_for, has_begun, was_killed: killed })
            }
            Err(NoReply::Failed(error)) if self.object.end_of_object().is_some() => {
                event_of_lost(call, has_begun, &error)
            }
            Err(NoReply::Failed(CallError::Ended { info } | CallError::Cancelled { info, .. }))
                if info.started == Started::No =>
            {
                Some(Event::Returned(call))
            }
            Err(NoReply::Failed(error)) if error.info().started == Started::No => {
                Some(Event::Failed(call, error.to_string()))
            }
            Err(NoReply::Failed(error)) => Some(failed(call, error.to_string())),
            Err(NoReply::Moved(_)) => Some(Event::Failed(call, "it was moved".into())),
        }
    }

    fn report_end(&self) {
        let EndReport { record, diagnosis, last } = report_of(self.object.end_of_object().as_ref());
        let record = record.and_then(|record| wire::to_bytes(&record).ok());
        let events = [record.map(Event::Noted), diagnosis.map(Event::Diagnosed), last];
        events.into_iter().flatten().for_each(&*self.sink);
    }
}

fn host_name() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned()
}
