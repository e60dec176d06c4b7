//! What a bridge's thread is to do: the events of the other program, and the wishes of this one.
//!
//! Any thread puts something in, and the bridge's thread takes it out. Knows events, not what they
//! mean. Invariants: nothing here blocks. A flood of events takes no more memory than a bound: what
//! exceeds it is noted, and dropped.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::descriptor::{AsFd, BorrowedFd, OwnedFd, clear_event, new_event, set_event};
use crate::protocol::remote::{CallLimits, Event, TraceParent};

/// How much may wait of what an object has printed, in bytes.
const MAX_PRINTED: usize = 1 << 20;

/// How much may wait of events that are no answers, in bytes.
const MAX_REMARKS: usize = 1 << 20;

/// Events and wishes for a bridge's thread.
#[derive(Debug)]
pub(crate) struct BridgeInbox {
    waiting: Mutex<InboxContents>,
    /// The spans of calls that are not passed on yet.
    traces: Mutex<BTreeMap<u64, TraceParent>>,
    /// Whether something waits, for a thread that spins.
    has_news: AtomicBool,
    /// Readable when something waits.
    bell: OwnedFd,
    /// The most events that may wait.
    capacity: usize,
    /// The most bytes of them.
    byte_capacity: usize,
}

/// What waits for the bridge's thread.
#[derive(Debug, Default)]
pub(crate) struct InboxContents {
    pub(crate) events: VecDeque<Event>,
    /// The bytes of the events.
    size: usize,
    /// The calls that are to end early.
    pub(crate) cancelled: Vec<u64>,
    /// The limits of calls: passed on with the call, or after it.
    pub(crate) limits: BTreeMap<u64, CallLimits>,
    /// The calls that are not to begin any more.
    pub(crate) withdrawn: Vec<u64>,
    /// What was printed: whether to the standard error, and the bytes.
    pub(crate) printed: Vec<(bool, Vec<u8>)>,
    /// The size of that, and of what was left out since there was too much.
    printed_size: usize,
    pub(crate) unprinted: usize,
    pub(crate) is_killed: bool,
    /// Whether there were more events than any sound program sends.
    pub(crate) is_flooded: bool,
}

impl InboxContents {
    fn print(&mut self, is_error: bool, bytes: Vec<u8>) {
        let size = self.printed_size + bytes.len();
        if size > MAX_PRINTED {
            self.unprinted += bytes.len();
        } else {
            self.printed_size = size;
            self.printed.push((is_error, bytes));
        }
    }
}

impl BridgeInbox {
    /// `slots`: how many calls may be under way. `largest`: the bytes of their largest answer.
    pub(crate) fn new(slots: usize, largest: usize) -> io::Result<Self> {
        // A sound program sends two events for each call, and a few for the object.
        let capacity = 4 * slots + 64;
        let byte_capacity = slots.saturating_mul(largest).saturating_add(MAX_REMARKS);
        let (waiting, traces) = (Mutex::default(), Mutex::default());
        let (has_news, bell) = (AtomicBool::new(false), new_event()?);
        Ok(Self { waiting, traces, has_news, bell, capacity, byte_capacity })
    }

    /// Puts in an event of the other program.
    pub(crate) fn put(&self, event: Event) {
        let mut waiting = self.lock();
        if let Event::Printed { is_error, bytes } = event {
            waiting.print(is_error, bytes);
            return self.ring(waiting);
        }
        if let Some(older) = waiting.events.iter_mut().find(|older| is_newer_of(&event, older)) {
            // The newest is enough, and takes the memory of one. An answer behind an older state
            // finds its effects in the newer one too.
            *older = event;
        } else {
            let size = waiting.size.saturating_add(size_of_event(&event));
            if waiting.events.len() < self.capacity && size <= self.byte_capacity {
                waiting.size = size;
                waiting.events.push_back(event);
            } else {
                waiting.is_flooded = true;
            }
        }
        self.ring(waiting);
    }

    /// Asks for the early end of a call.
    pub(crate) fn cancel(&self, call: u64) {
        let mut waiting = self.lock();
        waiting.cancelled.push(call);
        self.ring(waiting);
    }

    /// Notes the limits of a call.
    pub(crate) fn limit(&self, call: u64, limits: CallLimits) {
        let mut waiting = self.lock();
        waiting.limits.insert(call, limits);
        self.ring(waiting);
    }

    /// Takes the limits of a call that is about to be passed on.
    pub(crate) fn take_limits(&self, call: u64) -> Option<CallLimits> {
        self.lock().limits.remove(&call)
    }

    /// Notes the span of a call that is about to be sent. Does not wake the bridge's thread: the
    /// call does.
    pub(crate) fn trace(&self, call: u64, trace: TraceParent) {
        self.traces().insert(call, trace);
    }

    /// Takes the span of a call that is about to be passed on.
    pub(crate) fn take_trace(&self, call: u64) -> Option<TraceParent> {
        let mut traces = self.traces();
        let trace = traces.remove(&call);
        if traces.len() > self.capacity {
            // These are more than the calls that may be under way. So the parent has taken back the
            // earlier calls.
            traces.retain(|&other, _| other > call);
        }
        trace
    }

    /// Asks for a call back, if it has not begun.
    pub(crate) fn withdraw(&self, call: u64) {
        let mut waiting = self.lock();
        waiting.withdrawn.push(call);
        self.ring(waiting);
    }

    /// Asks for the end at once.
    pub(crate) fn kill(&self) {
        let mut waiting = self.lock();
        waiting.is_killed = true;
        self.ring(waiting);
    }

    /// Takes everything out.
    pub(crate) fn take(&self) -> InboxContents {
        let mut waiting = self.lock();
        clear_event(&self.bell);
        self.has_news.store(false, Ordering::Relaxed);
        mem::take(&mut *waiting)
    }

    /// Whether something waits.
    pub(crate) fn has_news(&self) -> bool {
        // Relaxed: `take` then locks.
        self.has_news.load(Ordering::Relaxed)
    }

    fn ring(&self, waiting: MutexGuard<'_, InboxContents>) {
        let is_first = !self.has_news.swap(true, Ordering::Relaxed);
        if is_first {
            // Under the lock, so that `take` cannot clear the event between the flag and the event.
            let _set = set_event(&self.bell);
        }
        drop(waiting);
    }

    fn traces(&self) -> MutexGuard<'_, BTreeMap<u64, TraceParent>> {
        self.traces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, InboxContents> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an event makes an earlier one useless.
fn is_newer_of(event: &Event, older: &Event) -> bool {
    match (event, older) {
        (Event::Saved(_), Event::Saved(_)) => true,
        (Event::Progressed(call, _), Event::Progressed(other, _)) => call == other,
        _ => false,
    }
}

/// The bytes of an event. A saved state does not count: there is one at most.
fn size_of_event(event: &Event) -> usize {
    match event {
        Event::Answered(_, message) => message.structured.len() + message.raw.len(),
        Event::Noted(bytes) | Event::Progressed(_, bytes) => bytes.len(),
        Event::Unsaved { reason, .. } => reason.as_ref().map_or(0, String::len),
        Event::Failed(_, text) | Event::Lost(text) => text.len(),
        Event::Spawned { host, .. } | Event::Ready { host, .. } => host.len(),
        _ => 0,
    }
}

impl AsFd for BridgeInbox {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}
