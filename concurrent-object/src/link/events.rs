//! Reports what happens to an object: in order, each event with the process that it belongs to.
//!
//! A subscriber and a hook are code of the user, so they are called without the object's lock. If each
//! thread reported its own events after unlocking, threads would overtake each other, and an event would
//! show the pid of a later process. So an event is queued under the lock, with pid and incarnation of that
//! moment. At most one thread at a time takes events of an object from the queue and reports them; other
//! threads leave theirs to it. The supervising thread never reports: it leaves its events to the thread
//! of `teller`.
//!
//! Invariants: events of one object are reported one after another, in the order of the lock; a thread
//! reports no more than was queued when it unlocked, so a fast restart loop cannot keep a caller for ever.

use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use super::report::Ended;
use super::{Core, Link, supervisor, teller};
use crate::error::StartError;
use crate::process::stream;

/// How long a thread that noticed a death waits for another thread to report it.
const PATIENCE: Duration = Duration::from_secs(1);

// Whether this thread is inside a subscriber or a hook that it was asked to call from here.
thread_local!(static IS_REPORTING: Cell<bool> = const { Cell::new(false) });

/// Something happened to an object.
#[derive(Debug)]
pub(super) enum Happened {
    Ready,
    AskedToEnd,
    /// This call of this method was asked to end.
    CallAskedToEnd(&'static str, u64),
    Broken(&'static str),
    /// It is dead, and this process traces it and has not let go of it.
    Held(u32),
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
pub(super) struct Event {
    pub(super) pid: u32,
    pub(super) incarnation: u64,
    pub(super) happened: Happened,
}

/// The events of one object that are not reported yet.
#[derive(Debug, Default)]
pub(super) struct Events {
    queue: VecDeque<Event>,
    /// How many were queued, and how many of them were reported.
    queued: u64,
    reported: u64,
    reporter: Reporter,
    /// A death was queued since the last unlock: the thread that noticed it returns after its report.
    is_awaited: bool,
}

/// Which thread reports.
#[derive(Debug, Default, PartialEq, Eq)]
enum Reporter {
    #[default]
    None,
    /// The thread of `teller` was asked to. Any other thread may come first.
    Asked,
    /// A thread is reporting.
    Some,
}

/// What a thread that unlocks has to do about events.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    up_to: u64,
    is_awaited: bool,
}

impl Events {
    /// Whether the thread that holds the lock has something to do about events when it unlocks.
    #[inline]
    pub(super) fn are_due(&self) -> bool {
        !self.queue.is_empty() && (self.is_awaited || self.reporter == Reporter::None)
    }

    /// The same, to be done after unlocking.
    pub(super) fn take_due(&mut self) -> Option<Due> {
        let is_due = self.are_due();
        let is_awaited = std::mem::take(&mut self.is_awaited);
        is_due.then_some(Due { up_to: self.queued, is_awaited })
    }

    /// The next event up to this one. If there is none, another thread may report.
    fn next(&mut self, up_to: u64) -> Option<Event> {
        let event = if self.reported < up_to { self.queue.pop_front() } else { None };
        if event.is_none() {
            self.reporter = Reporter::None;
        }
        event
    }
}

impl Link {
    /// Queues an event of the present process.
    pub(super) fn queue(&self, core: &mut Core, happened: Happened) {
        let (pid, incarnation) = (self.pid.load(Ordering::Relaxed), self.incarnation());
        let events = &mut core.events;
        events.queued += 1;
        events.is_awaited |= matches!(happened, Happened::Ended(_));
        events.queue.push_back(Event { pid, incarnation, happened });
    }

    /// Reports events after unlocking, or leaves them to another thread.
    pub(super) fn report_due(&self, due: Due) {
        let mut core = self.lock_events();
        if core.events.reported >= due.up_to {
            return;
        }
        if teller::is_supervising() {
            if core.events.reporter == Reporter::None {
                self.leave_events(core);
            }
        } else if core.events.reporter != Reporter::Some {
            core.events.reporter = Reporter::Some;
            drop(core);
            self.report_up_to(due.up_to);
        } else if due.is_awaited && !is_reporting() {
            let is_missing = |core: &mut Core| core.events.reported < due.up_to;
            drop(self.reported.wait_timeout_while(core, PATIENCE, is_missing));
        }
    }

    /// Reports what other threads have left. Called by the thread of `teller`.
    pub(super) fn report_left(&self) {
        let mut core = self.lock_events();
        if core.events.reporter == Reporter::Asked {
            core.events.reporter = Reporter::Some;
            let up_to = core.events.queued;
            drop(core);
            self.report_up_to(up_to);
        }
    }

    fn report_up_to(&self, up_to: u64) {
        let mut core = self.lock_events();
        while let Some(event) = core.events.next(up_to) {
            drop(core);
            self.report_safely(&event);
            // It may hold the last reference to a process, whose streams are closed then.
            drop(event);
            core = self.lock_events();
            core.events.reported += 1;
            self.reported.notify_all();
        }
        if !core.events.queue.is_empty() {
            self.leave_events(core);
        }
    }

    /// Leaves the queue to the thread of `teller`. A program without that thread has no object that restarts, and so few events:
    /// then the calling thread reports them.
    fn leave_events(&self, mut core: MutexGuard<'_, Core>) {
        core.events.reporter = Reporter::Asked;
        drop(core);
        if !self.me.upgrade().is_some_and(supervisor::leave_reports) {
            self.report_left();
        }
    }

    /// A subscriber that panics neither ends this thread nor loses the events behind.
    fn report_safely(&self, event: &Event) {
        let nested = is_reporting();
        let _thread_ends = IS_REPORTING.try_with(|reporting| reporting.set(true));
        let reported = catch_unwind(AssertUnwindSafe(|| self.report(event)));
        let _thread_ends = IS_REPORTING.try_with(|reporting| reporting.set(nested));
        // The payload is code of the user as well, and may panic when it is dropped.
        reported.unwrap_or_else(std::mem::forget);
    }

    /// Nothing is queued under this guard, so it need not be a `Locked`.
    fn lock_events(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether another thread may wait for this one: then this one must not wait for a report.
fn is_reporting() -> bool {
    stream::is_reader() || IS_REPORTING.try_with(Cell::get).unwrap_or(true)
}
