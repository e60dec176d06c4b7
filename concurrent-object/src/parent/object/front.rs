//! The oldest call that the child has neither answered nor passed over: the only one that can be running.
//!
//! Knows numbers and times, all of them the parent's own but one, the child's word of when the call began. Invariant: that
//! word counts only within what the parent knows: not before the call was in front, and not long after.

use std::sync::atomic::Ordering;

use super::Object;
use super::state::ObjectState;
use crate::parent::calls::front::Front;
use crate::parent::life::backend::Backend;
use crate::transport::Transport;

impl ObjectState {
    /// What is in front now. Called once at each look, when all replies were taken in.
    pub(crate) fn note_front(&mut self, now: u64) -> Option<Front> {
        let not_before = std::mem::replace(&mut self.looked_at, now);
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
    /// When the call in this slot began, as the child says: it may be anything.
    pub(crate) fn said_to_begin(&self, slot: u16) -> u64 {
        self.channel.started_at(slot).load(Ordering::Relaxed)
    }

    /// The process, if it is starting or has something to serve.
    pub(crate) fn busy_process(&self) -> Option<Backend> {
        let state = self.lock();
        let is_busy = !state.phase.is_ready() || state.calls.slots.oldest(&state.calls.table).is_some();
        state.backend().cloned().filter(|_| is_busy)
    }
}
