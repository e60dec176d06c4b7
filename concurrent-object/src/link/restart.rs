//! An object that died is made anew: what survives is put in order for the next process, which the spawner thread then spawns.
//!
//! Knows slots and rings. The files are used again: the old process was reaped, so nobody has them mapped, and descriptors of
//! them it had none. Invariants: between two lives nobody reads the rings, so they may be written anew; a call that had begun is not
//! run again, unless its method may be, and then once; the others keep their order, or, if the policy says so, all fail.

use std::sync::Arc;

use super::end::End;
use super::events::Happened;
use super::outcomes::Stage;
use super::policy::Verdict;
use super::slots::{Left, Survivor};
use super::trim::TRIM;
use super::{Core, Life, Link};
use crate::channel::ring::Entry;
use crate::channel::state::Phase;
use crate::clock;
use crate::error::{CallError, Death, PushErrorKind, StartError, Started};
use crate::shared::file::SharedFile;

/// Between two attempts to make a process, in nanoseconds: whatever the policy says, this is no loop.
const LEAST_PAUSE: u64 = 1_000_000;

impl Link {
    /// Whether there will be another life after this death, and when; or the end, if there were enough.
    pub(super) fn judge(&self, core: &mut Core, end: &End, death: Option<&Arc<Death>>) -> Result<u64, End> {
        let death = death.filter(|_| self.is_restartable(core) && !matches!(end, End::Broken(_) | End::Requested));
        let Some(death) = death else { return Err(end.clone()) };
        match core.restarts.judge(&self.identity.restart, clock::now()) {
            Verdict::At(at) => Ok(at),
            Verdict::Enough(count) => Err(End::Exhausted { count, last: death.clone() }),
            Verdict::Never => Err(end.clone()),
        }
    }

    /// Whether a death now would be followed by another life.
    pub(super) fn may_live_on(&self, core: &Core) -> bool {
        self.is_restartable(core) && core.restarts.may_be_more(&self.identity.restart, clock::now())
    }

    fn is_restartable(&self, core: &Core) -> bool {
        let was_asked = core.ending.asked || core.ending.killed || self.is_used_up(core);
        self.recipe.is_some() && core.was_ready && !was_asked
    }

    /// Whether the last call that there will be has begun. If not, the calls before it are to be served, and so is it.
    fn is_used_up(&self, core: &Core) -> bool {
        let Some(last) = core.ending.last_call else { return false };
        let waits_in = |slot| self.channel.state(slot).phase_of(last.call) == Some(Phase::Queued);
        let mut sent =
            core.slots.occupied().filter(|&(_, index)| index == last.index() && core.outcomes.is_sent(index));
        !core.backlog.holds(last.call) && !sent.any(|(slot, _)| waits_in(slot))
    }

    /// Settles what the dead process had begun, and puts the rest in order for the next one.
    pub(super) fn prepare_next(&self, core: &mut Core, end: &End, at: u64) {
        let survivors = self.survivors(core, end);
        core.slots.begin_anew(&self.channel, survivors);
        core.ending.begin_anew();
        self.begin_count_of_unsaved(core);
        core.life = Life::Starting;
        self.files.hang_up();
        core.next_life = Some(at);
        core.look_at(at);
        self.queue(core, Happened::WillRestart);
        self.fill_slots(core);
    }

    fn survivors(&self, core: &mut Core, end: &End) -> Vec<Survivor> {
        let sent: Vec<_> = core.slots.occupied().filter(|&(_, index)| core.outcomes.is_sent(index)).collect();
        let mut survivors = Vec::new();
        for (slot, index) in sent {
            let entry = Entry { slot, call: core.outcomes.call_of(index) };
            match core.slots.left_of(&self.channel, entry) {
                Left::Answered(carried) if self.take_in_answer(core, slot, index, &carried).is_ok() => {}
                Left::Waiting(carried) if core.restarts_after.is_none() && core.outcomes.method_of(index) != TRIM => {
                    survivors.push(Survivor { entry, carried });
                }
                Left::Begun(carried) if self.may_run_again(core, index) => survivors.push(Survivor { entry, carried }),
                left => {
                    core.free_slot(slot);
                    match self.restarting(core, index).filter(|_| matches!(left, Left::Waiting(_))) {
                        Some(error) => core.settle(index, Stage::Failed(error)),
                        None => self.settle_ended(core, index, left.started(), end),
                    }
                }
            }
        }
        if core.restarts_after.is_some() {
            for index in core.backlog.drain() {
                let error = self.restarting(core, index);
                error.into_iter().for_each(|error| core.settle(index, Stage::Failed(error)));
            }
        }
        survivors
    }

    /// Why this call, which had not begun, does not wait for the next process, if it does not.
    fn restarting(&self, core: &Core, index: u32) -> Option<CallError> {
        let (method, call) = (core.outcomes.method_of(index), core.outcomes.call_of(index));
        let last = core.restarts_after.clone()?;
        Some(CallError::Restarting { last, site: self.site(self.method_name(method), call, Started::No) })
    }

    /// Whether a new call is accepted.
    pub(super) fn check_accepts(&self, core: &mut Core, method: u32) -> Result<(), PushErrorKind> {
        if core.restarts_after.is_some() {
            // It may be ready again, and nobody has heard of it.
            self.advance(core);
        }
        let site = || self.site(self.method_name(method), 0, Started::No);
        match (self.refusal(core, method), core.restarts_after.clone()) {
            (Some(gone), _) => Err(PushErrorKind::Gone(gone)),
            (None, Some(last)) => Err(PushErrorKind::Restarting(CallError::Restarting { last, site: site() })),
            (None, None) => Ok(()),
        }
    }

    /// Whether a call that was running may be run once more. It is remembered that it was.
    fn may_run_again(&self, core: &mut Core, index: u32) -> bool {
        let timing = core.outcomes.timing_of(index);
        let may = self.identity.idempotent.contains(&core.outcomes.method_of(index));
        if !may || timing.told.is_some() || timing.is_second || core.restarts_after.is_some() {
            return false;
        }
        let timing = core.outcomes.timing_mut(index);
        // It has begun in time.
        (timing.is_second, timing.queued_at) = (true, None);
        true
    }

    /// Has the next process spawned, if its time has come. When to look again.
    pub(super) fn revive(&self, core: &mut Core, now: u64) -> Option<u64> {
        let at = core.next_life?;
        if now < at {
            return Some(at);
        }
        core.next_life = None;
        let spawner = &self.recipe.as_ref()?.next.as_ref()?.spawner;
        let link = self.me.upgrade()?;
        core.is_spawning = true;
        spawner.order(link);
        None
    }

    /// The next process could not be made. What the system lacks now, it may have later: that counts as a restart.
    pub(super) fn try_again(&self, core: &mut Core, error: StartError, now: u64) {
        self.queue(core, Happened::NotSpawned(error.clone()));
        match core.restarts.judge(&self.identity.restart, now) {
            Verdict::At(at) if error.is_transient() => core.next_life = Some(at.max(now + LEAST_PAUSE)),
            _ => self.end_between_lives(core, &End::NotConstructed(Arc::new(error))),
        }
    }

    /// What the constructor's arguments and the calls that were sent refer to.
    pub(super) fn files_of_all(&self, core: &Core) -> Vec<Arc<SharedFile>> {
        let mut files = self.kept.files.clone();
        for (_, index) in core.slots.occupied().filter(|&(_, index)| core.outcomes.is_sent(index)) {
            for file in core.outcomes.files_of(index) {
                if !files.iter().any(|other| Arc::ptr_eq(other, file)) {
                    files.push(file.clone());
                }
            }
        }
        files
    }

    /// There is no process, and there will be none: everything that was accepted is settled.
    pub(super) fn end_between_lives(&self, core: &mut Core, end: &End) {
        core.next_life = None;
        core.life = Life::Ended(end.clone());
        let sent: Vec<_> = core.slots.occupied().filter(|&(_, index)| core.outcomes.is_sent(index)).collect();
        for (slot, index) in sent {
            core.free_slot(slot);
            self.settle_ended(core, index, Started::No, end);
        }
        for index in core.backlog.drain() {
            self.settle_ended(core, index, Started::No, end);
        }
        core.wake_all();
    }
}

impl Core {
    /// Whether the object has ended, and no process of it is left.
    pub(super) fn is_gone(&self) -> bool {
        self.has_ended() && !self.is_spawning
    }

    /// Whether the object has no process at the moment, and waits for its next one.
    pub(super) fn is_between_lives(&self) -> bool {
        self.body.is_none() && !self.has_ended()
    }
}
