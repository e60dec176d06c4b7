//! An object that died is made anew: what survives is put in order for the next process, which the spawner thread then spawns.
//!
//! Knows slots and rings. The files are used again: the old process was reaped, so nobody has them mapped, and descriptors of
//! them it had none. Invariants: between two lives nobody reads the rings, so they may be written anew; a call that had begun is not
//! run again, unless its method may be, and then once; the others keep their order, or, if the policy says so, all fail.

use std::sync::Arc;

use super::Object;
use super::state::ObjectState;
use crate::clock;
use crate::error::{CallError, Death, PushErrorKind, StartError, Started};
use crate::parent::calls::slots::{Left, Survivor};
use crate::parent::calls::table::Stage;
use crate::parent::life::end::End;
use crate::parent::life::events::EventKind;
use crate::parent::life::phase::Life;
use crate::parent::life::restart_policy::RestartDecision;
use crate::protocol::method::TRIM;
use crate::shared::file::SharedFile;
use crate::transport::Transport;
use crate::transport::call_state::CallPhase;
use crate::transport::ring::Entry;

/// Between two attempts to make a process, in nanoseconds: whatever the policy says, this is no loop.
const LEAST_PAUSE: u64 = 1_000_000;

impl Object {
    /// Whether there will be another life after this death, and when; or the end, if there were enough.
    pub(crate) fn decide(&self, state: &mut ObjectState, end: &End, death: Option<&Arc<Death>>) -> Result<u64, End> {
        let death = death.filter(|_| self.is_restartable(state) && !matches!(end, End::Broken(_) | End::Requested));
        let Some(death) = death else { return Err(end.clone()) };
        match state.restarts.decide(&self.identity.restart, clock::now()) {
            RestartDecision::At(at) => Ok(at),
            RestartDecision::Enough(count) => Err(End::Exhausted { count, last: death.clone() }),
            RestartDecision::Never => Err(end.clone()),
        }
    }

    /// Whether a death now would be followed by another life.
    pub(crate) fn may_restart(&self, state: &ObjectState) -> bool {
        self.is_restartable(state) && state.restarts.may_be_more(&self.identity.restart, clock::now())
    }

    fn is_restartable(&self, state: &ObjectState) -> bool {
        let was_asked = state.shutdown.asked || state.shutdown.killed || self.is_used_up(state);
        self.spawn_spec.is_some() && state.was_ready && !was_asked
    }

    /// Whether the last call that there will be has begun. If not, the calls before it are to be served, and so is it.
    fn is_used_up(&self, state: &ObjectState) -> bool {
        let Some(last) = state.shutdown.last_call else { return false };
        let waits_in = |slot| self.channel.state(slot).phase_of(last.call) == Some(CallPhase::Queued);
        let mut sent = state
            .calls
            .slots
            .occupied()
            .filter(|&(_, index)| index == last.index() && state.calls.table.is_sent(index));
        !state.calls.backlog.holds(last.call) && !sent.any(|(slot, _)| waits_in(slot))
    }

    /// Settles what the dead process had begun, and puts the rest in order for the next one.
    pub(crate) fn prepare_next(&self, state: &mut ObjectState, end: &End, at: u64) {
        let survivors = self.survivors(state, end);
        state.calls.slots.reset(&self.channel, survivors);
        state.shutdown.reset();
        self.reset_unsaved(state);
        state.life = Life::Starting;
        self.files.hang_up();
        state.restart_at = Some(at);
        state.look_at(at);
        self.queue(state, EventKind::WillRestart);
        self.send_waiting(state);
    }

    fn survivors(&self, state: &mut ObjectState, end: &End) -> Vec<Survivor> {
        let sent: Vec<_> =
            state.calls.slots.occupied().filter(|&(_, index)| state.calls.table.is_sent(index)).collect();
        let mut survivors = Vec::new();
        for (slot, index) in sent {
            let entry = Entry { slot, call: state.calls.table.call_of(index) };
            match state.calls.slots.left_of(&self.channel, entry) {
                Left::Answered(payload) if self.take_in_answer(state, slot, index, &payload).is_ok() => {}
                Left::Waiting(payload)
                    if state.restarts_after.is_none() && state.calls.table.method_of(index) != TRIM =>
                {
                    survivors.push(Survivor { entry, payload });
                }
                Left::Begun(payload) if self.may_run_again(state, index) => survivors.push(Survivor { entry, payload }),
                left => {
                    state.calls.free_slot(slot);
                    match self.restarting(state, index).filter(|_| matches!(left, Left::Waiting(_))) {
                        Some(error) => state.calls.settle(index, Stage::Failed(error)),
                        None => self.settle_ended(state, index, left.started(), end),
                    }
                }
            }
        }
        if state.restarts_after.is_some() {
            for index in state.calls.backlog.drain() {
                let error = self.restarting(state, index);
                error.into_iter().for_each(|error| state.calls.settle(index, Stage::Failed(error)));
            }
        }
        survivors
    }

    /// Why this call, which had not begun, does not wait for the next process, if it does not.
    fn restarting(&self, state: &ObjectState, index: u32) -> Option<CallError> {
        let (method, call) = (state.calls.table.method_of(index), state.calls.table.call_of(index));
        let last = state.restarts_after.clone()?;
        Some(CallError::Restarting {
            last,
            info: self.call_info(Some(self.method_name(method)), Some(call), Started::No),
        })
    }

    /// Whether a new call is accepted.
    pub(crate) fn check_accepts(&self, state: &mut ObjectState, method: u32) -> Result<(), PushErrorKind> {
        if state.restarts_after.is_some() {
            // It may be ready again, and nobody has heard of it.
            self.advance(state);
        }
        let info = || self.call_info(Some(self.method_name(method)), None, Started::No);
        match (self.refusal(state, method), state.restarts_after.clone()) {
            (Some(gone), _) => Err(PushErrorKind::Gone(gone)),
            (None, Some(last)) => Err(PushErrorKind::Restarting(CallError::Restarting { last, info: info() })),
            (None, None) => Ok(()),
        }
    }

    /// Whether a call that was running may be run once more. It is remembered that it was.
    fn may_run_again(&self, state: &mut ObjectState, index: u32) -> bool {
        let timing = state.calls.table.timing_of(index);
        let may = self.identity.idempotent.contains(&state.calls.table.method_of(index));
        if !may || timing.cancel_request.is_some() || timing.is_second || state.restarts_after.is_some() {
            return false;
        }
        let timing = state.calls.table.timing_mut(index);
        // It has begun in time.
        (timing.is_second, timing.queued_at) = (true, None);
        true
    }

    /// Has the next process spawned, if its time has come. When to look again.
    pub(crate) fn restart_now(&self, state: &mut ObjectState, now: u64) -> Option<u64> {
        let at = state.restart_at?;
        if now < at {
            return Some(at);
        }
        state.restart_at = None;
        let spawner = &self.spawn_spec.as_ref()?.next.as_ref()?.spawner;
        let object = self.me.upgrade()?;
        state.is_spawning = true;
        spawner.order(object);
        None
    }

    /// The next process could not be made. What the system lacks now, it may have later: that counts as a restart.
    pub(crate) fn try_again(&self, state: &mut ObjectState, error: StartError, now: u64) {
        self.queue(state, EventKind::NotSpawned(error.clone()));
        match state.restarts.decide(&self.identity.restart, now) {
            RestartDecision::At(at) if error.is_transient() => state.restart_at = Some(at.max(now + LEAST_PAUSE)),
            _ => self.end_between_lives(state, &End::NotConstructed(Arc::new(error))),
        }
    }

    /// What the constructor's arguments and the calls that were sent refer to.
    pub(crate) fn files_of_all(&self, state: &ObjectState) -> Vec<Arc<SharedFile>> {
        let mut files = self.kept.files.clone();
        for (_, index) in state.calls.slots.occupied().filter(|&(_, index)| state.calls.table.is_sent(index)) {
            for file in state.calls.table.files_of(index) {
                if !files.iter().any(|other| Arc::ptr_eq(other, file)) {
                    files.push(file.clone());
                }
            }
        }
        files
    }

    /// There is no process, and there will be none: everything that was accepted is settled.
    pub(crate) fn end_between_lives(&self, state: &mut ObjectState, end: &End) {
        state.restart_at = None;
        state.life = Life::Ended(end.clone());
        let sent: Vec<_> =
            state.calls.slots.occupied().filter(|&(_, index)| state.calls.table.is_sent(index)).collect();
        for (slot, index) in sent {
            state.calls.free_slot(slot);
            self.settle_ended(state, index, Started::No, end);
        }
        for index in state.calls.backlog.drain() {
            self.settle_ended(state, index, Started::No, end);
        }
        state.calls.wake_all();
    }
}

impl ObjectState {
    /// Whether the object has ended, and no process of it is left.
    pub(crate) fn is_gone(&self) -> bool {
        self.has_ended() && !self.is_spawning
    }

    /// Whether the object has no process at the moment, and waits for its next one.
    pub(crate) fn is_between_processes(&self) -> bool {
        self.instance.is_none() && !self.has_ended()
    }
}
