//! Ends calls early, for a limit or for a caller: cancelled before the start, requested to end, or
//! abandoned.
//!
//! Problem: the child starts and answers calls while the parent decides to end them. Naive way:
//! read the state, then act on it. Then a call could start after its caller was told that it never
//! ran, or SIGKILL could hit the next call. Way here: parent and child move each call's state word
//! with compare-exchange, and the loser has no effect. So a cancelled call never runs, and a kill
//! never hits a later call. A call that runs is first asked to end, and abandoned after the grace
//! period.
//!
//! Knows call states; when a limit is over is in `deadlines`. Invariant: a call is abandoned by
//! force, against the state word, only when the parent's own clock says that its time is over.

use std::mem;
use std::time::Duration;

use super::Object;
use super::deadlines::PROTOCOL_VIOLATION;
use super::state::ObjectState;
use crate::clock::{self, later};
use crate::error::{CallError, CallId, Started};
use crate::parent::calls::key::CallKey;
use crate::parent::calls::table::Stage;
use crate::parent::calls::timing::{CancelReason, CancelRequest, Recall};
use crate::parent::life::backend::Backend;
use crate::parent::life::events::EventKind;
use crate::parent::life::phase::KillReason;
use crate::parent::pauses::check_interval;
use crate::protocol::method::is_internal;
use crate::transport::Transport;
use crate::transport::call_state::CallPhase;
use crate::transport::ring::Entry;

impl Object {
    /// Requests the cancellation of a running method. The method may check for it.
    pub(crate) fn request_cancellation(&self, state: &mut ObjectState, index: u32, cancel_request: CancelRequest) {
        state.calls.table.timing_mut(index).cancel_request = Some(cancel_request);
        let call = state.calls.table.call_of(index);
        self.queue(state, EventKind::CancellationRequested(self.method_name(state.calls.table.method_of(index)), call));
        self.channel.cancel().request(call);
        self.wake_for_cancellation(state);
        state.backend().into_iter().for_each(|backend| backend.pass_on_cancellation(call));
    }

    /// Cancels a call that has not started. Returns false if it has.
    pub(crate) fn cancel_queued(
        &self,
        state: &mut ObjectState,
        slot: Option<u16>,
        index: u32,
        reason: CancelReason,
    ) -> bool {
        let call = state.calls.table.call_of(index);
        match slot {
            None => state.calls.backlog.remove(call),
            Some(slot) if state.calls.slots.cancel_unstarted(&self.channel, Entry { slot, call }) => {
                // The child must skip the call soon: check that it does.
                state.poll_at(later(clock::now(), check_interval(self.identity.limits.cancel_grace)));
            }
            Some(_) => return false,
        }
        state.calls.streams.find(index).into_iter().for_each(|open| open.source.set_slot(None));
        let error = self.ended_early(state, index, reason, Duration::ZERO, false, Started::No);
        state.calls.settle(index, Stage::Failed(error));
        true
    }

    /// Abandons a call: kills the child, unless the call is no longer running. With `by_force`,
    /// kills it whatever the state word says.
    pub(crate) fn abandon(
        &self,
        state: &mut ObjectState,
        entry: Entry,
        index: u32,
        cancel_request: CancelRequest,
        by_force: bool,
    ) {
        let started = match self.channel.state(entry.slot).phase_of(entry.call) {
            Some(CallPhase::Running | CallPhase::Answered) => Started::Yes,
            _ => Started::Unknown,
        };
        if state.calls.streams.has(index) {
            // Its items may be read on, so the slot stays with the call.
            if !self.channel.state(entry.slot).kill(entry.call) && !by_force {
                return;
            }
            state.calls.streams.abandon(index);
        } else if !state.calls.slots.abandon(&self.channel, entry) {
            if !by_force {
                return;
            }
            state.calls.slots.leave_to_child(entry);
        }
        let method = self.method_name(state.calls.table.method_of(index));
        // The child may read what the call refers to until the child is dead.
        let references = state.calls.table.take_references(index);
        let released = match state.phase.running_mut() {
            Some(running) => mem::replace(&mut running.retained, references),
            None => references,
        };
        // Not dropped under the lock: the last reference to a loan takes the lock.
        state.calls.effects.references.push(released);
        let (call, reason) = (CallId::new(entry.call), cancel_request.reason);
        self.kill_for(state, KillReason::Abandoned { method, call, reason });
        let error = self.ended_early(state, index, cancel_request.reason, cancel_request.ran_for, true, started);
        state.calls.settle(index, Stage::Failed(error));
    }

    /// Kills the child because it has not skipped this cancelled call in time: it runs another
    /// call.
    pub(crate) fn abandon_skipped(&self, state: &mut ObjectState, entry: Entry) {
        let method = state.calls.slots.method_of(&self.channel, entry).map_or("", |method| self.method_name(method));
        let (call, reason) = (CallId::new(entry.call), CancelReason::TimedOut);
        self.kill_for(state, KillReason::Abandoned { method, call, reason });
    }

    /// Returns the outcome of a call that was answered after its cancellation was requested.
    pub(crate) fn cancelled_outcome(&self, state: &ObjectState, slot: u16, index: u32) -> Option<CallError> {
        let CancelRequest { ran_for, reason, .. } = state.calls.table.timing_of(index).cancel_request?;
        // Only a bridge answers a call that it has cancelled: the call has not begun elsewhere.
        let is_cancelled = self.phase(state, Some(slot), index) == Some(CallPhase::Cancelled);
        let started = if is_cancelled { Started::No } else { Started::Yes };
        Some(self.ended_early(state, index, reason, ran_for, false, started))
    }

    pub(crate) fn ended_early(
        &self,
        state: &ObjectState,
        index: u32,
        reason: CancelReason,
        ran_for: Duration,
        killed: bool,
        started: Started,
    ) -> CallError {
        let method = self.method_name(state.calls.table.method_of(index));
        let mut info = self.call_info(
            Some(method),
            Some(state.calls.table.call_of(index)),
            state.calls.table.had_started(index, started),
        );
        // A thread cannot be killed: `kill_for` has left it behind.
        info.is_left_behind = killed && state.backend().is_some_and(Backend::is_thread);
        let killed = killed && !info.is_left_behind;
        info.lives_on = killed && self.may_restart(state);
        match reason {
            CancelReason::TimedOut => CallError::TimedOut { ran_for, killed, info },
            CancelReason::Cancelled => CallError::Cancelled { ran_for, killed, info },
            CancelReason::Ended => CallError::Ended { info },
        }
    }

    /// Ends a call early: cancels it if it has not started, and requests its cancellation if it
    /// has.
    pub(crate) fn cancel(&self, key: CallKey) {
        self.cancel_locked(&mut self.poll(), key);
    }

    /// Cancels a call, if its record is still its own.
    pub(crate) fn cancel_if_open(&self, key: CallKey) {
        let mut state = self.poll();
        if state.calls.table.is_open(key) {
            self.cancel_locked(&mut state, key);
        }
    }

    /// Cancels a call, if it has not started.
    pub(crate) fn cancel_if_queued(&self, state: &mut ObjectState, index: u32) -> bool {
        let slot = state.calls.slots.slot_of(index);
        let is_cancelled = self.phase(state, slot, index) == Some(CallPhase::Queued)
            && self.cancel_queued(state, slot, index, CancelReason::Cancelled);
        if is_cancelled {
            self.send_waiting(state);
        } else if let Some(slot) = slot {
            self.recall(state, slot, index, Recall::End);
        }
        is_cancelled
    }

    /// Cancels a call, if it has not started, and if its record is still its own.
    pub(crate) fn cancel_if_waiting(&self, key: CallKey) {
        let mut state = self.poll();
        if state.calls.table.is_open(key) {
            self.cancel_if_queued(&mut state, key.index());
        }
    }

    fn cancel_locked(&self, state: &mut ObjectState, key: CallKey) {
        let index = key.index();
        if state.calls.table.is_settled(key)
            || (state.phase.has_ended() && !state.calls.backlog.holds(key.call))
            || state.calls.table.timing_of(index).cancel_request.is_some()
        {
            return;
        }
        let slot = state.calls.slots.slot_of(index);
        match (slot, self.phase(state, slot, index)) {
            (_, Some(CallPhase::Queued)) if self.cancel_queued(state, slot, index, CancelReason::Cancelled) => {
                self.send_waiting(state)
            }
            // The call may have started just now.
            (Some(slot), Some(CallPhase::Queued | CallPhase::Running | CallPhase::Answered)) => {
                self.request_cancellation_of(state, key, slot, CancelReason::Cancelled);
            }
            // Only a bridge passes calls on.
            (Some(slot), Some(CallPhase::PassedOn)) if self.is_bridged() => {
                self.request_cancellation_of(state, key, slot, CancelReason::Cancelled);
            }
            _ => self.break_off(state, PROTOCOL_VIOLATION),
        }
    }

    /// Requests the cancellation of the call that runs, if there is one, because its object is to
    /// end at once.
    pub(crate) fn cancel_running(&self, state: &mut ObjectState) {
        if let Some((slot, index)) = self.find_running(state)
            && state.calls.table.timing_of(index).cancel_request.is_none()
        {
            let key = CallKey::new(index, state.calls.table.call_of(index));
            self.request_cancellation_of(state, key, slot, CancelReason::Ended);
        }
    }

    /// Returns the slot and the record of the call that runs, as its state word says.
    pub(crate) fn find_running(&self, state: &ObjectState) -> Option<(u16, u32)> {
        let runs = |&(slot, index): &(u16, u32)| self.phase(state, Some(slot), index) == Some(CallPhase::Running);
        state.calls.slots.occupied().find(runs)
    }

    /// Requests the cancellation of a started call. A call that is answered, as the child says,
    /// gets the request too: the parent does not yet know that a reply will come.
    fn request_cancellation_of(&self, state: &mut ObjectState, key: CallKey, slot: u16, reason: CancelReason) {
        // A sound child that set the state to answered has published its reply, or is about to.
        self.advance(state);
        if state.calls.table.is_settled(key) {
            return;
        }
        let now = clock::now();
        let spawned_at = state.phase.running().map_or(now, |running| running.spawned_at);
        let began = self.claimed_start(slot).clamp(spawned_at.min(now), now);
        let ran_for = Duration::from_nanos((now - began).saturating_sub(state.stops.within(began, now)));
        self.request_cancellation(state, key.index(), CancelRequest { at: now, ran_for, reason });
        state.poll_at(later(now, check_interval(self.identity.limits.cancel_grace)));
    }

    /// Sets how long this call may run, counted from the start of its method.
    pub(crate) fn set_timeout(&self, key: CallKey, timeout: Duration) {
        let mut state = self.poll();
        if !state.calls.table.is_settled(key) {
            state.calls.table.timing_mut(key.index()).timeout = Some(timeout);
            self.poll_when_sent(&mut state, key.index());
        }
    }

    /// Schedules the first poll for an accepted call.
    #[inline]
    pub(crate) fn note_limits(&self, state: &mut ObjectState, key: CallKey) {
        if self.identity.limits.include_calls() {
            self.note_limits_of(state, key);
        }
    }

    fn note_limits_of(&self, state: &mut ObjectState, key: CallKey) {
        // If a call of the library were cancelled, the child would keep what it should release.
        if is_internal(state.calls.table.method_of(key.index())) {
            return;
        }
        if let Some(queue_timeout) = self.identity.limits.queue_timeout {
            let now = clock::now();
            state.calls.table.timing_mut(key.index()).queued_at = Some(now);
            state.poll_at(later(now, check_interval(queue_timeout).min(queue_timeout)));
        }
        self.poll_when_sent(state, key.index());
    }

    /// Schedules the poll for a call that is in a slot, and may start at once. A call in the
    /// backlog gets its poll when it gets a slot.
    #[inline]
    pub(crate) fn poll_when_sent(&self, state: &mut ObjectState, index: u32) {
        if self.identity.limits.include_calls() || state.calls.table.timing_of(index).own_limit().is_some() {
            self.poll_at_sent(state, index);
        }
    }

    fn poll_at_sent(&self, state: &mut ObjectState, index: u32) {
        if self.is_bridged() {
            self.pass_on_limits(state, index);
        }
        let of_method = self.identity.limits.of(state.calls.table.method_of(index));
        let limit = state.calls.table.timing_of(index).own_limit().or(of_method);
        if let (Some(limit), true) = (limit, state.calls.table.is_sent(index)) {
            state.poll_at(later(clock::now(), check_interval(limit).min(limit)));
        }
    }
}
