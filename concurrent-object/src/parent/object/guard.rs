//! The guard of an object's lock. It runs the queued effects after it has unlocked.
//!
//! Problem: a state change asks for system calls (doorbells) and for code of the user (wakers,
//! event subscribers). Naive way: do them at once, under the lock. Then a slow subscriber blocks
//! every thread, and a waker that uses the same object deadlocks. Way here: code that holds the
//! lock queues *effects* in the state. Dropping the guard takes the queue, unlocks, and then runs
//! it. So no caller can forget an effect, on any path. This is the command queue of a monitor.
//!
//! Knows doorbells, wakers and events. Invariant: no effect runs while the lock is held.

use std::mem;
use std::sync::{Arc, MutexGuard};
use std::task::Wake;

use super::Object;
use super::state::ObjectState;
use crate::parent::calls::effects::{CallEffects, MemberNews};
use crate::parent::calls::waiter::Waiter;
use crate::parent::life::events::Due;
use crate::parent::threads::reactor::{self, drop_safely, wake_safely};
use crate::parent::threads::{reporter, supervisor};
use crate::transport::{Bell, Transport};

/// Guard of the object's lock. Effects queued while it is held run after it is released.
pub(crate) struct ObjectGuard<'l> {
    object: &'l Object,
    state: Option<MutexGuard<'l, ObjectState>>,
}

impl<'l> ObjectGuard<'l> {
    pub(crate) fn new(object: &'l Object, state: MutexGuard<'l, ObjectState>) -> Self {
        Self { object, state: Some(state) }
    }
}

impl std::ops::Deref for ObjectGuard<'_> {
    type Target = ObjectState;

    fn deref(&self) -> &ObjectState {
        self.state.as_ref().expect("held until dropped")
    }
}

impl std::ops::DerefMut for ObjectGuard<'_> {
    fn deref_mut(&mut self) -> &mut ObjectState {
        self.state.as_mut().expect("held until dropped")
    }
}

impl Drop for ObjectGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        let Some(state) = self.state.take() else { return };
        if !state.has_effects() {
            return;
        }
        self.object.unlock_and_perform(state);
    }
}

impl ObjectGuard<'_> {
    /// Unlocks. Returns the queued effects, for a caller that must release another lock first.
    pub(crate) fn unlock(mut self) -> Option<DeferredEffects> {
        let mut state = self.state.take()?;
        // An object that is being dropped has no effects left.
        let object = self.object.me.upgrade()?;
        if !state.has_effects() {
            return None;
        }
        let due = state.events.take_due();
        let (calls, remind) = (mem::take(&mut state.calls.effects), state.remind.take());
        Some(DeferredEffects { object, calls, remind, due })
    }
}

/// Effects of an object that is unlocked.
#[must_use = "effects that are not performed are lost"]
pub(crate) struct DeferredEffects {
    object: Arc<Object>,
    calls: CallEffects,
    remind: Option<u64>,
    due: Option<Due>,
}

impl DeferredEffects {
    /// Performs the effects. No lock may be held.
    pub(crate) fn perform(self) {
        self.object.perform((self.calls, self.remind));
        if let Some(due) = self.due {
            self.object.report_due(due);
        }
    }
}

impl ObjectState {
    /// Whether effects are queued, to run once the lock is released.
    #[inline]
    pub(crate) fn has_effects(&self) -> bool {
        !self.calls.effects.is_empty() || self.remind.is_some() || self.events.are_due()
    }
}

/// Wakes threads and tasks. The waker of a task is code of the user, which may block. So the
/// supervisor thread and spawner threads leave it to the reactor thread.
fn wake_all(waiters: Vec<Waiter>) {
    let mut left = Vec::new();
    for waiter in waiters {
        match waiter {
            Waiter::Thread(parker) => parker.wake(),
            Waiter::Task(waker) if reporter::is_supervising() => left.push(waker),
            Waiter::Task(waker) => wake_safely(waker),
            Waiter::Discarded(waker) => drop_safely(waker),
        }
    }
    if !left.is_empty() {
        reactor::wake(left);
    }
}

impl Object {
    fn unlock_and_perform(&self, mut state: MutexGuard<'_, ObjectState>) {
        let due = state.events.take_due();
        let effects = (mem::take(&mut state.calls.effects), state.remind.take());
        drop(state);
        self.perform(effects);
        if let Some(due) = due {
            self.report_due(due);
        }
    }

    fn perform(&self, (calls, remind): (CallEffects, Option<u64>)) {
        if calls.ring_child {
            self.channel.request_bell().ring();
            self.waiting.note_woken();
        }
        if calls.ring_driver {
            self.channel.reply_bell.ring();
        }
        if let Some(at) = remind {
            supervisor::remind(at, self.me.clone());
        }
        if !calls.wake.is_empty() {
            wake_all(calls.wake);
        }
        if calls.news != MemberNews::None {
            self.tell_team(calls.news);
        }
        calls.unread.into_iter().for_each(|call| self.release_result(call));
    }
}
