//! Reports the events of an object in order, each with the process that it belongs to.
//!
//! Problem: a subscriber and a hook are code of the user, so they are called without the object's
//! lock. Naive way: each thread reports its own events after it has unlocked. Then threads overtake
//! each other, and an event may show the pid of a later process. Way here: an event is queued under
//! the lock, with the pid and the incarnation of that moment. At most one thread at a time takes
//! events of an object from the queue and reports them; other threads leave theirs to it. The
//! technique is a combining queue. The supervisor thread never reports: it leaves its events to the
//! reporter thread.
//!
//! Knows the queue and the threads; the texts are in `death_report`. Invariants: events of one
//! object are reported one after another, in the order in which the lock was held. A thread reports
//! no more events than were queued when it unlocked, so a fast restart loop cannot keep a caller
//! reporting.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use super::Object;
use super::state::ObjectState;
use crate::parent::life::events::{Due, EventKind, LifeEvent};
use crate::parent::threads::{reporter, supervisor};
use crate::process::output;

/// How long a thread that noticed a death waits for another thread to report it.
const PATIENCE: Duration = Duration::from_secs(1);

// Whether this thread is inside a subscriber or a hook that it was asked to call from here.
thread_local!(static IS_REPORTING: Cell<bool> = const { Cell::new(false) });

impl Object {
    /// Queues an event of the present process.
    pub(crate) fn queue(&self, state: &mut ObjectState, kind: EventKind) {
        let (pid, incarnation) = (self.pid.load(Ordering::Relaxed), self.incarnation());
        state.events.push(LifeEvent { pid, incarnation, kind });
    }

    /// Reports events after unlocking, or leaves them to another thread.
    pub(crate) fn report_due(&self, due: Due) {
        let mut state = self.lock_events();
        if state.events.are_reported(due.up_to) {
            return;
        }
        if reporter::is_supervising() {
            if state.events.have_no_reporter() {
                self.leave_events(state);
            }
        } else if state.events.begin_reporting() {
            drop(state);
            self.report_up_to(due.up_to);
        } else if due.is_awaited && !is_reporting() {
            let is_missing = |state: &mut ObjectState| !state.events.are_reported(due.up_to);
            drop(self.reported.wait_timeout_while(state, PATIENCE, is_missing));
        }
    }

    /// Reports the events that other threads have left. Called by the reporter thread.
    pub(crate) fn report_left_events(&self) {
        let up_to = self.lock_events().events.begin_as_reporter();
        up_to.into_iter().for_each(|up_to| self.report_up_to(up_to));
    }

    fn report_up_to(&self, up_to: u64) {
        let mut state = self.lock_events();
        while let Some(event) = state.events.next(up_to) {
            drop(state);
            self.report_safely(&event);
            // The event may hold the last reference to a process. Dropping it closes the process's
            // streams.
            drop(event);
            state = self.lock_events();
            state.events.note_reported();
            self.reported.notify_all();
        }
        if !state.events.is_empty() {
            self.leave_events(state);
        }
    }

    /// Leaves the queue to the reporter thread. A program without that thread has no object that
    /// restarts, and so has few events. There the calling thread reports them.
    fn leave_events(&self, mut state: MutexGuard<'_, ObjectState>) {
        state.events.leave_to_reporter();
        drop(state);
        if !self.me.upgrade().is_some_and(|object| supervisor::leave_reports(object)) {
            self.report_left_events();
        }
    }

    /// Reports an event and catches a panic of the subscriber. The panic must not end this thread,
    /// or lose the events behind this one.
    fn report_safely(&self, event: &LifeEvent) {
        let nested = is_reporting();
        let _thread_ends = IS_REPORTING.try_with(|reporting| reporting.set(true));
        let reported = catch_unwind(AssertUnwindSafe(|| self.report(event)));
        let _thread_ends = IS_REPORTING.try_with(|reporting| reporting.set(nested));
        // Dropping the payload runs code of the user too, and may panic.
        reported.unwrap_or_else(std::mem::forget);
    }

    /// Locks without an `ObjectGuard`: no effect is queued under this guard.
    fn lock_events(&self) -> MutexGuard<'_, ObjectState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether another thread may wait for this one. If so, this thread must not wait for a report.
fn is_reporting() -> bool {
    output::is_reader() || IS_REPORTING.try_with(Cell::get).unwrap_or(true)
}
