//! Asks for calls back that a bridge has passed on to another program, and that may not have begun
//! there.
//!
//! Problem: such a call may begin at any moment, so the parent cannot end or move it by an exchange
//! of its state word. Way here: the parent notes what it wants the call for, and asks. If the call
//! has begun meanwhile, it goes on. Otherwise it comes back, and is settled or moved then.
//!
//! Knows state words and wishes. Invariants: a call that was asked back is settled as not started
//! only after it has come back. While calls of a pool come back, none of them is sent again.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Object;
use super::guard::DeferredEffects;
use super::state::ObjectState;
use crate::error::Started;
use crate::parent::calls::effects::MemberNews;
use crate::parent::calls::key::CallKey;
use crate::parent::calls::moved::MovedTo;
use crate::parent::calls::slots::Survivor;
use crate::parent::calls::table::Stage;
use crate::parent::calls::timing::{CancelReason, Recall, Timing};
use crate::parent::life::end::End;
use crate::transport::Transport;
use crate::transport::call_state::CallPhase;
use crate::transport::ring::{self, Entry};

impl Object {
    /// Asks for a call back, if it is passed on. A wish to end it replaces one to move it.
    pub(crate) fn recall(&self, state: &mut ObjectState, slot: u16, index: u32, recall: Recall) {
        if !self.is_bridged() || self.phase(state, Some(slot), index) != Some(CallPhase::PassedOn) {
            return;
        }
        let call = state.calls.table.call_of(index);
        if recall == Recall::Move && !self.keep_request(state, Entry { slot, call }) {
            return;
        }
        let earlier = state.calls.table.timing_of(index).recalled;
        if earlier.is_none() || earlier == Some(Recall::Move) {
            state.calls.table.timing_mut(index).recalled = Some(recall);
        }
        if earlier.is_none() {
            state.backend().into_iter().for_each(|backend| backend.withdraw(call));
        }
    }

    /// Keeps the request of a call that is to be moved. Returns false if it is gone: another one
    /// has its cell in the ring. Such a call runs where it is.
    fn keep_request(&self, state: &mut ObjectState, entry: Entry) -> bool {
        let recalled = &mut state.calls.recalled;
        let slots = &state.calls.slots;
        let table = &state.calls.table;
        let calls: BTreeSet<u64> = slots.occupied().map(|(_, index)| table.call_of(index)).collect();
        recalled.retain(|call, _| calls.contains(call));
        if !recalled.contains_key(&entry.call)
            && let Some(payload) = ring::find(self.channel.requests(), entry)
        {
            recalled.insert(entry.call, payload);
        }
        recalled.contains_key(&entry.call)
    }

    /// Receives a call that has come back from another program.
    #[cold]
    pub(crate) fn receive_returned(&self, state: &mut ObjectState, slot: u16, index: u32) -> Result<(), &'static str> {
        let recalled = state.calls.table.timing_of(index).recalled;
        let is_expected = state.shutdown.is_stopping() || recalled.is_some();
        let is_cancelled = self.phase(state, Some(slot), index) == Some(CallPhase::Cancelled);
        if !self.is_bridged() || !is_expected || !is_cancelled {
            return Err("a reply of unknown kind");
        }
        if let Some(error) = self.cancelled_outcome(state, slot, index) {
            state.calls.free_slot_of(index, slot);
            state.calls.settle(index, Stage::Failed(error));
            return Ok(());
        }
        if state.shutdown.is_stopping() {
            state.calls.free_slot_of(index, slot);
            self.settle_ended(state, index, Started::No, &End::Requested);
            return Ok(());
        }
        if recalled == Some(Recall::Move) && self.keep_returned(state, slot, index) {
            return Ok(());
        }
        state.calls.free_slot_of(index, slot);
        let error = self.ended_early(state, index, CancelReason::Cancelled, Duration::ZERO, false, Started::No);
        state.calls.settle(index, Stage::Failed(error));
        Ok(())
    }

    /// Puts a call that has come back into the backlog, for the pool. Returns false if its request
    /// cannot be read.
    fn keep_returned(&self, state: &mut ObjectState, slot: u16, index: u32) -> bool {
        let call = state.calls.table.call_of(index);
        let payload = state.calls.recalled.remove(&call);
        let Some(packet) = payload.and_then(|payload| self.read_request(&payload, slot)) else { return false };
        state.calls.free_slot_of(index, slot);
        state.calls.table.set_backlogged(index);
        state.calls.backlog.push(index, call, packet);
        if state.has_retired() {
            state.calls.tell_pool(MemberNews::Phase);
        }
        true
    }

    /// Whether the oldest call in the backlog is kept for the pool. If all calls that were asked
    /// back have come, this tells the pool.
    #[cold]
    pub(crate) fn is_reserved(&self, state: &mut ObjectState, index: u32) -> bool {
        let is_reserved = state.calls.table.timing_of(index).recalled == Some(Recall::Move);
        if is_reserved && !self.is_recalling(state) {
            state.calls.tell_pool(MemberNews::Phase);
        }
        is_reserved
    }

    /// Whether calls that were asked back for another member may still come.
    pub(crate) fn is_recalling(&self, state: &ObjectState) -> bool {
        let is_awaited = |(slot, index): (u16, u32)| {
            state.calls.table.timing_of(index).recalled == Some(Recall::Move)
                && self.phase(state, Some(slot), index) == Some(CallPhase::PassedOn)
        };
        state.calls.slots.occupied().any(is_awaited)
    }

    /// Forgets that these calls were asked back: their process is dead, and the next one serves
    /// them.
    pub(crate) fn forget_recalls(&self, state: &mut ObjectState, survivors: &[Survivor]) {
        for survivor in survivors.iter().filter(|_| self.is_bridged()) {
            let index = state.calls.slots.call_in(survivor.entry.slot);
            index.into_iter().for_each(|index| state.calls.table.timing_mut(index).recalled = None);
        }
    }

    /// Sends the calls again that have come back, and that no other member has taken. They get new
    /// numbers, since this object serves calls in the order of those. Returns whether there were
    /// any, and the effects.
    pub(crate) fn release_returned(&self) -> (bool, Option<DeferredEffects>) {
        if !self.is_bridged() {
            return (false, None);
        }
        let mut state = self.lock();
        let mut has_released = false;
        // What has come back to a member that has ended is for another one.
        let has_ended = state.phase.has_ended() || state.has_retired();
        if let Some(own) = self.me.upgrade().filter(|_| !has_ended && !self.is_recalling(&state)) {
            for key in self.reserved(&state) {
                let timing = Timing { recalled: None, ..state.calls.table.timing_of(key.index()) };
                let Some(packet) = self.withdraw(&mut state, key, None) else { continue };
                let moved_to = MovedTo::new(own.clone(), self.adopt(&mut state, packet, timing));
                state.calls.move_away(key.index(), moved_to);
                // It was accepted once.
                state.own_calls += 1;
                has_released = true;
            }
        }
        if has_released {
            self.send_waiting(&mut state);
        }
        (has_released, state.unlock())
    }

    /// Returns the calls in the backlog that are kept for the pool.
    pub(crate) fn reserved(&self, state: &ObjectState) -> Vec<CallKey> {
        let waiting = state.calls.backlog.0.iter().map(|(&call, &(index, _))| CallKey::new(index, call));
        waiting.filter(|key| state.calls.table.timing_of(key.index()).recalled == Some(Recall::Move)).collect()
    }
}
