//! The parent's side of one object: its calls, who waits for them, and what became of them.
//!
//! Knows call numbers, slots and bytes; knows no types of the user. Invariants: every call that was accepted is in exactly
//! one place (backlog, slot, settled) until its outcome is taken; no code of the user (`Serialize`, `Deserialize`, `Drop`,
//! wakers) runs while the lock is held.

mod answers;
mod arguments;
mod backlog;
mod cause;
mod core;
mod drafts;
mod driver;
mod early;
mod end;
mod ending;
mod enforce;
mod events;
mod files;
mod front;
mod held;
mod incarnation;
mod kill;
mod limits;
mod loans;
mod locked;
mod lookout;
mod outcomes;
mod outgoing;
mod parker;
mod pauses;
mod policy;
mod report;
mod restart;
mod scratch;
mod slots;
mod snapshots;
mod spawner;
mod statistics;
mod supervisor;
mod taken;
mod teller;
#[cfg(test)]
mod tests;
mod trim;
mod unsaved;
mod watched;

use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::Duration;

pub use arguments::ArgumentWriter;
pub(crate) use core::{Core, Life};
pub(crate) use drafts::Drafts;
pub(crate) use driver::Key;
pub(crate) use files::{DIE, DIRECTORY, DRAFT, Files, INHERITED, KEEP, LET_GO, NEXT_INPUT, SNAPSHOT};
pub(crate) use incarnation::{Incarnation, Next, Recipe};
pub(crate) use limits::Limits;
pub(crate) use loans::{Lent, Loaned};
pub(crate) use outcomes::{Owner, Ticket};
pub(crate) use outgoing::LEAST_SHARED_SIZE;
pub use policy::Restart;
pub(crate) use report::{DeathHook, Report};
pub use snapshots::Snapshots;
pub use statistics::Statistics;
pub(crate) use supervisor::ensure as ensure_supervisor;
pub(crate) use taken::{FAILURE, LACKING, Received, Taken, VALUE, WITHDRAWN};
pub(crate) use trim::TRIM;

pub(crate) use end::{BOOTSTRAP_EXIT_CODE, PANIC_EXIT_CODE};

use self::locked::Locked;
use self::pauses::step;
use crate::channel::mapped::{Channel, Lease};
use crate::channel::wait::Waiting;
use crate::clock::later;
use crate::error::{CallError, CallId, CallSite, Started};
use crate::memory::fork::Origin;
use crate::shared::file::SharedFile;

/// How often a toucher that found nothing new asks the system whether the child is still alive.
const ALIVE_CHECK_INTERVAL: Duration = Duration::from_micros(100);

/// What is known of an object from its start.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) name: Arc<str>,
    pub(crate) methods: &'static [&'static str],
    pub(crate) grace: Duration,
    pub(crate) limits: Limits,
    pub(crate) restart: Restart,
    /// The numbers of the methods that may be run once more.
    pub(crate) idempotent: &'static [u32],
    pub(crate) report: Report,
}

/// One object, seen from its parent.
pub(crate) struct Link {
    /// Itself, for the supervising thread.
    me: Weak<Self>,
    pub(crate) identity: Identity,
    /// Of the latest process.
    pid: AtomicU32,
    /// How many processes there were.
    incarnation: AtomicU64,
    origin: Origin,
    channel: Channel,
    core: Mutex<Core>,
    /// Notified after each report of an event.
    reported: Condvar,
    waiting: Waiting,
    /// The filled areas on loan, by their slots. A lock of its own: nothing else is done under it.
    lent: Mutex<Vec<Weak<Lent>>>,
    files: Arc<Files>,
    kept: Kept,
    /// Kept if it may be needed again.
    recipe: Option<Recipe>,
    /// Whether the child saves the object's state.
    saves: bool,
}

/// The constructor's arguments, kept for the object's lifetime.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) arguments: OwnedFd,
    /// What they refer to.
    pub(crate) files: Vec<Arc<SharedFile>>,
}

impl Link {
    pub(crate) fn new(
        identity: Identity,
        body: Incarnation,
        origin: Origin,
        (channel, leases): (Channel, Vec<Lease>),
        files: Arc<Files>,
        (kept, recipe): (Kept, Option<Recipe>),
    ) -> Arc<Self> {
        let pid = AtomicU32::new(body.child.pid());
        let saves = recipe.as_ref().is_some_and(Recipe::saves);
        let link = Arc::new_cyclic(|me| Self {
            me: me.clone(),
            identity,
            pid,
            incarnation: AtomicU64::new(1),
            origin,
            channel,
            core: Mutex::new(Core::new(leases, body)),
            reported: Condvar::new(),
            waiting: Waiting::default(),
            lent: Mutex::default(),
            files,
            kept,
            recipe,
            saves,
        });
        if let Some(timeout) = link.identity.limits.ready_timeout {
            let mut core = link.lock();
            let at = later(core.started_at, step(timeout).min(timeout));
            core.look_at(at);
        }
        link
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid.load(Ordering::Relaxed)
    }

    /// How many processes there were.
    pub(crate) fn incarnation(&self) -> u64 {
        self.incarnation.load(Ordering::Relaxed)
    }

    /// Whether this process is the one that started the object: everything else may only be asked there.
    pub(crate) fn is_ours(&self) -> bool {
        self.origin.is_here()
    }

    /// Locks, takes in what the child has answered, and moves waiting calls into free slots.
    pub(crate) fn touch(&self) -> Locked<'_> {
        let mut core = self.lock();
        self.advance(&mut core);
        if core.nobody_watches()
            && core.is_alive_check_due()
            && core.body.as_ref().is_some_and(|body| body.child.has_ended())
        {
            self.finish(&mut core);
        }
        core
    }

    /// How far the object's life has come, and what may be pushed and pulled.
    pub(crate) fn look(&self) -> (Life, bool, bool) {
        let core = self.touch();
        let ended = matches!(core.life, Life::Ended(_));
        let can_push = ended || core.can_push(self.channel.layout.slots);
        (core.life.clone(), can_push, core.outcomes.can_pull())
    }

    fn lock(&self) -> Locked<'_> {
        // Nothing of the user's runs under the lock, so a poisoned lock can only come from a bug of ours that has shown already.
        let core = self.core.lock().unwrap_or_else(PoisonError::into_inner);
        Locked::new(self, core)
    }

    /// Settles what was answered, then fills free slots from the backlog.
    fn advance(&self, core: &mut Core) {
        // A child that broke the protocol is not believed any more.
        while core.ending.broken.is_none()
            && let Some((entry, carried)) = core.slots.next_reply(&self.channel)
        {
            if let Err(reason) = self.take_in(core, entry, &carried) {
                self.break_off(core, reason);
            }
        }
        if self.saves {
            self.take_in_unsaved(core);
        }
        if !core.backlog.is_empty() {
            self.fill_slots(core);
        }
    }

    pub(crate) fn site(&self, method: &'static str, call: u64, started: Started) -> Box<CallSite> {
        self.site_in(self.pid(), method, call, started)
    }

    /// The same for a call that another process of the object may have served.
    pub(crate) fn site_in(&self, pid: u32, method: &'static str, call: u64, started: Started) -> Box<CallSite> {
        Box::new(CallSite {
            name: self.identity.name.clone(),
            pid,
            method,
            call: CallId::new(call),
            started,
            lives_on: false,
        })
    }

    pub(crate) fn method_name(&self, method: u32) -> &'static str {
        let own = || if method == TRIM { "trim" } else { "" };
        self.identity.methods.get(method as usize).copied().unwrap_or_else(own)
    }

    /// What every call gets in a forked copy of the parent.
    pub(crate) fn forked_copy(&self, method: &'static str) -> CallError {
        CallError::ForkedCopy { site: self.site(method, 0, Started::No) }
    }

    /// Why the object is gone, if it is: the error of a pull that has nothing else to say.
    pub(crate) fn gone(&self, core: &Core) -> Option<CallError> {
        let Life::Ended(end) = &core.life else { return None };
        Some(end.error(self.site("", 0, Started::No)))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.is_ours() {
            supervisor::forget(&self.me);
        } else {
            // A forked copy has other things, or nothing, where the files are mapped here.
            self.channel.leave_mapped();
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("name", &self.identity.name).field("pid", &self.pid()).finish_non_exhaustive()
    }
}
