//! How much an object has to do, for a pool that chooses a member.
//!
//! Knows counts and the phase. Invariant: the replies that were there are received before.

use super::Object;
use super::guard::DeferredEffects;

/// What a pool must know of a member to choose one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Calls that are not settled.
    pub(crate) outstanding: usize,
    pub(crate) is_ready: bool,
    pub(crate) has_ended: bool,
    /// Whether new calls are accepted.
    pub(crate) accepts: bool,
    /// Calls that were accepted so far.
    pub(crate) accepted: u64,
    /// Whether calls wait here that another member must serve.
    pub(crate) has_kept: bool,
    /// Whether calls are on their way back from another program, for another member.
    pub(crate) is_recalling: bool,
}

impl Load {
    /// Whether the object would serve a further call at once.
    pub(crate) fn is_idle(&self) -> bool {
        self.outstanding == 0 && self.is_ready && self.accepts
    }

    /// The order in which members are chosen: the least first.
    pub(crate) fn rank(&self) -> (bool, bool, usize) {
        (!self.accepts, !self.is_ready, self.outstanding)
    }

    /// Whether a call waits, as far as this shows.
    pub(crate) fn has_queue(&self) -> bool {
        self.outstanding > usize::from(self.is_ready)
    }
}

impl Object {
    /// Receives the replies that are there, and returns how much the object has to do, with the
    /// effects, which the caller performs.
    pub(crate) fn load(&self) -> (Load, Option<DeferredEffects>) {
        let state = self.poll();
        let has_ended = state.phase.has_ended();
        let load = Load {
            outstanding: state.calls.table.unsettled(),
            is_ready: state.phase.serves(),
            has_ended,
            accepts: state.takes_over(),
            accepted: state.calls.table.accepted() - state.own_calls,
            has_kept: !state.calls.backlog.is_empty() && (has_ended || state.has_retired()),
            is_recalling: self.is_bridged() && (self.is_recalling(&state) || !self.reserved(&state).is_empty()),
        };
        (load, state.unlock())
    }

    /// Does the same, and performs the effects.
    pub(crate) fn load_now(&self) -> Load {
        let (load, effects) = self.load();
        effects.into_iter().for_each(DeferredEffects::perform);
        load
    }

    /// Whether a call has no outcome yet.
    pub(crate) fn has_work(&self) -> bool {
        self.load_now().outstanding > 0
    }
}
