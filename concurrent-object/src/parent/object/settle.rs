//! Settles the calls that have no outcome yet, when their process stops or dies, or when no further
//! process comes.
//!
//! Knows call states and causes: each cause is a `Verdict`, and only this file decides what it
//! means for a call. Invariants: after `End` no call is unsettled. A call that was answered has its
//! result, even if the child had no time to publish it. A call that had started runs again only if
//! its method is idempotent, and then once. The other calls keep their order.

use std::mem;

use super::Object;
use super::state::ObjectState;
use crate::error::{CallError, Started};
use crate::parent::calls::backlog::Backlog;
use crate::parent::calls::slots::{Left, Survivor};
use crate::parent::calls::table::Stage;
use crate::parent::life::end::End;
use crate::protocol::method::is_internal;
use crate::transport::call_state::CallPhase;
use crate::transport::ring::Entry;

/// What has happened to the process that was to serve the calls.
#[derive(Debug)]
pub(crate) enum Verdict<'e> {
    /// It was asked to stop: calls that have not started are cancelled, and the running call goes
    /// on.
    Stop,
    /// It is dead. The next process serves the calls that had not started, unless the phase says
    /// that such calls are refused.
    Restart(&'e End),
    /// It is dead, or was never spawned, and no other process follows.
    End(&'e End),
}

impl Object {
    /// Settles the calls for which the verdict is an outcome. Returns the calls that the next
    /// process serves.
    pub(crate) fn settle_all(&self, state: &mut ObjectState, verdict: &Verdict<'_>) -> Vec<Survivor> {
        let mut survivors = Vec::new();
        for (slot, index) in state.calls.sent() {
            let entry = Entry { slot, call: state.calls.table.call_of(index) };
            match verdict {
                Verdict::Stop => self.cancel_sent(state, entry, index),
                Verdict::Restart(end) => survivors.extend(self.settle_or_keep(state, entry, index, end)),
                Verdict::End(end) => self.settle_sent(state, entry, index, end),
            }
        }
        self.settle_waiting(state, verdict);
        self.forget_recalls(state, &survivors);
        survivors
    }

    /// Cancels a call in a slot, if it has not started, while its process is asked to stop.
    fn cancel_sent(&self, state: &mut ObjectState, entry: Entry, index: u32) {
        if state.calls.slots.cancel_unstarted(&self.channel, entry) {
            self.settle_ended(state, index, Started::No, &End::Requested);
        } else if self.phase(state, Some(entry.slot), index) == Some(CallPhase::PassedOn) {
            // It ends here if it comes back: `receive_returned`.
            state.backend().into_iter().for_each(|backend| backend.withdraw(entry.call));
        }
    }

    /// Settles a call in a slot that no process will serve.
    fn settle_sent(&self, state: &mut ObjectState, entry: Entry, index: u32, end: &End) {
        let left = state.calls.slots.left_of(&self.channel, entry);
        if let Left::Answered(payload) = &left
            && !matches!(end, End::Broken(_))
            && self.receive_answer(state, entry.slot, index, payload).is_ok()
        {
            return;
        }
        let kept = match &left {
            Left::Waiting(payload) if self.is_kept(state, index, end) => self.read_request(payload, entry.slot),
            _ => None,
        };
        state.calls.free_slot_of(index, entry.slot);
        match kept {
            Some(packet) => self.keep_for_team(state, index, packet),
            None => self.settle_ended(state, index, left.started(), end),
        }
    }

    /// Settles a call in a slot whose process is dead, or returns it if the next process serves it.
    fn settle_or_keep(&self, state: &mut ObjectState, entry: Entry, index: u32, end: &End) -> Option<Survivor> {
        let refuses = state.phase.refuses().is_some();
        match state.calls.slots.left_of(&self.channel, entry) {
            Left::Answered(payload) if self.receive_answer(state, entry.slot, index, &payload).is_ok() => None,
            Left::Waiting(payload) if !refuses && !is_internal(state.calls.table.method_of(index)) => {
                Some(Survivor { entry, payload })
            }
            Left::Started(payload) | Left::PassedOn(payload) if !refuses && self.may_run_again(state, index) => {
                Some(Survivor { entry, payload })
            }
            left => {
                state.calls.free_slot_of(index, entry.slot);
                match self.restarting(state, index).filter(|_| matches!(left, Left::Waiting(_))) {
                    Some(error) => state.calls.settle(index, Stage::Failed(error)),
                    None => self.settle_ended(state, index, left.started(), end),
                }
                None
            }
        }
    }

    /// Settles the calls in the backlog, unless the next process serves them.
    fn settle_waiting(&self, state: &mut ObjectState, verdict: &Verdict<'_>) {
        let end = match verdict {
            Verdict::Restart(_) if state.phase.refuses().is_none() => return,
            Verdict::Restart(end) | Verdict::End(end) => end,
            Verdict::Stop => &End::Requested,
        };
        let kept = if matches!(verdict, Verdict::End(_)) { self.take_kept(state, end) } else { Backlog::default() };
        for index in mem::replace(&mut state.calls.backlog, kept).drain() {
            match self.restarting(state, index).filter(|_| matches!(verdict, Verdict::Restart(_))) {
                Some(error) => state.calls.settle(index, Stage::Failed(error)),
                None => self.settle_ended(state, index, Started::No, end),
            }
        }
    }

    pub(crate) fn settle_ended(&self, state: &mut ObjectState, index: u32, started: Started, end: &End) {
        let method = self.method_name(state.calls.table.method_of(index));
        let started = state.calls.table.had_started(index, started);
        let mut info = self.call_info(Some(method), Some(state.calls.table.call_of(index)), started);
        info.lives_on = state.phase.is_restarting();
        state.calls.settle(index, Stage::Failed(end.error(info)));
    }

    /// Returns the error of a call that had not started, if the phase says that such calls do not
    /// wait for the next process.
    fn restarting(&self, state: &ObjectState, index: u32) -> Option<CallError> {
        let last = state.phase.refuses()?.clone();
        let (method, call) = (state.calls.table.method_of(index), state.calls.table.call_of(index));
        Some(CallError::Restarting {
            last,
            info: self.call_info(Some(self.method_name(method)), Some(call), Started::No),
        })
    }

    /// Whether a call that was running may run once more. If so, this is recorded, so that it runs
    /// again only once.
    fn may_run_again(&self, state: &mut ObjectState, index: u32) -> bool {
        let timing = state.calls.table.timing_of(index);
        let may = self.identity.idempotent.contains(&state.calls.table.method_of(index));
        if !may || timing.cancel_request.is_some() || timing.is_second {
            return false;
        }
        let timing = state.calls.table.timing_mut(index);
        // The call has started in time, so the queue timeout no longer applies.
        (timing.is_second, timing.queued_at) = (true, None);
        true
    }
}

impl Left {
    /// Whether the call had started.
    fn started(&self) -> Started {
        match self {
            Self::Waiting(_) | Self::Nothing(Some(CallPhase::Queued | CallPhase::Cancelled)) => Started::No,
            Self::PassedOn(_) | Self::Nothing(None | Some(CallPhase::PassedOn)) => Started::Unknown,
            Self::Started(_) | Self::Answered(_) | Self::Nothing(Some(_)) => Started::Yes,
        }
    }
}
