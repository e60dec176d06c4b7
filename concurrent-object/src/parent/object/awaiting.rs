//! Waits as a future does: a poll that never blocks, and a waker that is called when there is news.
//!
//! Problem: a wait of a task costs two wake-ups, one of the reactor thread and one of the executor.
//! Most replies come sooner than these take. Way here: the first poll *looks*. It spins for two or
//! three microseconds. Then the future has itself woken, and gives way each time, for 100 µs at
//! most. Only then it is left to the reactor thread. A future looks only if its call is the only
//! one of the object, if polling has paid of late (`spin`), and if no other future of this thread
//! looks: otherwise a task with a thousand futures would look a thousand times in a row.
//!
//! Knows wait keys and wakers; the caller knows what it waits for. Invariants: a poll that returns
//! `Pending` has registered the waker, or has called it. No waker is cloned, called or dropped
//! under the lock.

use std::cell::Cell;
use std::io;
use std::task::{Context, Poll};
use std::thread;

use super::state::ObjectState;
use super::{Object, ObjectGuard};
use crate::clock::{later, now};
use crate::parent::calls::key::WaitKey;
use crate::parent::calls::waiter::Waiter;
use crate::parent::calls::waiters::WaiterNumber;
use crate::transport::Transport;
use crate::transport::yields::{YIELD_FOR, YIELDS};

/// After this many outcomes in a row that were there at the first poll, a future is pending once.
/// Otherwise a task that awaits in a loop would never give way to the other tasks of its thread.
const MAX_READY_IN_A_ROW: u32 = 32;

thread_local! {
    static READY_IN_A_ROW: Cell<u32> = const { Cell::new(0) };
    /// Until when a future of this thread looks, in nanoseconds of the monotonic clock.
    static LOOKS_UNTIL: Cell<u64> = const { Cell::new(0) };
}

/// What a future remembers between two polls. Small, because each call has it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Polled {
    /// The number under which it is registered, if it does not wait for a call.
    number: Option<WaiterNumber>,
    progress: PollProgress,
}

/// Until when a future has itself woken, in nanoseconds of the monotonic clock; or one of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct PollProgress(u64);

impl PollProgress {
    /// It was not polled yet.
    const NEW: Self = Self(0);
    /// It is left to the reactor thread, or to a thread that drives.
    const WAITS: Self = Self(u64::MAX);

    fn looks(self) -> bool {
        self != Self::NEW && self != Self::WAITS
    }
}

impl Object {
    /// Returns what `ready` returns, once it returns a value. Registers the task otherwise.
    ///
    /// Once the object has ended, `ready` must return a value. Never blocks, but may spin or yield
    /// for some microseconds.
    pub(crate) fn poll_until<T>(
        &self,
        key: WaitKey,
        context: &Context<'_>,
        polled: &mut Polled,
        mut ready: impl FnMut(&mut ObjectState) -> Option<T>,
    ) -> Poll<T> {
        let is_first = polled.progress == PollProgress::NEW;
        if is_first && gives_way() {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let (mut state, mut found) = self.try_ready(&mut ready);
        if found.is_none() && is_first && self.may_look(&state) {
            let reply = state.calls.slots.reply_position();
            drop(state);
            let reply = reply.watch(self.channel.replies());
            self.waiting.spin_briefly(self.channel.parents_cores(), || reply.has_come());
            (state, found) = self.try_ready(&mut ready);
        }
        if found.is_none() && !state.calls.has_task(key, polled.number, context.waker()) {
            drop(state);
            let waker = context.waker().clone();
            (state, found) = self.try_ready(&mut ready);
            if found.is_none() {
                if let Err(error) = self.be_watched(&mut state) {
                    drop((state, waker));
                    return poll_again(context, &error);
                }
                // The watch may have shown that the process has ended.
                found = ready(&mut state);
            }
            match found {
                None => polled.number = state.calls.register_task(key, polled.number.take(), waker),
                Some(_) => state.calls.effects.discard([Waiter::Task(waker)]),
            }
        }
        match found {
            Some(found) => {
                state.calls.unregister_task(key, polled.number.take());
                drop(state);
                note_ready(is_first, polled.progress);
                Poll::Ready(found)
            }
            None => self.remain(state, context, polled),
        }
    }

    fn try_ready<T>(&self, ready: impl FnOnce(&mut ObjectState) -> Option<T>) -> (ObjectGuard<'_>, Option<T>) {
        let mut state = self.lock();
        self.advance(&mut state);
        let found = ready(&mut state);
        (state, found)
    }

    /// Leaves a future that is registered: it looks a while longer, or waits for its waker.
    fn remain<T>(&self, mut state: ObjectGuard<'_>, context: &Context<'_>, polled: &mut Polled) -> Poll<T> {
        READY_IN_A_ROW.set(0);
        if polled.progress == PollProgress::NEW {
            polled.progress = if self.may_look(&state) { begin_look() } else { PollProgress::WAITS };
        }
        if polled.progress.looks() {
            let began = now();
            if began < polled.progress.0 && YIELDS.are_allowed() && !state.calls.waiters.is_driven() {
                drop(state);
                YIELDS.yield_once(began);
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            end_look(polled);
        }
        self.arm(&mut state);
        Poll::Pending
    }

    /// Whether polling for a while is likely to pay.
    fn may_look(&self, state: &ObjectState) -> bool {
        let is_alone = state.calls.table.unsettled() == 1 && !state.calls.waiters.is_driven();
        is_alone && self.waiting.is_patient() && now() >= LOOKS_UNTIL.get()
    }

    /// Removes the task of a future that is dropped.
    pub(crate) fn forget_task(&self, key: WaitKey, polled: &mut Polled) {
        if polled.number.is_some() && self.is_ours() {
            self.lock().calls.unregister_task(key, polled.number.take());
        }
    }
}

/// Whether a future must be pending now, so that the other tasks of the thread can run.
fn gives_way() -> bool {
    let gives_way = READY_IN_A_ROW.get() >= MAX_READY_IN_A_ROW;
    if gives_way {
        READY_IN_A_ROW.set(0);
    }
    gives_way
}

fn note_ready(is_first: bool, progress: PollProgress) {
    if is_first {
        READY_IN_A_ROW.set(READY_IN_A_ROW.get() + 1);
    }
    if progress.looks() {
        LOOKS_UNTIL.set(0);
    }
}

fn begin_look() -> PollProgress {
    let until = later(now(), YIELD_FOR);
    LOOKS_UNTIL.set(until);
    PollProgress(until)
}

fn end_look(polled: &mut Polled) {
    polled.progress = PollProgress::WAITS;
    LOOKS_UNTIL.set(0);
}

/// Has a task woken at once, which no thread could wake later.
fn poll_again<T>(context: &Context<'_>, error: &io::Error) -> Poll<T> {
    tracing::warn!(
        target: "concurrent_object::life",
        %error,
        "the reactor thread could not be started: awaited calls are polled"
    );
    thread::yield_now();
    context.waker().wake_by_ref();
    Poll::Pending
}
