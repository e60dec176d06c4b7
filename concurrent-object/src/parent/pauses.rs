//! The times in which a process was stopped. No time limit counts them.
//!
//! Problem: the clock goes on while a process is stopped (Ctrl-Z, SIGSTOP, a debugger). The kernel
//! does not report when a stop began. So a limit that compares two clock readings would end calls
//! of a child that could not run. Way here: *sampling*. While a limit runs, the supervisor thread
//! checks the child eight times within it. If the thread itself woke late, its own process was
//! stopped. If a check finds the child stopped, the stop counts from the check before.
//!
//! Invariant: a stop of the child that a check has seen is counted whole. So a limit is enforced at
//! most two checks late, and never early. A stop between two checks is not seen.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::later;
use crate::process::stopped::StopKind;

/// A thread that wakes this much after its timer was due counts as stopped.
const LATE: Duration = Duration::from_millis(100);

/// The longest stop by a signal that a limit does not count; the child counts as hanging after it.
/// A stop by a debugger has no bound.
const MAX_STOPPED: Duration = Duration::from_secs(600);

/// The largest number of pauses kept. With more pauses within one limit, the limit counts the
/// oldest again.
const MAX_PAUSES: usize = 32;

/// Returns the time between two checks of a call or process that has this limit.
pub(crate) fn check_interval(limit: Duration) -> Duration {
    (limit / 8).clamp(Duration::from_millis(20), Duration::from_secs(10))
}

/// Disjoint intervals of the clock, in order.
#[derive(Debug, Default)]
pub(crate) struct Pauses(VecDeque<(u64, u64)>);

impl Pauses {
    /// Adds a pause between these times.
    fn note(&mut self, from: u64, to: u64) {
        match self.0.back_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => self.0.push_back((from, to)),
        }
        if self.0.len() > MAX_PAUSES {
            self.0.pop_front();
        }
    }

    /// Notes that the thread slept from `slept_at`, until its timer at `due`, and woke at
    /// `woke_at`.
    ///
    /// When in its sleep the process was stopped is unknown. The first quarter of the planned sleep
    /// counts as time that it ran. Otherwise a machine that always wakes late would delay every
    /// limit without end.
    pub(crate) fn note_sleep(&mut self, slept_at: u64, due: Option<u64>, woke_at: u64) {
        if let Some(due) = due.filter(|&due| woke_at >= later(due, LATE)) {
            self.note(slept_at + due.saturating_sub(slept_at) / 4, woke_at);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns how many nanoseconds of this interval the pauses cover.
    pub(crate) fn within(&self, from: u64, to: u64) -> u64 {
        self.0.iter().map(|&(began, ended)| ended.min(to).saturating_sub(began.max(from))).sum()
    }
}

/// The times in which a child was stopped and its parent was not.
#[derive(Debug, Default)]
pub(crate) struct Stops {
    stopped: Pauses,
    traced: Pauses,
    /// The time of the last check.
    checked_at: u64,
    stop_kind: Option<StopKind>,
}

impl Stops {
    /// Notes what a check of the child has found.
    pub(crate) fn note(&mut self, stop_kind: Option<StopKind>, now: u64) {
        // A stop lasts from the last check that found the child running to the first that does so
        // again.
        match stop_kind.or(self.stop_kind) {
            Some(StopKind::Stopped) => self.stopped.note(self.checked_at, now),
            Some(StopKind::Traced) => self.traced.note(self.checked_at, now),
            None => {}
        }
        (self.checked_at, self.stop_kind) = (now, stop_kind);
    }

    /// Returns how many nanoseconds of this interval a limit does not count.
    pub(crate) fn within(&self, from: u64, to: u64) -> u64 {
        let stopped = Duration::from_nanos(self.stopped.within(from, to)).min(MAX_STOPPED);
        later(self.traced.within(from, to), stopped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn sleep_that_ended_late_is_a_pause_except_for_its_first_quarter() {
        let mut pauses = Pauses::default();
        pauses.note_sleep(0, Some(100 * MS), 150 * MS);
        pauses.note_sleep(150 * MS, None, 5000 * MS);
        assert_eq!(pauses.within(0, u64::MAX), 0, "the first sleep ended early enough, the second had no timer");
        pauses.note_sleep(5000 * MS, Some(5400 * MS), 9000 * MS);
        assert_eq!(pauses.within(0, u64::MAX), 3900 * MS);
        assert_eq!(pauses.within(6000 * MS, 7000 * MS), 1000 * MS, "only the part within the interval");
    }

    #[test]
    fn machine_that_always_wakes_late_still_reaches_its_limits() {
        let mut pauses = Pauses::default();
        for check in 0..100 {
            let slept_at = check * 1020 * MS;
            pauses.note_sleep(slept_at, Some(slept_at + 20 * MS), slept_at + 1020 * MS);
        }
        let ran = 102_000 * MS - pauses.within(0, 102_000 * MS);
        assert!(ran >= 100 * 5 * MS, "{ran}");
    }

    #[test]
    fn stop_counts_from_the_last_check_before_to_the_first_check_after() {
        let mut stops = Stops::default();
        let checks =
            [None, None, Some(StopKind::Stopped), Some(StopKind::Stopped), None, None, Some(StopKind::Traced), None];
        for (at, stop_kind) in (1..).zip(checks) {
            stops.note(stop_kind, at * 10 * MS);
        }
        assert_eq!(stops.within(0, 100 * MS), (30 + 20) * MS);
        assert_eq!(stops.within(25 * MS, 45 * MS), 20 * MS);
    }

    #[test]
    fn stop_by_a_signal_is_excused_up_to_a_bound_and_tracing_without_one() {
        let hour = 3_600_000 * MS;
        for (stop_kind, excused) in [(StopKind::Stopped, 600_000 * MS), (StopKind::Traced, hour - MS)] {
            let mut stops = Stops::default();
            stops.note(None, MS);
            stops.note(Some(stop_kind), hour);
            assert_eq!(stops.within(0, hour), excused);
        }
    }
}
