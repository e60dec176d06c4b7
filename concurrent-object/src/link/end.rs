//! How an object ends: asked to, killed, or dead of itself; and what becomes of its calls then.
//!
//! Knows the child process; why it ended is found out in `cause`. Invariant: when the object has ended every call is settled, with its result
//! if there is one, and none is accepted any more.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::events::Happened;
use super::outcomes::Stage;
use super::report::Ended;
use super::slots::Left;
use super::{Core, Key, Life, Link};
use crate::channel::ring::Entry;
use crate::channel::state::Phase;
use crate::error::{CallError, CallSite, Death, Error, StartError, Started};
use crate::process::reap::reap;

/// What a child exits with that could not begin. It has said why over the control socket, if it could.
pub(crate) const BOOTSTRAP_EXIT_CODE: i32 = 2;

/// What Rust programs exit with after a panic.
pub(crate) const PANIC_EXIT_CODE: i32 = 101;

/// Why an object ended.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Died(Arc<Death>),
    NotConstructed(Arc<StartError>),
    Requested,
    Broken(Arc<str>),
    /// It died once more than its policy allows.
    Exhausted {
        count: u32,
        last: Arc<Death>,
    },
}

impl Link {
    /// Serves what was accepted, then ends the object. Blocks until then.
    pub(crate) fn close(&self) -> Result<(), Error> {
        self.check_ours()?;
        self.lock().ending.closing = true;
        self.wait_until(Key::State, None, |core| (core.has_ended() || core.outcomes.unsettled() == 0).then_some(()));
        self.terminate()
    }

    /// Whether a call has consumed the object.
    pub(crate) fn is_consumed(&self) -> bool {
        self.lock().ending.last_call.is_some()
    }

    /// Gives a consumed object the grace period to serve what was accepted, then ends it. Blocks until then.
    pub(crate) fn end_consumed(&self) -> Result<(), Error> {
        self.check_ours()?;
        let is_over = |core: &mut Core| (core.has_ended() || core.outcomes.unsettled() == 0).then_some(());
        match self.wait_at_most(Key::State, self.identity.grace, is_over) {
            Some(()) => self.terminate(),
            None => self.kill(),
        }
    }

    /// Ends the object after the running method, or after the grace period. Blocks until then.
    pub(crate) fn terminate(&self) -> Result<(), Error> {
        self.check_ours()?;
        self.ask_to_stop();
        match self.wait_at_most(Key::State, self.identity.grace, |core| core.is_gone().then_some(())) {
            Some(()) => Ok(()),
            None => self.kill(),
        }
    }

    pub(super) fn check_ours(&self) -> Result<(), Error> {
        if self.is_ours() { Ok(()) } else { Err(self.forked_copy("").into()) }
    }

    fn ask_to_stop(&self) {
        let mut core = self.lock();
        self.advance(&mut core);
        if core.has_ended() || core.ending.asked {
            return;
        }
        core.ending.asked = true;
        self.withdraw_all(&mut core);
        // Release pairs with the child's Acquire: who sees the wish also sees the calls withdrawn.
        self.channel.stop().store(1, Ordering::Release);
        self.channel.request_bell.ring();
        self.queue(&mut core, Happened::AskedToEnd);
        self.end_if_between_lives(&mut core);
    }

    pub(super) fn end_if_between_lives(&self, core: &mut Core) {
        if core.is_between_lives() {
            self.end_between_lives(core, &End::Requested);
        }
    }

    /// Settles the calls that have not begun.
    fn withdraw_all(&self, core: &mut Core) {
        let sent: Vec<_> = core.slots.occupied().filter(|&(_, index)| core.outcomes.is_sent(index)).collect();
        for (slot, index) in sent {
            let entry = Entry { slot, call: core.outcomes.call_of(index) };
            if core.slots.withdraw(&self.channel, entry) {
                self.settle_ended(core, index, Started::No, &End::Requested);
            }
        }
        for index in core.backlog.drain() {
            self.settle_ended(core, index, Started::No, &End::Requested);
        }
    }

    /// The child answered nonsense. It is killed; its calls are settled when it is dead.
    pub(super) fn break_off(&self, core: &mut Core, reason: &'static str) {
        if core.ending.broken.is_none() && !core.has_ended() {
            self.queue(core, Happened::Broken(reason));
            core.ending.broken = Some(reason);
            self.kill_child(core);
            self.look_at_killed_soon(core);
            if core.is_between_lives() {
                self.end_between_lives(core, &End::Broken(reason.into()));
            }
        }
    }

    /// A reply that was taken turned out to be nonsense. The process that wrote it is killed; a later one is not to blame.
    pub(crate) fn break_off_after(&self, site: Box<CallSite>, reason: String) -> CallError {
        let mut core = self.lock();
        if site.pid == self.pid() {
            self.break_off(&mut core, "a result that is no message");
        }
        drop(core);
        CallError::Protocol { reason, site }
    }

    /// The child has ended: reap it, take in what it answered, settle everything else.
    pub(super) fn finish(&self, core: &mut Core) {
        if core.has_ended() {
            return;
        }
        let Some(body) = core.body.take() else { return };
        (core.watch, core.end_is_known) = (None, false);
        let reaped = reap(&body.child);
        if let Some(tracer) = reaped.held_by {
            self.queue(core, Happened::Held(tracer));
        }
        if !core.dying.is_empty() {
            let let_go = mem::take(&mut core.dying);
            core.after.held.push(let_go);
        }
        if core.ending.broken.is_none() {
            self.advance(core);
        }
        let (end, death) = self.find_end(core, &body, reaped);
        let verdict = self.judge(core, &end, death.as_ref());
        let told = verdict.as_ref().err().cloned().unwrap_or_else(|| end.clone());
        self.queue(core, Happened::Ended(Ended { end: told, death: death.clone(), body }));
        match verdict {
            Ok(at) => {
                core.restarts_after = death.filter(|_| self.identity.restart.fails_fast());
                self.prepare_next(core, &end, at);
            }
            Err(last) => {
                core.life = Life::Ended(last.clone());
                self.settle_sent(core, &last);
                for index in core.backlog.drain() {
                    self.settle_ended(core, index, Started::No, &last);
                }
            }
        }
        core.wake_all();
    }

    /// What was in the slots: answered counts as run, even if the child had no time to say so.
    fn settle_sent(&self, core: &mut Core, end: &End) {
        let sent: Vec<_> = core.slots.occupied().filter(|&(_, index)| core.outcomes.is_sent(index)).collect();
        for (slot, index) in sent {
            let left = core.slots.left_of(&self.channel, Entry { slot, call: core.outcomes.call_of(index) });
            if let Left::Answered(carried) = &left
                && !matches!(end, End::Broken(_))
                && self.take_in_answer(core, slot, index, carried).is_ok()
            {
                continue;
            }
            core.slots.vacate(slot);
            self.settle_ended(core, index, left.started(), end);
        }
    }

    pub(super) fn settle_ended(&self, core: &mut Core, index: u32, started: Started, end: &End) {
        let method = self.method_name(core.outcomes.method_of(index));
        let started = core.outcomes.had_begun(index, started);
        let mut site = self.site(method, core.outcomes.call_of(index), started);
        site.lives_on = core.is_between_lives();
        let error = end.error(site);
        core.settle(index, Stage::Failed(error));
    }

    /// Why a new call cannot be accepted, if it cannot.
    pub(super) fn refusal(&self, core: &Core, method: u32) -> Option<CallError> {
        let site = || self.site(self.method_name(method), 0, Started::No);
        match &core.life {
            Life::Ended(end) => Some(end.error(site())),
            _ if core.ending.takes_no_calls() => Some(End::Requested.error(site())),
            _ => core.ending.broken.map(|reason| End::Broken(reason.into()).error(site())),
        }
    }
}

impl Core {
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.life, Life::Ended(_))
    }
}

impl Left {
    /// Whether the call had begun.
    pub(super) fn started(&self) -> Started {
        match self {
            Self::Waiting(_) | Self::Nothing(Some(Phase::Queued | Phase::Withdrawn)) => Started::No,
            Self::Begun(_) | Self::Answered(_) | Self::Nothing(Some(_)) => Started::Yes,
            Self::Nothing(None) => Started::Unknown,
        }
    }
}

impl End {
    pub(super) fn error(&self, site: Box<CallSite>) -> CallError {
        match self {
            Self::Died(death) => CallError::Died { death: death.clone(), site },
            Self::NotConstructed(reason) => CallError::NotConstructed { reason: reason.clone(), site },
            Self::Requested => CallError::Ended { site },
            Self::Broken(reason) => CallError::Protocol { reason: reason.to_string(), site },
            Self::Exhausted { count, last } => CallError::RestartsExhausted { count: *count, last: last.clone(), site },
        }
    }

    /// Why the object is not ready, and never will be.
    pub(crate) fn start_error(&self) -> StartError {
        match self {
            Self::Died(death) => StartError::Died { death: death.clone() },
            Self::NotConstructed(reason) => StartError::clone(reason),
            Self::Requested => StartError::Ended,
            Self::Broken(reason) => StartError::Bootstrap { reason: reason.to_string() },
            Self::Exhausted { count, last } => StartError::RestartsExhausted { count: *count, last: last.clone() },
        }
    }
}
