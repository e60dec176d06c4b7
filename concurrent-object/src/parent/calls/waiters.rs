//! The threads and tasks that wait on an object, and which thread drives it.
//!
//! Problem: several threads wait on one object, and its one doorbell wakes only one sleeper. A
//! dedicated reader thread would cost one more wake-up for each reply. If each waiter polled the
//! ring, the waiters would compete for the lock and consume each other's doorbell. Way here:
//! *leader/follower*. One waiting thread drives: it polls the ring, sleeps on the doorbell, and
//! settles outcomes for all. The others park. A driver that leaves hands over: it wakes one parked
//! thread, which drives next.
//!
//! Knows wakers and parked threads; must not know calls.
//!
//! Invariant: at most one thread drives; each registered waker is woken once.

use std::sync::Arc;
use std::task::Waker;

use super::key::WaitKey;
use crate::parent::threads::parker::Parker;

/// The driver, and the threads and tasks that wait.
#[derive(Default)]
pub(crate) struct Waiters {
    /// What the driver itself waits for. `None` if no thread drives.
    driving: Option<WaitKey>,
    /// Parked threads. Any of them can become the driver.
    parked: Vec<Arc<Parker>>,
    pull: Vec<Waker>,
    state: Vec<Waker>,
}

impl Waiters {
    /// Whether a thread drives, and so watches the child.
    #[inline]
    pub(crate) fn is_driven(&self) -> bool {
        self.driving.is_some()
    }

    /// Whether a thread or task waits for anything except a call. (The call's record has the waker
    /// of a call.)
    #[inline]
    pub(crate) fn is_awaited(&self) -> bool {
        self.driving.is_some() || !self.pull.is_empty() || !self.state.is_empty()
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
    pub(crate) fn next_driver(&mut self) -> Option<Waker> {
        self.parked.pop().map(Waker::from)
    }

    pub(crate) fn register(&mut self, key: WaitKey, waker: Waker) {
        self.list(key).into_iter().for_each(|list| list.push(waker.clone()));
    }

    pub(crate) fn unregister(&mut self, key: WaitKey, waker: &Waker) {
        self.list(key).into_iter().for_each(|list| list.retain(|other| !other.will_wake(waker)));
    }

    /// Moves the wakers of `key` into `woken`. Returns true if the driver itself waits for `key`.
    pub(crate) fn wake(&mut self, key: WaitKey, woken: &mut Vec<Waker>) -> bool {
        self.list(key).into_iter().for_each(|list| woken.append(list));
        self.driving == Some(key)
    }

    fn list(&mut self, key: WaitKey) -> Option<&mut Vec<Waker>> {
        match key {
            WaitKey::Call(_) => None,
            WaitKey::Pull => Some(&mut self.pull),
            WaitKey::State => Some(&mut self.state),
        }
    }
}
