//! How an object ends: asked to, killed, or dead of itself; and what becomes of its calls then.
//!
//! Knows the child process; why it ended is found out in `cause`. Invariant: when the object has ended every call is settled, with its result
//! if there is one, and none is accepted any more.

use std::mem;
use std::sync::atomic::Ordering;

use super::Object;
use super::state::ObjectState;
use crate::error::{CallError, CallInfo, Error, Started};
use crate::parent::calls::key::Key;
use crate::parent::calls::slots::Left;
use crate::parent::calls::table::Stage;
use crate::parent::life::end::End;
use crate::parent::life::events::EventKind;
use crate::parent::life::phase::Life;
use crate::parent::life::report::Ended;
use crate::process::reap::reap;
use crate::transport::call_state::CallPhase;
use crate::transport::ring::Entry;
use crate::transport::{Bell, Transport};

impl Object {
    /// Serves what was accepted, then ends the object. Blocks until then.
    pub(crate) fn close(&self) -> Result<(), Error> {
        self.check_ours()?;
        self.lock().shutdown.closing = true;
        self.wait_until(Key::State, None, |state| {
            (state.has_ended() || state.calls.table.unsettled() == 0).then_some(())
        });
        self.terminate()
    }

    /// Whether a call has consumed the object.
    pub(crate) fn is_consumed(&self) -> bool {
        self.lock().shutdown.last_call.is_some()
    }

    /// Gives a consumed object the grace period to serve what was accepted, then ends it. Blocks until then.
    pub(crate) fn end_consumed(&self) -> Result<(), Error> {
        self.check_ours()?;
        let is_over = |state: &mut ObjectState| (state.has_ended() || state.calls.table.unsettled() == 0).then_some(());
        match self.wait_at_most(Key::State, self.identity.grace, is_over) {
            Some(()) => self.terminate(),
            None => self.kill(),
        }
    }

    /// Ends the object after the running method, or after the grace period. Blocks until then.
    pub(crate) fn terminate(&self) -> Result<(), Error> {
        self.check_ours()?;
        self.ask_to_stop();
        match self.wait_at_most(Key::State, self.identity.grace, |state| state.is_gone().then_some(())) {
            Some(()) => Ok(()),
            None => self.kill(),
        }
    }

    pub(crate) fn check_ours(&self) -> Result<(), Error> {
        if self.is_ours() { Ok(()) } else { Err(self.forked_copy(None).into()) }
    }

    fn ask_to_stop(&self) {
        let mut state = self.lock();
        self.advance(&mut state);
        if state.has_ended() || state.shutdown.asked {
            return;
        }
        state.shutdown.asked = true;
        self.cancel_all_unstarted(&mut state);
        // Release pairs with the child's Acquire: who sees the wish also sees the calls withdrawn.
        self.channel.stop().store(1, Ordering::Release);
        self.channel.request_bell.ring();
        self.queue(&mut state, EventKind::AskedToEnd);
        self.end_if_between_lives(&mut state);
    }

    pub(crate) fn end_if_between_lives(&self, state: &mut ObjectState) {
        if state.is_between_processes() {
            self.end_between_lives(state, &End::Requested);
        }
    }

    /// Settles the calls that have not begun.
    fn cancel_all_unstarted(&self, state: &mut ObjectState) {
        let sent: Vec<_> =
            state.calls.slots.occupied().filter(|&(_, index)| state.calls.table.is_sent(index)).collect();
        for (slot, index) in sent {
            let entry = Entry { slot, call: state.calls.table.call_of(index) };
            if state.calls.slots.cancel_unstarted(&self.channel, entry) {
                self.settle_ended(state, index, Started::No, &End::Requested);
            }
        }
        for index in state.calls.backlog.drain() {
            self.settle_ended(state, index, Started::No, &End::Requested);
        }
    }

    /// The child answered nonsense. It is killed; its calls are settled when it is dead.
    pub(crate) fn break_off(&self, state: &mut ObjectState, reason: &'static str) {
        if state.shutdown.broken.is_none() && !state.has_ended() {
            self.queue(state, EventKind::Broken(reason));
            state.shutdown.broken = Some(reason);
            self.kill_child(state);
            self.look_at_killed_soon(state);
            if state.is_between_processes() {
                self.end_between_lives(state, &End::Broken(reason.into()));
            }
        }
    }

    /// A reply that was taken turned out to be nonsense. The process that wrote it is killed; a later one is not to blame.
    pub(crate) fn break_off_after(&self, info: Box<CallInfo>, reason: String) -> CallError {
        let mut state = self.lock();
        if info.pid == self.pid() {
            self.break_off(&mut state, "a result that is no message");
        }
        drop(state);
        CallError::Protocol { reason, info }
    }

    /// The child has ended: reap it, take in what it answered, settle everything else.
    pub(crate) fn finish(&self, state: &mut ObjectState) {
        if state.has_ended() {
            return;
        }
        let Some(instance) = state.instance.take() else { return };
        (state.watch, state.end_is_known) = (None, false);
        let reaped = reap(&instance.child);
        if let Some(tracer) = reaped.held_by {
            self.queue(state, EventKind::HeldByTracer(tracer));
        }
        if !state.dying.is_empty() {
            let let_go = mem::take(&mut state.dying);
            state.calls.effects.references.push(let_go);
        }
        if state.shutdown.broken.is_none() {
            self.advance(state);
        }
        let (end, death) = self.find_end(state, &instance, reaped);
        let verdict = self.decide(state, &end, death.as_ref());
        let reported_end = verdict.as_ref().err().cloned().unwrap_or_else(|| end.clone());
        self.queue(state, EventKind::Ended(Ended { end: reported_end, death: death.clone(), instance }));
        match verdict {
            Ok(at) => {
                state.restarts_after = death.filter(|_| self.identity.restart.fails_fast());
                self.prepare_next(state, &end, at);
            }
            Err(last) => {
                state.life = Life::Ended(last.clone());
                self.settle_sent(state, &last);
                for index in state.calls.backlog.drain() {
                    self.settle_ended(state, index, Started::No, &last);
                }
            }
        }
        state.calls.wake_all();
    }

    /// What was in the slots: answered counts as run, even if the child had no time to say so.
    fn settle_sent(&self, state: &mut ObjectState, end: &End) {
        let sent: Vec<_> =
            state.calls.slots.occupied().filter(|&(_, index)| state.calls.table.is_sent(index)).collect();
        for (slot, index) in sent {
            let left = state.calls.slots.left_of(&self.channel, Entry { slot, call: state.calls.table.call_of(index) });
            if let Left::Answered(payload) = &left
                && !matches!(end, End::Broken(_))
                && self.take_in_answer(state, slot, index, payload).is_ok()
            {
                continue;
            }
            state.calls.slots.vacate(slot);
            self.settle_ended(state, index, left.started(), end);
        }
    }

    pub(crate) fn settle_ended(&self, state: &mut ObjectState, index: u32, started: Started, end: &End) {
        let method = self.method_name(state.calls.table.method_of(index));
        let started = state.calls.table.had_begun(index, started);
        let mut info = self.call_info(Some(method), Some(state.calls.table.call_of(index)), started);
        info.lives_on = state.is_between_processes();
        let error = end.error(info);
        state.calls.settle(index, Stage::Failed(error));
    }

    /// Why a new call cannot be accepted, if it cannot.
    pub(crate) fn refusal(&self, state: &ObjectState, method: u32) -> Option<CallError> {
        let info = || self.call_info(Some(self.method_name(method)), None, Started::No);
        match &state.life {
            Life::Ended(end) => Some(end.error(info())),
            _ if state.shutdown.takes_no_calls() => Some(End::Requested.error(info())),
            _ => state.shutdown.broken.map(|reason| End::Broken(reason.into()).error(info())),
        }
    }
}

impl ObjectState {
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.life, Life::Ended(_))
    }
}

impl Left {
    /// Whether the call had begun.
    pub(crate) fn started(&self) -> Started {
        match self {
            Self::Waiting(_) | Self::Nothing(Some(CallPhase::Queued | CallPhase::Cancelled)) => Started::No,
            Self::Begun(_) | Self::Answered(_) | Self::Nothing(Some(_)) => Started::Yes,
            Self::Nothing(None) => Started::Unknown,
        }
    }
}
