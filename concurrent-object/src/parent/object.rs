//! The parent's side of one object: its calls, the threads that wait for them, and their outcomes.
//!
//! Knows call numbers, slots and bytes; knows no types of the user. Invariants: every accepted call
//! is in exactly one place (backlog, slot, settled) until its outcome is taken. No code of the user
//! (`Serialize`, `Deserialize`, `Drop`, wakers) runs while the lock is held.

pub(crate) mod admission;
pub(crate) mod awaiting;
pub(crate) mod background_end;
pub(crate) mod cancel;
pub(crate) mod crew;
pub(crate) mod deadlines;
pub(crate) mod death;
pub(crate) mod death_report;
pub(crate) mod descriptor;
pub(crate) mod elsewhere;
pub(crate) mod end;
pub(crate) mod errors;
pub(crate) mod events;
pub(crate) mod exit_diagnosis;
pub(crate) mod front;
pub(crate) mod guard;
pub(crate) mod handles;
pub(crate) mod inspection;
pub(crate) mod items;
pub(crate) mod kill;
pub(crate) mod load;
pub(crate) mod loans;
pub(crate) mod moving;
pub(crate) mod reacting;
pub(crate) mod recall;
pub(crate) mod receive;
pub(crate) mod reply;
pub(crate) mod restart;
pub(crate) mod send;
pub(crate) mod settle;
pub(crate) mod short;
pub(crate) mod spawn;
pub(crate) mod state;
pub(crate) mod statistics;
pub(crate) mod submit;
pub(crate) mod supervise;
pub(crate) mod team;
#[cfg(all(test, target_os = "linux", not(concurrent_object_portable)))]
pub(crate) mod tests;
pub(crate) mod times;
pub(crate) mod trim;
pub(crate) mod unsaved;
pub(crate) mod wait;
pub(crate) mod watch;

use std::fmt;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use self::descriptor::Descriptor;
use self::guard::ObjectGuard;
use self::handles::HandleBook;
use self::loans::LentRegion;
use self::state::ObjectState;
use self::team::Team;
use super::calls::timing::Limits;
use super::life::backend::Backend;
use super::life::on_drop::OnDrop;
use super::life::phase::Summary;
use super::life::report::Report;
use super::life::restart_policy::RestartPolicy;
use super::life::shared_files::SentFiles;
use super::life::spawn_spec::SpawnSpec;
use super::pauses::check_interval;
use super::threads::supervisor;
use crate::clock::later;
use crate::descriptor::OwnedFd;
use crate::memory::fork::Origin;
use crate::process::confinement::Confinement;
use crate::protocol::remote::Remote;
use crate::shared::file::SharedFile;
use crate::transport::mapped::{Channel, Lease};
use crate::transport::spin::Waiting;

/// How often `poll` asks the kernel whether the child is still alive, if it found no reply.
const ALIVE_CHECK_INTERVAL: Duration = Duration::from_micros(100);

/// The properties of an object that are fixed at its start.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) name: Arc<str>,
    pub(crate) methods: &'static [&'static str],
    pub(crate) grace: Duration,
    pub(crate) limits: Limits,
    pub(crate) restart: RestartPolicy,
    pub(crate) on_drop: OnDrop,
    /// The numbers of the methods that may run again after a death.
    pub(crate) idempotent: &'static [u32],
    pub(crate) report: Report,
    /// Whether methods return handles.
    pub(crate) uses_handles: bool,
    pub(crate) confinement: Confinement,
    /// Where the object lives, if that is another program.
    pub(crate) remote: Option<Arc<dyn Remote>>,
}

/// One object, seen from its parent.
pub(crate) struct Object {
    /// The object itself, for the supervisor thread.
    pub(crate) me: Weak<Self>,
    pub(crate) identity: Identity,
    /// The pid of the latest process.
    pid: AtomicU32,
    /// How many processes there were.
    incarnation: AtomicU64,
    origin: Origin,
    channel: Channel,
    state: Mutex<ObjectState>,
    /// Notified after each report of an event.
    reported: Condvar,
    waiting: Waiting,
    /// The filled regions on loan, by slot. They have a lock of their own, under which no other
    /// lock is taken.
    lent: Mutex<Vec<Weak<LentRegion>>>,
    files: Arc<SentFiles>,
    kept: Kept,
    /// How to spawn the next process; `None` if the object is never restarted.
    spawn_spec: Option<SpawnSpec>,
    /// Whether the child saves the object's state.
    saves: bool,
    is_bridged: bool,
    handles: HandleBook,
    descriptor: Descriptor,
    /// The pool that the object is a member of.
    team: OnceLock<Weak<Team>>,
}

/// The constructor's arguments, kept for the object's lifetime.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) arguments: OwnedFd,
    /// The shared files that the arguments refer to.
    pub(crate) files: Vec<Arc<SharedFile>>,
}

impl Object {
    pub(crate) fn new(
        identity: Identity,
        backend: Backend,
        origin: Origin,
        (channel, leases): (Channel, Vec<Lease>),
        files: Arc<SentFiles>,
        (kept, spawn_spec): (Kept, Option<SpawnSpec>),
    ) -> Arc<Self> {
        let pid = AtomicU32::new(backend.pid());
        let (uses_handles, is_bridged) = (identity.uses_handles, backend.is_bridge());
        let saves = spawn_spec.as_ref().is_some_and(SpawnSpec::saves);
        let object = Arc::new_cyclic(|me| Self {
            me: me.clone(),
            identity,
            pid,
            incarnation: AtomicU64::new(1),
            origin,
            channel,
            state: Mutex::new(ObjectState::new(leases, backend, uses_handles)),
            reported: Condvar::new(),
            waiting: Waiting::default(),
            lent: Mutex::default(),
            files,
            kept,
            spawn_spec,
            saves,
            is_bridged,
            handles: HandleBook::default(),
            descriptor: Descriptor::default(),
            team: OnceLock::new(),
        });
        if let Some(timeout) = object.identity.limits.ready_timeout {
            let mut state = object.lock();
            let spawned_at = state.phase.running().map_or(0, |running| running.spawned_at);
            state.poll_at(later(spawned_at, check_interval(timeout).min(timeout)));
        }
        object
    }

    #[inline]
    pub(crate) fn pid(&self) -> u32 {
        self.pid.load(Ordering::Relaxed)
    }

    /// How many processes there were.
    pub(crate) fn incarnation(&self) -> u64 {
        self.incarnation.load(Ordering::Relaxed)
    }

    /// Whether this process is the one that started the object. In a forked copy only this may be
    /// asked.
    #[inline]
    pub(crate) fn is_ours(&self) -> bool {
        self.origin.is_here()
    }

    /// Locks, receives the child's replies, and moves calls of the backlog into free slots. Notices
    /// a child that has ended, if no thread drives.
    pub(crate) fn poll(&self) -> ObjectGuard<'_> {
        let mut state = self.lock();
        self.advance(&mut state);
        if !state.calls.waiters.is_driven()
            && state.is_alive_check_due()
            && state.backend().is_some_and(Backend::has_ended)
        {
            self.finish(&mut state);
        }
        self.after_look(&mut state);
        state
    }

    /// Returns the object's phase, whether a call may be pushed, and whether an outcome may be
    /// pulled.
    pub(crate) fn status(&self) -> (Summary, bool, bool) {
        let state = self.poll();
        let can_push = state.phase.has_ended() || state.can_push(self.channel.layout.slots);
        (state.summary(), can_push, state.calls.table.can_pull())
    }

    #[inline]
    fn lock(&self) -> ObjectGuard<'_> {
        // No code of the user runs under the lock. So only a bug of this library can poison it, and
        // its panic was seen already.
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        ObjectGuard::new(self, state)
    }

    /// Settles the answered calls, then fills free slots from the backlog.
    fn advance(&self, state: &mut ObjectState) {
        // Replies of a child that broke the protocol are no longer received.
        if state.phase.broken().is_none()
            && let Err(reason) = self.receive_some(state)
        {
            self.break_off(state, reason);
        }
        if self.saves {
            self.count_unsaved(state);
        }
        if !state.calls.backlog.is_empty() {
            self.send_waiting(state);
        }
    }

    /// Returns its address, by which arguments find out whether a handle belongs to it.
    #[inline]
    pub(crate) fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Returns the memory that the lists of a result may take, in bytes.
    #[inline]
    pub(crate) fn max_decoded_size(&self) -> usize {
        self.identity.limits.max_decoded_size(self.channel.layout.output_limit)
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        if self.is_ours() {
            supervisor::forget(&self.me);
            self.end_reaction();
        } else {
            // In a forked copy these addresses hold other mappings, or none: unmap nothing.
            self.channel.leave_mapped();
        }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object").field("name", &self.identity.name).field("pid", &self.pid()).finish_non_exhaustive()
    }
}
