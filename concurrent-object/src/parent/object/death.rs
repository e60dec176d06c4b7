//! What happens when an object's process has ended: it is reaped, its last replies are received, and the object is restarted or
//! has ended.
//!
//! Knows the process; `exit_diagnosis` finds out why it ended, `settle` deals with the calls, `restart` with the next process.
//! Invariant: when the object has ended every call is settled, with its result if there is one, and none is accepted any more.

use std::mem;

use super::Object;
use super::settle::Verdict;
use super::state::ObjectState;
use crate::parent::life::end::End;
use crate::parent::life::events::EventKind;
use crate::parent::life::phase::KillReason;
use crate::parent::life::report::Ended;

impl Object {
    /// The child has ended: reaps it, receives what it answered, settles everything else. Does nothing if it has none.
    pub(crate) fn finish(&self, state: &mut ObjectState) {
        let Some(running) = state.phase.running_mut() else { return };
        (running.process.watch, running.end_is_known) = (None, false);
        let (backend, retained) = (running.process.backend.clone(), mem::take(&mut running.retained));
        if !retained.is_empty() {
            state.calls.effects.references.push(retained);
        }
        let reaped = backend.reap();
        if let Some(tracer) = reaped.held_by {
            self.queue(state, EventKind::HeldByTracer(tracer));
        }
        self.receive_last(state);
        let (end, death) = self.find_end(state, &backend, reaped);
        let verdict = self.decide(state, &end, death.as_ref());
        let reported_end = verdict.as_ref().err().unwrap_or(&end).clone();
        self.queue(state, EventKind::Ended(Ended { end: reported_end, death: death.clone(), backend }));
        match verdict {
            Ok(at) => {
                state.phase.restart(at, death.filter(|_| self.identity.restart.fails_fast()));
                self.prepare_next(state, &end, at);
            }
            Err(last) => self.end_without_process(state, &last),
        }
        state.calls.wake_all();
    }

    /// Receives the replies that the dead process has published, unless it is not to be believed.
    fn receive_last(&self, state: &mut ObjectState) {
        if state.phase.broken().is_none()
            && let Err(reason) = self.receive_all(state)
        {
            self.queue(state, EventKind::Broken(reason));
            state.phase.running_mut().into_iter().for_each(|running| running.note_kill(KillReason::Broken(reason)));
        }
        if self.saves {
            self.count_unsaved(state);
        }
    }

    /// There is no process, and there will be none: everything that was accepted is settled.
    pub(crate) fn end_without_process(&self, state: &mut ObjectState, end: &End) {
        state.phase.finish(end.clone());
        self.settle_all(state, &Verdict::End(end));
        state.calls.wake_all();
    }
}
