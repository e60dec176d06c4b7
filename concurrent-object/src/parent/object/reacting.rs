//! Has the reactor thread drive an object that only tasks wait on.
//!
//! Problem: a task waits, and no thread does. Then no thread sleeps on the doorbell, and the child
//! does not ring it, because the parent's sleep flag is not set. Way here: the object is *armed*.
//! The flag is set on behalf of the reactor thread, which sleeps on the doorbells of all such
//! objects. A thread that begins to drive disarms the object. When it leaves and only tasks wait,
//! it arms the object again.
//!
//! Knows the sleep flag, the doorbell and the reactor's watch. Invariants: the flag is set for the
//! reactor only under the lock, and while no thread drives. After it was set, the ring is checked
//! once more, so a reply that came before is not lost.

use std::io;

use super::Object;
use super::guard::DeferredEffects;
use super::state::ObjectState;
use crate::clock::Moment;
use crate::parent::life::backend::Backend;
use crate::parent::threads::reactor;
use crate::transport::doorbell::Ringer;
use crate::transport::{Bell, Transport};

/// How often one thread looks for replies before it lets other threads have the lock. A sound child
/// does not answer faster than the parent receives.
pub(crate) const MAX_LOOKS: u32 = 8;

impl Object {
    /// Has the reactor thread watch the object. From then on it can be armed.
    pub(crate) fn be_watched(&self, state: &mut ObjectState) -> io::Result<()> {
        if state.reaction.is_some() {
            return Ok(());
        }
        // The supervisor thread watches all processes of an object whose death has consequences.
        let backend = if self.identity.is_watched() { None } else { state.backend().cloned() };
        let process = backend.as_ref().map(Backend::watched);
        state.reaction = Some(reactor::watch(self.me.clone(), &self.channel.reply_bell, process)?);
        if backend.is_some_and(|backend| backend.ended().is_none()) {
            // Other code of this program has reaped the process.
            self.finish(state);
        }
        Ok(())
    }

    /// Leaves the driving to the reactor thread, unless a thread drives or no task waits.
    pub(crate) fn arm(&self, state: &mut ObjectState) {
        let is_armed = state.calls.waiters.is_armed() && !(state.is_armed_for_idle && state.calls.waiters.has_tasks());
        if state.calls.waiters.is_driven() || is_armed || state.reaction.is_none() {
            return;
        }
        let mut looks = 0;
        while (state.calls.waiters.has_tasks() || state.calls.waits_for_idle) && !state.phase.has_ended() {
            state.is_armed_for_idle = !state.calls.waiters.has_tasks();
            if !state.is_armed_for_idle {
                self.channel.parent_sleep().announce();
            } else {
                // No position: the child rings when it is about to sleep.
                self.channel.parent_sleep().announce_until(u64::MAX);
            }
            let reply = state.calls.slots.reply_position().watch(self.channel.replies());
            // The replies of a child that broke the protocol are not received.
            let is_next = reply.has_come() && state.phase.broken().is_none();
            if !is_next || looks == MAX_LOOKS {
                state.calls.waiters.arm();
                state.armed_at = Some(Moment::now());
                if state.calls.socket_is_full {
                    self.watch_socket(state);
                }
                if is_next {
                    // Other threads may want the lock: the reactor thread goes on.
                    self.channel.reply_bell.ring();
                }
                return;
            }
            looks += 1;
            self.channel.parent_sleep().clear();
            self.advance(state);
        }
    }

    /// Has the reactor thread notice when the child has nothing more to do, while calls wait in
    /// other members of the pool. Without the thread, the next use of the object notices it.
    pub(crate) fn watch_for_idle(&self, is_wanted: bool) -> Option<DeferredEffects> {
        let mut state = self.lock();
        state.calls.waits_for_idle = is_wanted && self.be_watched(&mut state).is_ok();
        self.arm(&mut state);
        state.unlock()
    }

    /// Arms an object again whose process has ended. That process may have cleared the sleep flag
    /// and then died before it rang.
    pub(crate) fn arm_again(&self, state: &mut ObjectState) {
        if let Some(reaction) = &mut state.reaction {
            reaction.forget_process();
        }
        if state.calls.waiters.disarm() {
            self.channel.parent_sleep().clear();
            self.arm(state);
        }
    }

    /// Has the reactor thread notice when the control socket has room.
    pub(crate) fn watch_socket(&self, state: &ObjectState) {
        if let (Some(reaction), Some(socket)) = (&state.reaction, self.files.socket()) {
            reaction.watch_socket(&socket);
        }
    }

    /// Receives the replies for which the child has rung. Called by the reactor thread.
    pub(crate) fn react_to_ring(&self) {
        if !self.is_ours() {
            return;
        }
        let mut state = self.lock();
        if state.calls.waiters.is_driven() {
            // The driver sleeps on the same doorbell.
            return;
        }
        Ringer::BOTH.into_iter().for_each(|ringer| self.channel.reply_bell.note_rung(ringer));
        let position = state.calls.slots.reply_position();
        if state.calls.waiters.disarm() {
            self.channel.parent_sleep().clear();
            state.armed_at.take().into_iter().for_each(|at| self.waiting.note_sleep(at.elapsed()));
        }
        self.advance(&mut state);
        // It may have been a ring of this process. The ring is checked once more before it is
        // armed.
        if position == state.calls.slots.reply_position() && self.channel.reply_bell.take_ring() {
            self.note_ring(&mut state);
        }
        self.arm(&mut state);
    }

    /// Handles the end of the process. Called by the reactor thread.
    pub(crate) fn react_to_exit(&self) {
        if self.is_ours() {
            let mut state = self.lock();
            if state.backend().is_some_and(Backend::has_ended) {
                self.finish_unless_driven(&mut state);
            }
        }
    }

    /// Ends the reactor thread's watch. Called when the object is dropped.
    pub(crate) fn end_reaction(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.reaction.take().into_iter().for_each(|reaction| reaction.end(&self.channel.reply_bell));
    }
}
