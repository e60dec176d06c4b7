//! How many calls there were, and where they are.

use super::Link;

/// Counts of an object's calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Calls that were accepted since the start.
    pub accepted: u64,
    /// Calls that were accepted and have no outcome yet.
    pub outstanding: usize,
    /// Of these, calls whose arguments wait in the parent because every slot is in use.
    pub waiting: usize,
    /// Pushed calls whose outcome was not pulled yet.
    pub unpulled: usize,
    /// Snapshots of the object's state that failed, since the start: see [`Snapshots`](crate::Snapshots).
    pub unsaved: u64,
}

impl Link {
    /// The counts of its calls.
    pub(crate) fn statistics(&self) -> Statistics {
        let core = self.touch();
        Statistics {
            accepted: core.outcomes.accepted() - core.trims,
            outstanding: core.outcomes.unsettled(),
            waiting: core.backlog.len(),
            unpulled: core.outcomes.unpulled(),
            unsaved: core.unsaved.count,
        }
    }
}
