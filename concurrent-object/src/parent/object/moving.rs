//! Moves calls that have not begun from one object to another of the same pool.
//!
//! Problem: a call waits behind a slow one, or in an object whose process is dead, while another
//! member of the pool has nothing to do. Naive way: the pool keeps calls back until a member is
//! free. Then each member waits for the parent between two calls. Way here: calls are sent at once,
//! and taken back if need be. The state word of a call decides, by compare-exchange, whether the
//! child has started it (`cancel`). If it has not, the parent copies the encoded request out of its
//! own memory into another object. So no argument is encoded twice, and no call runs twice. The
//! technique is *work stealing*.
//!
//! Knows two objects. Invariants: no thread but one that holds the pool's lock holds the locks of
//! two objects. Effects of both are performed after all three locks are released. Moved calls keep
//! their order.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use super::guard::DeferredEffects;
use super::state::ObjectState;
use super::{Object, ObjectGuard};
use crate::clock::{self, later};
use crate::error::{Exit, Started};
use crate::parent::calls::backlog::{Backlog, Packet};
use crate::parent::calls::effects::MemberNews;
use crate::parent::calls::key::CallKey;
use crate::parent::calls::moved::MovedTo;
use crate::parent::calls::table::Owner;
use crate::parent::calls::timing::{Recall, Timing};
use crate::parent::life::end::End;
use crate::parent::pauses::check_interval;
use crate::transport::Transport;
use crate::transport::call_state::CallPhase;
use crate::transport::header::{Body, Header};
use crate::transport::ring::{self, Entry};

/// At most this many calls are moved at once, since two objects are locked meanwhile.
const MAX_MOVED: usize = 256;

/// How many calls are moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MovedShare {
    /// Half of those that wait: the other object has nothing to do.
    Half,
    /// All: this object has ended.
    All,
}

impl Object {
    /// Returns where a call of a pool has moved to.
    pub(crate) fn moved_to(&self, key: CallKey) -> Option<MovedTo> {
        // Only the members of a pool are in a team.
        self.team.get()?;
        self.lock().calls.table.moved_to(key)
    }

    /// Returns the object that has the call now, and its key there.
    pub(crate) fn find_moved(self: &Arc<Self>, key: CallKey) -> (Arc<Self>, CallKey) {
        let (mut object, mut key) = (self.clone(), key);
        while let Some(to) = object.moved_to(key) {
            (object, key) = (to.object(), to.key);
        }
        (object, key)
    }

    /// Moves calls that have not begun to another object. Returns how many, and the effects, which
    /// the caller performs without any lock. The caller holds the lock of the pool.
    pub(crate) fn move_calls(&self, to: &Self, share: MovedShare) -> (usize, [Option<DeferredEffects>; 2]) {
        let (mut there, mut here) = (to.lock(), self.lock());
        to.advance(&mut there);
        self.advance(&mut here);
        let mut moved = 0;
        // An idle object may have got a call meanwhile.
        let is_wanted = share == MovedShare::All || there.calls.table.unsettled() == 0;
        if is_wanted && there.takes_over() {
            moved = self.move_between(&mut here, to, &mut there, share);
        }
        (moved, [here.unlock(), there.unlock()])
    }

    fn move_between(
        &self,
        here: &mut ObjectGuard<'_>,
        to: &Self,
        there: &mut ObjectGuard<'_>,
        share: MovedShare,
    ) -> usize {
        let Some(target) = to.me.upgrade() else { return 0 };
        let mut moved = 0;
        for (key, slot) in self.waiting_calls(here, share) {
            if let Some(slot) = slot {
                self.recall(here, slot, key.index(), Recall::Move);
            }
            let timing = Timing { recalled: None, ..here.calls.table.timing_of(key.index()) };
            let Some(packet) = self.withdraw(here, key, slot) else { continue };
            let moved_to = MovedTo::new(target.clone(), to.adopt(there, packet, timing));
            tracing::trace!(
                target: "concurrent_object::calls", name = &*self.identity.name, pid = self.pid(), call = key.call,
                to = &*to.identity.name, to_pid = to.pid(), to_call = moved_to.key.call, "call moved"
            );
            here.calls.move_away(key.index(), moved_to);
            moved += 1;
        }
        if moved > 0 {
            to.send_waiting(there);
        }
        moved
    }

    /// Returns the calls to move, oldest first: of those that wait, the ones that came last.
    fn waiting_calls(&self, state: &ObjectState, share: MovedShare) -> Vec<(CallKey, Option<u16>)> {
        let table = &state.calls.table;
        if share == MovedShare::Half && self.is_bridged() && self.is_recalling(state) {
            return Vec::new();
        }
        let most = match share {
            MovedShare::All => usize::MAX,
            MovedShare::Half => {
                // One call is running, unless the object waits for its next process.
                let waiting = table.unsettled() - usize::from(state.phase.serves()).min(table.unsettled());
                table.unsettled().div_ceil(2).min(waiting).min(MAX_MOVED)
            }
        };
        let backlog = state.calls.backlog.0.iter().rev().map(|(&call, &(index, _))| (CallKey::new(index, call), None));
        let mut chosen: Vec<_> = backlog.filter(|(key, _)| table.may_move(key.index())).take(most).collect();
        if chosen.len() < most {
            let mut sent: Vec<_> = state.calls.slots.occupied().collect();
            sent.retain(|&(slot, index)| self.waits_in(state, slot, index));
            sent.sort_unstable_by_key(|&(_, index)| std::cmp::Reverse(table.call_of(index)));
            let left = most - chosen.len();
            let key = |(slot, index)| (CallKey::new(index, table.call_of(index)), Some(slot));
            chosen.extend(sent.into_iter().take(left).map(key));
        }
        chosen.reverse();
        chosen
    }

    /// Whether the call in this slot may move, and may not have started, as its state word says.
    fn waits_in(&self, state: &ObjectState, slot: u16, index: u32) -> bool {
        let table = &state.calls.table;
        let phase = || self.channel.state(slot).phase_of(table.call_of(index));
        let may_wait = || match phase() {
            Some(CallPhase::PassedOn) => self.is_bridged(),
            phase => phase == Some(CallPhase::Queued),
        };
        table.is_sent(index) && table.may_move(index) && may_wait()
    }

    /// Takes a call back whole, unless the child has started it.
    pub(super) fn withdraw(&self, state: &mut ObjectState, key: CallKey, slot: Option<u16>) -> Option<Packet> {
        let packet = match slot {
            None => state.calls.backlog.0.remove(&key.call).map(|(_, packet)| packet)?,
            Some(slot) => self.withdraw_from_slot(state, key, slot)?,
        };
        Some(Packet { references: state.calls.table.take_references(key.index()), ..packet })
    }

    fn withdraw_from_slot(&self, state: &mut ObjectState, key: CallKey, slot: u16) -> Option<Packet> {
        let entry = Entry { slot, call: key.call };
        let payload = ring::find(self.channel.requests(), entry)?;
        if !state.calls.slots.cancel_unstarted(&self.channel, entry) {
            return None;
        }
        // The child must skip the call soon: check that it does.
        state.poll_at(later(clock::now(), check_interval(self.identity.limits.cancel_grace)));
        self.read_request(&payload, slot)
    }

    /// Copies the request in a slot. Its lease is with the slot table, so no thread writes it.
    pub(crate) fn read_request(&self, payload: &ring::InlinePayload, slot: u16) -> Option<Packet> {
        let header = Header::from_words(payload, self.channel.places.input_region_size).ok()?;
        let input = self.channel.input(slot);
        let (structured, raw) = match &header.body {
            Body::Inline(inline) => (inline.bytes(), &[][..]),
            Body::InRegion { offset, len } => (&input[*offset..offset + len], &input[..*offset]),
        };
        Some(Packet {
            method: header.tag,
            structured: structured.to_vec(),
            raw: raw.to_vec().into(),
            files: header.files,
            references: Default::default(),
        })
    }

    /// Accepts a call that another object had, with its limits.
    pub(super) fn adopt(&self, state: &mut ObjectState, packet: Packet, timing: Timing) -> CallKey {
        let key = self.accept_waiting(state, Owner::Pooled, packet, None);
        if timing.moves_along() {
            let queued_at = timing.queued_at.filter(|_| self.identity.limits.queue_timeout.is_some());
            state.calls.table.set_timing(key.index(), Timing { queued_at, ..timing });
        }
        key
    }

    /// Keeps a call that had not begun when its process died for another member of the pool.
    pub(crate) fn keep_for_team(&self, state: &mut ObjectState, index: u32, packet: Packet) {
        state.calls.table.set_backlogged(index);
        let call = state.calls.table.call_of(index);
        state.calls.backlog.push(index, call, packet);
        state.calls.tell_pool(MemberNews::Phase);
    }

    /// Takes the calls out of the backlog that are kept for another member of the pool.
    pub(crate) fn take_kept(&self, state: &mut ObjectState, end: &End) -> Backlog {
        if !state.calls.is_pooled {
            return Backlog::default();
        }
        let waiting = mem::take(&mut state.calls.backlog.0);
        let (kept, rest): (BTreeMap<_, _>, _) =
            waiting.into_iter().partition(|(_, (index, _))| self.is_kept(state, *index, end));
        state.calls.backlog.0 = rest;
        state.calls.tell_pool(MemberNews::Phase);
        Backlog(kept)
    }

    /// Settles the calls that were kept for another member, since there is none.
    pub(crate) fn give_up_kept(&self) {
        let mut state = self.lock();
        let end = match state.phase.end() {
            Some(end) => end.clone(),
            None if state.has_retired() => End::Requested,
            None => return,
        };
        for index in state.calls.backlog.drain() {
            self.settle_ended(&mut state, index, Started::No, &end);
        }
    }

    /// Whether a call that comes now is kept for another member, since this one has died.
    pub(crate) fn keeps_new_calls(&self, state: &ObjectState) -> bool {
        let has_died = !state.shutdown.takes_no_calls() && state.phase.end().is_some_and(is_death);
        state.calls.is_pooled && (has_died || state.has_retired())
    }

    /// Whether another member of the pool may serve this call, which had not begun when this object
    /// ended for good.
    pub(crate) fn is_kept(&self, state: &ObjectState, index: u32, end: &End) -> bool {
        (is_death(end) || state.has_retired()) && state.calls.is_pooled && state.calls.table.may_move(index)
    }
}

/// Whether the object has ended although it should serve calls. A thread that was left behind keeps
/// what its calls refer to.
fn is_death(end: &End) -> bool {
    match end {
        End::Died(death) | End::Exhausted { last: death, .. } => death.exit != Exit::LeftBehind,
        End::NotConstructed(_) => true,
        End::Requested | End::Broken(_) => false,
    }
}
