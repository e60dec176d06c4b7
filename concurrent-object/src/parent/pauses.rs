//! The times in which a process stood still, which no limit counts.
//!
//! Problem: the clock goes on while a process is stopped (Ctrl-Z, SIGSTOP, a debugger), and the kernel does not tell when a
//! stop began. Way here: sampling. While a limit runs, the supervisor thread looks eight times within it. If the thread
//! woke late, its own process was stopped. If the child stands still at a look, it was stopped since the look before.
//! Invariant: a stop of the child that a look has seen is counted whole, so a limit comes late by two looks at most, and
//! never early. A stop that lies between two looks is not seen.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::later;
use crate::process::stopped::StopKind;

/// Who wakes later than this was stopped, or as good as that.
const LATE: Duration = Duration::from_millis(100);

/// A child that is stopped by a signal for longer than this hangs: time counts again. A debugger may hold it for ever.
const MAX_STOPPED: Duration = Duration::from_secs(600);

/// More stops than that within one limit: the oldest count again.
const MAX_PAUSES: usize = 32;

/// Between two looks at what has this limit.
pub(crate) fn step(limit: Duration) -> Duration {
    (limit / 8).clamp(Duration::from_millis(20), Duration::from_secs(10))
}

/// Stretches of the clock, in their order and apart from each other.
#[derive(Debug, Default)]
pub(crate) struct Pauses(VecDeque<(u64, u64)>);

impl Pauses {
    /// A process stood still between these times.
    fn note(&mut self, from: u64, to: u64) {
        match self.0.back_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => self.0.push_back((from, to)),
        }
        if self.0.len() > MAX_PAUSES {
            self.0.pop_front();
        }
    }

    /// The thread went to sleep at one time, until `due`, and woke at another.
    ///
    /// Nothing tells when in its sleep the process was stopped. A quarter of the sleep counts as time that it ran, or a
    /// machine that is always late would put off every limit for ever.
    pub(crate) fn note_sleep(&mut self, slept_at: u64, due: Option<u64>, woke_at: u64) {
        if let Some(due) = due.filter(|&due| woke_at >= later(due, LATE)) {
            self.note(slept_at + due.saturating_sub(slept_at) / 4, woke_at);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much of this stretch they take.
    pub(crate) fn within(&self, from: u64, to: u64) -> u64 {
        self.0.iter().map(|&(began, ended)| ended.min(to).saturating_sub(began.max(from))).sum()
    }
}

/// When a child stood still while its parent did not.
#[derive(Debug, Default)]
pub(crate) struct Stops {
    stopped: Pauses,
    traced: Pauses,
    /// The last look.
    looked_at: u64,
    stop_kind: Option<StopKind>,
}

impl Stops {
    /// What a look at the child has found.
    pub(crate) fn note(&mut self, stop_kind: Option<StopKind>, now: u64) {
        // From the last look at which it ran to the first at which it runs again.
        match stop_kind.or(self.stop_kind) {
            Some(StopKind::Stopped) => self.stopped.note(self.looked_at, now),
            Some(StopKind::Traced) => self.traced.note(self.looked_at, now),
            None => {}
        }
        (self.looked_at, self.stop_kind) = (now, stop_kind);
    }

    /// How much of this stretch a limit does not count for it.
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
    fn a_sleep_that_ended_late_is_a_pause_but_for_a_quarter() {
        let mut pauses = Pauses::default();
        pauses.note_sleep(0, Some(100 * MS), 150 * MS);
        pauses.note_sleep(150 * MS, None, 5000 * MS);
        assert_eq!(pauses.within(0, u64::MAX), 0, "in time, or not due at all");
        pauses.note_sleep(5000 * MS, Some(5400 * MS), 9000 * MS);
        assert_eq!(pauses.within(0, u64::MAX), 3900 * MS);
        assert_eq!(pauses.within(6000 * MS, 7000 * MS), 1000 * MS, "only what lies within");
    }

    #[test]
    fn a_machine_that_is_always_late_puts_no_limit_off_for_ever() {
        let mut pauses = Pauses::default();
        for look in 0..100 {
            let slept_at = look * 1020 * MS;
            pauses.note_sleep(slept_at, Some(slept_at + 20 * MS), slept_at + 1020 * MS);
        }
        let ran = 102_000 * MS - pauses.within(0, 102_000 * MS);
        assert!(ran >= 100 * 5 * MS, "{ran}");
    }

    #[test]
    fn a_stop_counts_from_the_last_look_before_to_the_first_look_after() {
        let mut stops = Stops::default();
        let looks =
            [None, None, Some(StopKind::Stopped), Some(StopKind::Stopped), None, None, Some(StopKind::Traced), None];
        for (at, stop_kind) in (1..).zip(looks) {
            stops.note(stop_kind, at * 10 * MS);
        }
        assert_eq!(stops.within(0, 100 * MS), (30 + 20) * MS);
        assert_eq!(stops.within(25 * MS, 45 * MS), 20 * MS);
    }

    #[test]
    fn a_child_that_is_stopped_for_ever_hangs_and_one_that_is_traced_does_not() {
        let hour = 3_600_000 * MS;
        for (stop_kind, excused) in [(StopKind::Stopped, 600_000 * MS), (StopKind::Traced, hour - MS)] {
            let mut stops = Stops::default();
            stops.note(None, MS);
            stops.note(Some(stop_kind), hour);
            assert_eq!(stops.within(0, hour), excused);
        }
    }
}
