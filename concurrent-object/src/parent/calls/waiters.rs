//! The threads and tasks that wait on an object, and which thread drives it.
//!
//! Knows wakers and parked threads. Invariant: at most one thread drives; each registered waker is woken once.

use std::sync::Arc;
use std::task::Waker;

use super::key::WaitKey;
use crate::parent::threads::parker::Parker;

/// Which thread drives, and which threads and tasks wait.
#[derive(Default)]
pub(crate) struct Waiters {
    /// What the driving thread itself waits for.
    driving: Option<WaitKey>,
    /// Threads that could drive.
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

    /// Whether anything waits but for calls. (What waits for a call is registered with that call.)
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

    /// One of the parked threads, to be woken so that it drives.
    pub(crate) fn next_driver(&mut self) -> Option<Waker> {
        self.parked.pop().map(Waker::from)
    }

    pub(crate) fn register(&mut self, key: WaitKey, waker: Waker) {
        self.list(key).into_iter().for_each(|list| list.push(waker.clone()));
    }

    pub(crate) fn unregister(&mut self, key: WaitKey, waker: &Waker) {
        self.list(key).into_iter().for_each(|list| list.retain(|other| !other.will_wake(waker)));
    }

    /// Moves the wakers of `key` into `woken`. True if the driving thread itself waits for it.
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
