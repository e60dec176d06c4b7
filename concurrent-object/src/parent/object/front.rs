//! Tracks the front: the oldest call that the child has neither answered nor skipped. Only that
//! call can be running.
//!
//! Knows numbers and times. All of them are the parent's own, except the time at which the call
//! started, which the child writes. Invariant: the child's time counts only within what the parent
//! knows: not before the call was in front, and not long after.

use std::sync::atomic::Ordering;

use super::Object;
use super::state::ObjectState;
use crate::parent::calls::front::Front;
use crate::parent::life::backend::Backend;
use crate::transport::Transport;

impl ObjectState {
    /// Returns the present front. Called once in each poll, after all replies were received.
    pub(crate) fn note_front(&mut self, now: u64) -> Option<Front> {
        let not_before = std::mem::replace(&mut self.polled_at, now);
        let oldest = if self.phase.is_ready() { self.calls.slots.oldest(&self.calls.table) } else { None };
        let before = self.front.take();
        let front = oldest.map(|(slot, call, holder)| match before.filter(|before| before.call == call) {
            Some(before) => Front { holder, ..before },
            None => Front { slot, call, holder, since: now, not_before },
        });
        self.front = front;
        front
    }
}

impl Object {
    /// Returns when the call in this slot started, as the child says. The value may be anything.
    pub(crate) fn claimed_start(&self, slot: u16) -> u64 {
        self.channel.started_at(slot).load(Ordering::Relaxed)
    }

    /// Returns the process, if it is starting or has a call to serve.
    pub(crate) fn busy_process(&self) -> Option<Backend> {
        let state = self.lock();
        let is_busy = !state.phase.is_ready() || state.calls.slots.oldest(&state.calls.table).is_some();
        state.backend().cloned().filter(|_| is_busy)
    }
}
