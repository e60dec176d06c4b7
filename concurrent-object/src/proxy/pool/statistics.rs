//! The counts of a pool.
//!
//! Knows the counts of its members. Invariant: a call that has moved is counted once.

use crate::parent::calls::times::TimeHistogram;
use crate::parent::object::load::Load;
use crate::parent::object::statistics::Statistics;
use crate::parent::object::team::Team;

/// What has happened to members so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SeatCounts {
    /// Members that were replaced after they had died.
    pub(super) replaced: u64,
    pub(super) recycled: u64,
    /// Calls that members accepted that are gone.
    pub(super) accepted: u64,
}

/// Counts of a pool's calls and members.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PoolStatistics {
    /// Members that there are now, those that are ending included.
    pub members: usize,
    /// Members that are ready.
    pub ready: usize,
    /// Calls that were accepted since the start.
    pub accepted: u64,
    /// Calls that have no outcome yet.
    pub outstanding: usize,
    /// How often a call has moved from one member to another.
    pub moved: u64,
    /// Members that have died and were replaced.
    pub replaced: u64,
    /// Members that were replaced by the rules of `recycle_after` and `recycle_above`.
    pub recycled: u64,
    /// How long answered calls waited, from submission to start. `None` unless
    /// [`measure_times`](crate::Pool::measure_times) was called. The start is that of the kernel's
    /// coarse clock: exact to a few milliseconds.
    pub waiting: Option<TimeHistogram>,
    /// How long answered calls ran, from the start until the parent received the answer.
    pub running: Option<TimeHistogram>,
}

impl PoolStatistics {
    pub(super) fn sum(members: Vec<(Load, Statistics)>, counts: SeatCounts, team: &Team) -> Self {
        let moved = team.moved();
        let [waiting, running] = team.times().map_or([None, None], |times| times.map(Some));
        let accepted = members.iter().map(|(_, one)| one.accepted).sum::<u64>();
        Self {
            members: members.iter().filter(|(load, _)| !load.has_ended).count(),
            ready: members.iter().filter(|(load, _)| load.is_ready).count(),
            // Each move is an acceptance too.
            accepted: (counts.accepted + accepted).saturating_sub(moved),
            outstanding: members.iter().map(|(_, one)| one.outstanding).sum(),
            moved,
            replaced: counts.replaced,
            recycled: counts.recycled,
            waiting,
            running,
        }
    }
}
