//! Everything of an object that changes, under one lock.

use std::sync::Arc;

use super::ALIVE_CHECK_INTERVAL;
use super::backlog::Backlog;
use super::driver::Driver;
use super::end::End;
use super::ending::Ending;
use super::events::Events;
use super::front::Front;
use super::held::Held;
use super::incarnation::Incarnation;
use super::locked::After;
use super::outcomes::Outcomes;
use super::pauses::Stops;
use super::policy::Restarts;
use super::slots::SlotTable;
use super::supervisor::Watch;
use super::unsaved::Unsaved;
use crate::channel::mapped::Lease;
use crate::clock::{self, Moment};
use crate::error::Death;

/// Everything that changes, under one lock.
pub(crate) struct Core {
    pub(super) slots: SlotTable,
    pub(super) outcomes: Outcomes,
    pub(super) backlog: Backlog,
    pub(super) driver: Driver,
    pub(super) life: Life,
    pub(super) ending: Ending,
    pub(super) last_alive_check: Option<Moment>,
    /// The oldest waiting call refers to files that the child could not take yet.
    pub(super) socket_is_full: bool,
    /// Calls of our own that asked for memory back.
    pub(super) trims: u64,
    /// When the supervising thread looks, if it does, in nanoseconds of the monotonic clock.
    pub(super) next_look: Option<u64>,
    /// The oldest call that the child has neither answered nor passed over, as the last look has found it.
    pub(super) front: Option<Front>,
    /// The last look, in nanoseconds of the monotonic clock.
    pub(super) looked_at: u64,
    /// When the child was stopped.
    pub(super) stops: Stops,
    /// The process; nothing between two, and at the end.
    pub(super) body: Option<Arc<Incarnation>>,
    /// The same process, if the supervising thread watches it.
    pub(super) watch: Option<Watch>,
    /// The supervising thread has seen its end, and left it to whoever drives.
    pub(super) end_is_known: bool,
    /// When it was made, in nanoseconds of the monotonic clock.
    pub(super) started_at: u64,
    /// Whether the object was ready at any time.
    pub(super) was_ready: bool,
    pub(super) restarts: Restarts,
    /// The last death, while new calls are refused for it: until the object is ready again.
    pub(super) restarts_after: Option<Arc<Death>>,
    /// When the next process is made.
    pub(super) next_life: Option<u64>,
    /// The spawner thread is about it.
    pub(super) is_spawning: bool,
    /// What a call refers to that a child was killed for: it may read that until it is gone.
    pub(super) dying: Held,
    pub(super) events: Events,
    pub(super) unsaved: Unsaved,
    /// To be done when the lock is released.
    pub(super) after: After,
}

/// How far the object's life has come.
#[derive(Clone, Debug)]
pub(crate) enum Life {
    Starting,
    Ready,
    Ended(End),
}

impl Core {
    pub(super) fn new(leases: Vec<Lease>, body: Incarnation) -> Self {
        Self {
            slots: SlotTable::new(leases),
            outcomes: Outcomes::default(),
            backlog: Backlog::default(),
            driver: Driver::default(),
            life: Life::Starting,
            ending: Ending::default(),
            last_alive_check: None,
            socket_is_full: false,
            trims: 0,
            next_look: None,
            front: None,
            looked_at: 0,
            stops: Stops::default(),
            body: Some(Arc::new(body)),
            watch: None,
            end_is_known: false,
            started_at: clock::now(),
            was_ready: false,
            restarts: Restarts::default(),
            restarts_after: None,
            next_life: None,
            is_spawning: false,
            dying: Held::default(),
            events: Events::default(),
            unsaved: Unsaved::default(),
            after: After::default(),
        }
    }

    pub(crate) fn life(&self) -> &Life {
        &self.life
    }

    pub(crate) fn outcomes(&mut self) -> &mut Outcomes {
        &mut self.outcomes
    }

    pub(super) fn can_push(&self, slots: usize) -> bool {
        let is_free = self.outcomes.unpulled() < slots && self.backlog.is_empty();
        is_free && self.restarts_after.is_none() && self.slots.has_room(&self.outcomes)
    }

    pub(super) fn is_alive_check_due(&mut self) -> bool {
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
