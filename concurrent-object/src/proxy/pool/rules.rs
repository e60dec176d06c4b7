//! When a pool replaces, adds and ends members.
//!
//! Knows limits and counts; makes nothing.

use std::time::Duration;

/// The rules that the user has set.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules {
    /// A member is replaced after it was given so many calls.
    pub(crate) recycle_after: Option<u64>,
    /// A member is replaced if its process has so many bytes of memory.
    pub(crate) recycle_above: Option<usize>,
    /// How many members there may be, and how long an additional one may be idle.
    pub(crate) grow_to: Option<(usize, Duration)>,
}

/// The time between two attempts to make a member in place of one that could not be constructed.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Returns how long to wait before the next attempt, after so many failures in a row.
pub(crate) fn pause_after(failures: u32) -> Duration {
    if failures <= 1 {
        // It may have died for a reason that has nothing to do with it.
        return Duration::ZERO;
    }
    FIRST_PAUSE.saturating_mul(1 << (failures - 2).min(16)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_minute() {
        assert_eq!(pause_after(1), Duration::ZERO);
        assert_eq!(pause_after(2), FIRST_PAUSE);
        assert_eq!(pause_after(3), 2 * FIRST_PAUSE);
        assert_eq!(pause_after(10), LONGEST_PAUSE);
        assert_eq!(pause_after(u32::MAX), LONGEST_PAUSE);
    }
}
