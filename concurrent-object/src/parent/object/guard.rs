//! The guard of an object's lock, and the effects that it runs after unlocking.
//!
//! Knows doorbells, wakers and events. Invariant: no effect runs while the lock is held, because it may be
//! code of the user, or slow.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::MutexGuard;
use std::task::Waker;

use super::Object;
use super::state::ObjectState;
use crate::parent::calls::effects::CallEffects;
use crate::parent::threads::supervisor;
use crate::transport::Bell;

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
    fn drop(&mut self) {
        let Some(mut state) = self.state.take() else { return };
        if !state.has_effects() {
            return;
        }
        let due = state.events.take_due();
        let effects = (mem::take(&mut state.calls.effects), state.remind.take());
        drop(state);
        self.object.perform(effects);
        if let Some(due) = due {
            self.object.report_due(due);
        }
    }
}

impl ObjectState {
    /// Whether anything is to be done once the lock is released.
    #[inline]
    pub(crate) fn has_effects(&self) -> bool {
        !self.calls.effects.is_empty() || self.remind.is_some() || self.events.are_due()
    }
}

/// A waker may be code of the user. Its panic ends neither the supervisor thread, nor a thread that panics already and unlocks.
fn wake_safely(waker: Waker) {
    let woken = catch_unwind(AssertUnwindSafe(|| waker.wake()));
    // The payload may panic when it is dropped.
    woken.unwrap_or_else(mem::forget);
}

impl Object {
    fn perform(&self, (calls, remind): (CallEffects, Option<u64>)) {
        if calls.ring_child {
            self.channel.request_bell.ring();
            self.waiting.note_woken();
        }
        if calls.ring_driver {
            self.channel.reply_bell.ring();
        }
        if let Some(at) = remind {
            supervisor::remind(at, self.me.clone());
        }
        calls.wake.into_iter().for_each(wake_safely);
    }
}
