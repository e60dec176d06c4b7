//! Everything of an object that changes, under one lock.

use std::sync::Arc;

use super::ALIVE_CHECK_INTERVAL;
use crate::clock::{self, Moment};
use crate::error::Death;
use crate::parent::calls::Calls;
use crate::parent::calls::front::Front;
use crate::parent::calls::references::References;
use crate::parent::life::events::Events;
use crate::parent::life::instance::Instance;
use crate::parent::life::phase::Life;
use crate::parent::life::restart_policy::Restarts;
use crate::parent::life::shutdown::Shutdown;
use crate::parent::life::unsaved::Unsaved;
use crate::parent::pauses::Stops;
use crate::parent::threads::supervisor::Watch;
use crate::transport::mapped::Lease;

/// Everything that changes, under one lock.
pub(crate) struct ObjectState {
    pub(crate) calls: Calls,
    pub(crate) life: Life,
    pub(crate) shutdown: Shutdown,
    pub(crate) last_alive_check: Option<Moment>,
    /// Calls of our own that asked for memory back.
    pub(crate) trims: u64,
    /// When the supervising thread looks, if it does, in nanoseconds of the monotonic clock.
    pub(crate) next_look: Option<u64>,
    /// The oldest call that the child has neither answered nor passed over, as the last look has found it.
    pub(crate) front: Option<Front>,
    /// The last look, in nanoseconds of the monotonic clock.
    pub(crate) looked_at: u64,
    /// When the child was stopped.
    pub(crate) stops: Stops,
    /// The process; nothing between two, and at the end.
    pub(crate) instance: Option<Arc<Instance>>,
    /// The same process, if the supervising thread watches it.
    pub(crate) watch: Option<Watch>,
    /// The supervising thread has seen its end, and left it to whoever drives.
    pub(crate) end_is_known: bool,
    /// When it was made, in nanoseconds of the monotonic clock.
    pub(crate) started_at: u64,
    /// Whether the object was ready at any time.
    pub(crate) was_ready: bool,
    pub(crate) restarts: Restarts,
    /// The last death, while new calls are refused for it: until the object is ready again.
    pub(crate) restarts_after: Option<Arc<Death>>,
    /// When the next process is made.
    pub(crate) restart_at: Option<u64>,
    /// The spawner thread is about it.
    pub(crate) is_spawning: bool,
    /// What a call refers to that a child was killed for: it may read that until it is gone.
    pub(crate) dying: References,
    pub(crate) events: Events,
    pub(crate) unsaved: Unsaved,
    /// When the supervisor thread shall look, to be told after the lock is released, in nanoseconds of the monotonic clock.
    pub(crate) remind: Option<u64>,
}

impl ObjectState {
    pub(crate) fn new(leases: Vec<Lease>, instance: Instance) -> Self {
        Self {
            calls: Calls::new(leases),
            life: Life::Starting,
            shutdown: Shutdown::default(),
            last_alive_check: None,
            trims: 0,
            next_look: None,
            front: None,
            looked_at: 0,
            stops: Stops::default(),
            instance: Some(Arc::new(instance)),
            watch: None,
            end_is_known: false,
            started_at: clock::now(),
            was_ready: false,
            restarts: Restarts::default(),
            restarts_after: None,
            restart_at: None,
            is_spawning: false,
            dying: References::default(),
            events: Events::default(),
            unsaved: Unsaved::default(),
            remind: None,
        }
    }

    pub(crate) fn life(&self) -> &Life {
        &self.life
    }

    pub(crate) fn can_push(&self, slots: usize) -> bool {
        self.restarts_after.is_none() && self.calls.can_push(slots)
    }

    pub(crate) fn is_alive_check_due(&mut self) -> bool {
        if matches!(self.life, Life::Ended(_)) {
            return false;
        }
        let due = self.last_alive_check.is_none_or(|last| last.elapsed() >= ALIVE_CHECK_INTERVAL);
        if due {
            self.last_alive_check = Some(Moment::now());
        }
        due
    }
}
