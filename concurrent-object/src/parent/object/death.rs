//! Handles the end of an object's process: reaps it, receives its last replies, and restarts or
//! ends the object.
//!
//! Knows the process; `exit_diagnosis` finds out why it ended, `settle` settles the calls,
//! `restart` prepares the next process. Invariant: when the object has ended, every call is
//! settled, with its result if it was answered, and no call is accepted.

use std::mem;

use super::Object;
use super::settle::Verdict;
use super::state::ObjectState;
use crate::parent::calls::effects::MemberNews;
use crate::parent::calls::references::References;
use crate::parent::life::backend::Backend;
use crate::parent::life::end::End;
use crate::parent::life::events::EventKind;
use crate::parent::life::phase::KillReason;
use crate::parent::life::report::Ended;

impl Object {
    /// Reaps the ended child, receives its replies, and settles the other calls or prepares the
    /// restart. Does nothing if the object has no process.
    pub(crate) fn finish(&self, state: &mut ObjectState) {
        let Some(running) = state.phase.running_mut() else { return };
        (running.process.watch, running.end_is_known) = (None, false);
        let (backend, retained) = (running.process.backend.clone(), mem::take(&mut running.retained));
        self.release_references(state, &backend, retained);
        let reaped = backend.reap();
        self.note_place(Some(&backend));
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
        self.arm_again(state);
        Self::release_keeper(state);
        self.ring_descriptor();
    }

    /// Releases what the abandoned call refers to. A thread that was left behind may still read
    /// what its calls refer to, so it keeps all of that.
    fn release_references(&self, state: &mut ObjectState, backend: &Backend, abandoned: References) {
        let mut retained = vec![abandoned];
        if backend.is_left_behind() {
            let sent = state.calls.sent();
            retained.extend(sent.into_iter().map(|(_, index)| state.calls.table.take_references(index)));
        }
        retained.retain(|references| !references.is_empty());
        // Not dropped under the lock: the last reference to a loan takes the lock.
        state.calls.effects.references.extend(backend.retain(retained));
    }

    /// Receives the replies that the dead process has published, unless it broke the protocol.
    fn receive_last(&self, state: &mut ObjectState) {
        if state.phase.broken().is_none()
            && let Err(reason) = self.receive_rest(state)
        {
            self.queue(state, EventKind::Broken(reason));
            state.phase.running_mut().into_iter().for_each(|running| running.note_kill(KillReason::Broken(reason)));
        }
        if self.saves {
            self.count_unsaved(state);
        }
    }

    /// Ends an object without a process for good, and settles every accepted call.
    pub(crate) fn end_without_process(&self, state: &mut ObjectState, end: &End) {
        state.phase.finish(end.clone());
        state.calls.tell_pool(MemberNews::Phase);
        self.settle_all(state, &Verdict::End(end));
        state.calls.wake_all();
        Self::release_keeper(state);
        self.ring_descriptor();
    }
}
