//! The part of an object that changes, under one lock.
//!
//! Knows the parts of the state and the few questions that need several of them. Invariant: a time
//! in `remind` is an effect: it is due when the lock is released.

use std::sync::Arc;

use super::{ALIVE_CHECK_INTERVAL, Object};
use crate::clock::{self, Moment};
use crate::parent::calls::Calls;
use crate::parent::calls::front::Front;
use crate::parent::calls::times::CallTimes;
use crate::parent::life::backend::Backend;
use crate::parent::life::background_end::BackgroundEnd;
use crate::parent::life::events::EventQueue;
use crate::parent::life::idle_rings::IdleRings;
use crate::parent::life::phase::{Phase, Summary};
use crate::parent::life::restart_policy::Restarts;
use crate::parent::life::shutdown::Shutdown;
use crate::parent::life::unsaved::Unsaved;
use crate::parent::pauses::Stops;
use crate::parent::threads::reactor::Reaction;
use crate::parent::threads::supervisor::ProcessWatch;
use crate::transport::mapped::Lease;

/// The process of the object. With it the supervisor thread's watch on it, if its death has
/// consequences.
pub(crate) struct Peer {
    pub(crate) backend: Backend,
    pub(crate) watch: Option<ProcessWatch>,
}

/// The part of an object that changes.
pub(crate) struct ObjectState {
    pub(crate) calls: Calls,
    pub(crate) phase: Phase<Peer>,
    /// The reactor thread's watch, once a task has waited.
    pub(crate) reaction: Option<Reaction>,
    /// Whether the reactor thread waits only until the child has nothing more to do.
    pub(crate) is_armed_for_idle: bool,
    /// When the object was armed.
    pub(crate) armed_at: Option<Moment>,
    pub(crate) idle_rings: IdleRings,
    pub(crate) shutdown: Shutdown,
    /// Whether the pool has another member in its place. It serves what it has.
    pub(crate) is_retired: bool,
    /// Where the pool counts how long calls wait and run.
    pub(crate) times: Option<Arc<CallTimes>>,
    /// An end that no thread waits for.
    pub(crate) background_end: Option<BackgroundEnd>,
    /// The object itself, while it ends in the background.
    pub(crate) keeper: Option<Arc<Object>>,
    pub(crate) restarts: Restarts,
    pub(crate) events: EventQueue,
    pub(crate) unsaved: Unsaved,
    pub(crate) last_alive_check: Option<Moment>,
    /// The number of calls that the library itself made to ask the child to give memory back.
    pub(crate) own_calls: u64,
    /// When the supervisor thread polls the object next, in nanoseconds of the monotonic clock;
    /// `None` if no poll is due.
    pub(crate) next_poll: Option<u64>,
    /// The oldest call that the child has neither answered nor skipped, as of the last poll by the
    /// supervisor thread.
    pub(crate) front: Option<Front>,
    /// The time of that poll, in nanoseconds of the monotonic clock.
    pub(crate) polled_at: u64,
    /// The spans of time in which the child was stopped.
    pub(crate) stops: Stops,
    /// An effect: the supervisor thread is reminded of this time after the lock is released.
    pub(crate) remind: Option<u64>,
}

impl ObjectState {
    pub(crate) fn new(leases: Vec<Lease>, backend: Backend, uses_handles: bool) -> Self {
        Self {
            calls: Calls { notes_unread: uses_handles, ..Calls::new(leases) },
            phase: Phase::start(Peer { backend, watch: None }, clock::now()),
            reaction: None,
            is_armed_for_idle: false,
            armed_at: None,
            idle_rings: IdleRings::default(),
            shutdown: Shutdown::default(),
            is_retired: false,
            times: None,
            background_end: None,
            keeper: None,
            restarts: Restarts::default(),
            events: EventQueue::default(),
            unsaved: Unsaved::default(),
            last_alive_check: None,
            own_calls: 0,
            next_poll: None,
            front: None,
            polled_at: 0,
            stops: Stops::default(),
            remind: None,
        }
    }

    pub(crate) fn summary(&self) -> Summary {
        self.phase.summary()
    }

    /// The object's process; `None` between two processes, and at the end.
    pub(crate) fn backend(&self) -> Option<&Backend> {
        self.phase.process().map(|peer| &peer.backend)
    }

    /// Whether no accepted call is left to be served.
    pub(crate) fn has_served_all(&self) -> bool {
        self.phase.has_ended() || self.calls.table.unsettled() == 0
    }

    /// Whether the object has ended, and keeps no call for another member of its pool.
    pub(crate) fn has_settled_all(&self) -> bool {
        self.phase.has_ended() && self.calls.backlog.is_empty()
    }

    /// Whether the pool may give it calls.
    pub(crate) fn takes_over(&self) -> bool {
        let is_ending = self.is_retired || self.shutdown.takes_no_calls() || self.phase.has_ended();
        !is_ending && self.phase.broken().is_none() && self.phase.refuses().is_none()
    }

    /// Whether it was asked to end because it has served what it had. Later calls move on.
    pub(crate) fn has_retired(&self) -> bool {
        self.is_retired && self.shutdown.takes_no_calls()
    }

    /// Whether the child was sent SIGKILL.
    pub(crate) fn is_killed(&self) -> bool {
        self.shutdown.is_killed() || self.phase.killed_for().is_some()
    }

    pub(crate) fn can_push(&self, slots: usize) -> bool {
        self.phase.refuses().is_none() && self.calls.can_push(slots)
    }

    pub(crate) fn is_alive_check_due(&mut self) -> bool {
        if self.phase.has_ended() {
            return false;
        }
        let due = self.last_alive_check.is_none_or(|last| last.elapsed() >= ALIVE_CHECK_INTERVAL);
        if due {
            self.last_alive_check = Some(Moment::now());
        }
        due
    }

    /// Asks the supervisor thread to poll the object at this time, unless it does so before.
    pub(crate) fn poll_at(&mut self, at: u64) {
        if self.next_poll.is_none_or(|next| at < next) {
            self.next_poll = Some(at);
            self.remind = Some(at);
        }
    }
}
