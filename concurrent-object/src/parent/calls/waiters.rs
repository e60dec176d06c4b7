//! The threads and tasks that wait on an object, and which thread drives it.
//!
//! Problem: several threads wait on one object, and its one doorbell wakes only one sleeper. A
//! dedicated reader thread would cost one more wake-up for each reply. If each waiter polled the
//! ring, the waiters would compete for the lock and consume each other's doorbell. Way here:
//! *leader/follower*. One waiting thread drives: it polls the ring, sleeps on the doorbell, and
//! settles outcomes for all. The others park. A driver that leaves hands over: it wakes one parked
//! thread, which drives next. Tasks cannot drive. If tasks wait and no thread does, the reactor
//! thread drives: the object is *armed*.
//!
//! Knows waiters; must not know calls.
//!
//! Invariant: at most one thread drives; each registered waiter is woken once.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::task::Waker;

use super::key::WaitKey;
use super::waiter::Waiter;
use crate::parent::threads::parker::Parker;

/// Identifies a waiter for a pull or a state. Two futures of one task have the same waker, but not
/// the same number.
pub(crate) type WaiterNumber = NonZeroU64;

/// The driver, and the threads and tasks that wait.
#[derive(Default)]
pub(crate) struct Waiters {
    /// What the driver itself waits for. `None` if no thread drives.
    driving: Option<WaitKey>,
    /// Whether the parent's sleep flag is set on behalf of the reactor thread. No thread drives
    /// then.
    is_armed: bool,
    /// Parked threads. Any of them can become the driver.
    parked: Vec<Arc<Parker>>,
    pull: Vec<(WaiterNumber, Waiter)>,
    state: Vec<(WaiterNumber, Waiter)>,
    last_number: u64,
    /// The number of registered tasks, those that wait for a call included.
    tasks: usize,
}

impl Waiters {
    /// Whether a thread drives, and so watches the child.
    #[inline]
    pub(crate) fn is_driven(&self) -> bool {
        self.driving.is_some()
    }

    /// Whether a thread or task waits for anything except a call. (The call's record has the waiter
    /// of a call.)
    #[inline]
    pub(crate) fn is_awaited(&self) -> bool {
        self.driving.is_some() || !self.pull.is_empty() || !self.state.is_empty()
    }

    /// Whether no thread drives or is parked, and no task waits.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        !self.is_awaited() && self.parked.is_empty() && !self.has_tasks()
    }

    /// Whether a task waits, so that the reactor thread must drive if no thread does.
    #[inline]
    pub(crate) fn has_tasks(&self) -> bool {
        self.tasks > 0
    }

    /// Whether the reactor thread drives.
    #[inline]
    pub(crate) fn is_armed(&self) -> bool {
        self.is_armed
    }

    pub(crate) fn arm(&mut self) {
        self.is_armed = true;
    }

    /// Ends the reactor thread's turn. Returns whether the object was armed.
    #[inline]
    pub(crate) fn disarm(&mut self) -> bool {
        std::mem::take(&mut self.is_armed)
    }

    /// Counts a task that was registered with a call or replaced there.
    pub(crate) fn count_task(&mut self, is_new: bool, is_gone: bool) {
        self.tasks = self.tasks + usize::from(is_new) - usize::from(is_gone);
    }

    pub(crate) fn begin_driving(&mut self, key: WaitKey) {
        self.driving = Some(key);
    }

    pub(crate) fn stop_driving(&mut self) {
        self.driving = None;
    }

    pub(crate) fn park(&mut self, parker: Arc<Parker>) {
        self.parked.push(parker);
    }

    pub(crate) fn unpark(&mut self, parker: &Arc<Parker>) {
        self.parked.retain(|other| !Arc::ptr_eq(other, parker));
    }

    /// Takes one of the parked threads, to be woken so that it drives.
    pub(crate) fn next_driver(&mut self) -> Option<Waiter> {
        self.parked.pop().map(Waiter::Thread)
    }

    /// Registers a waiter for a pull or a state. Returns the number under which it is known.
    pub(crate) fn register(&mut self, key: WaitKey, waiter: Waiter) -> WaiterNumber {
        self.last_number += 1;
        self.count_task(waiter.is_task(), false);
        let number = NonZeroU64::new(self.last_number).expect("it counts from 1");
        if let Some(list) = self.list(key) {
            list.push((number, waiter));
        }
        number
    }

    /// Removes a waiter, if it was not woken. The caller drops it without the lock.
    pub(crate) fn unregister(&mut self, key: WaitKey, number: WaiterNumber) -> Option<Waiter> {
        let list = self.list(key)?;
        let at = list.iter().position(|&(other, _)| other == number)?;
        let (_, waiter) = list.swap_remove(at);
        self.count_task(false, waiter.is_task());
        Some(waiter)
    }

    /// Whether the waiter with this number would wake this task.
    pub(crate) fn has_task(&mut self, key: WaitKey, number: WaiterNumber, waker: &Waker) -> bool {
        let list = self.list(key);
        list.is_some_and(|list| list.iter().any(|(other, waiter)| *other == number && waiter.will_wake(waker)))
    }

    /// Moves the waiters for `key` into `woken`. Returns true if the driver itself waits for `key`.
    pub(crate) fn wake(&mut self, key: WaitKey, woken: &mut Vec<Waiter>) -> bool {
        let before = woken.len();
        self.list(key).into_iter().for_each(|list| woken.extend(list.drain(..).map(|(_, waiter)| waiter)));
        self.tasks -= woken[before..].iter().filter(|waiter| waiter.is_task()).count();
        self.driving == Some(key) || self.driving == Some(WaitKey::Any)
    }

    fn list(&mut self, key: WaitKey) -> Option<&mut Vec<(WaiterNumber, Waiter)>> {
        match key {
            WaitKey::Call(_) | WaitKey::Any => None,
            WaitKey::Pull => Some(&mut self.pull),
            WaitKey::State => Some(&mut self.state),
        }
    }
}
