//! What the supervisor thread sleeps on, without a kernel's timers: an alarm with a deadline.
//!
//! Knows events and numbers; the supervisor knows what a number means. Invariant: an end is
//! reported once, because its event is set once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock::{self, Moment};
use crate::descriptor::BorrowedFd;
use crate::descriptor::portable::alarm::Alarm;

#[derive(Debug, Default)]
pub(crate) struct Poller {
    alarm: Arc<Alarm>,
    /// When the next sleep ends at the latest, in nanoseconds of the clock; zero if nothing is due.
    due: AtomicU64,
}

impl Poller {
    #[allow(clippy::unnecessary_wraps, reason = "a kernel may refuse")]
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self::default())
    }

    /// Sets the time at which the next sleep ends at the latest. With `None`, only an end ends it.
    /// Replaces the earlier setting. Another thread may call this while the supervisor thread
    /// sleeps.
    pub(crate) fn wake_at(&self, at: Option<u64>) {
        self.due.store(at.map_or(0, |at| at.max(clock::now())), Ordering::Relaxed);
        self.alarm.reconsider();
    }

    /// Returns when the timer fires, or has fired.
    pub(crate) fn due(&self) -> Option<u64> {
        Some(self.due.load(Ordering::Relaxed)).filter(|&due| due != 0)
    }

    /// Watches an end: `wait` returns its number once, when it has come. The number was never used
    /// before.
    #[allow(clippy::unnecessary_wraps, reason = "a kernel may refuse")]
    pub(crate) fn watch(&self, number: u64, end: BorrowedFd<'_>) -> io::Result<()> {
        end.watch(number, &self.alarm);
        Ok(())
    }

    /// Stops watching an end.
    pub(crate) fn unwatch(&self, end: BorrowedFd<'_>) {
        end.unwatch(&self.alarm);
    }

    /// Blocks until the timer fires or ends have come, and returns the numbers of those ends.
    #[allow(clippy::unnecessary_wraps, reason = "a kernel may refuse")]
    pub(crate) fn wait(&self) -> io::Result<Vec<u64>> {
        Ok(self.alarm.wait(|| self.due().map(Moment::from)).into_iter().collect())
    }
}
