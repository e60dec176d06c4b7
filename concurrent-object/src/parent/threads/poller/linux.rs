//! What the supervisor thread sleeps on: one timer, and the ends of the processes that it watches.
//!
//! Knows descriptors and numbers; the supervisor knows what a number means. It uses two
//! descriptors, besides the process descriptors that exist anyway.
//!
//! Invariants: an end is reported once. A process is removed from the epoll set before its
//! descriptor is closed, because a forked copy of this process may keep it open.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::epoll;
use rustix::io::Errno;
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime};

use crate::clock::{self, timespec};
use crate::error::refused::Naming;

const MAX_EVENTS: usize = 64;

/// The timer's number in the epoll set. Processes have other numbers.
const TIMER: u64 = 0;

#[derive(Debug)]
pub(crate) struct Poller {
    epoll: OwnedFd,
    timer: OwnedFd,
    /// When the timer fires, in nanoseconds of the monotonic clock; zero if it is not set.
    due: AtomicU64,
}

impl Poller {
    pub(crate) fn new() -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).naming("epoll_create1")?;
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags).naming("timerfd_create")?;
        epoll::add(&epoll, &timer, epoll::EventData::new_u64(TIMER), epoll::EventFlags::IN).naming("epoll_ctl")?;
        // Tries the system calls that a sandbox may deny. A later failure would have no caller to
        // report it to, and no limit would be enforced.
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &setting(None)).naming("timerfd_settime")?;
        let now = timespec(Duration::ZERO);
        epoll::wait(&epoll, spare_capacity(&mut Vec::with_capacity(1)), Some(&now)).naming("epoll_pwait")?;
        Ok(Self { epoll, timer, due: AtomicU64::new(0) })
    }

    /// Sets the time at which the next sleep ends at the latest. With `None`, only the end of a
    /// process ends it. Replaces the earlier setting. Another thread may call this while the
    /// supervisor thread sleeps.
    pub(crate) fn wake_at(&self, at: Option<u64>) {
        // A relative time, so that the timer follows the clock that `at` was read from, even if
        // that is not the kernel's. At least one nanosecond, because zero would disarm the timer.
        let now = clock::now();
        let left = at.map(|at| Duration::from_nanos(at.saturating_sub(now).max(1)));
        // Relaxed: threads set the timer under the lock of the timer queue, and the timer wakes the
        // thread that reads this.
        self.due.store(at.map_or(0, |at| at.max(now)), Ordering::Relaxed);
        // This fails only for a wrong descriptor or an invalid time. `new` has tried that the call
        // is permitted.
        let _before = timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &setting(left));
    }

    /// Returns when the timer fires, or has fired.
    pub(crate) fn due(&self) -> Option<u64> {
        Some(self.due.load(Ordering::Relaxed)).filter(|&due| due != 0)
    }

    /// Watches a process: `wait` returns its number once, when it has ended. The number is not 0,
    /// and was never used before.
    pub(crate) fn watch(&self, number: u64, pidfd: BorrowedFd<'_>) -> io::Result<()> {
        let flags = epoll::EventFlags::IN | epoll::EventFlags::ONESHOT;
        epoll::add(&self.epoll, pidfd, epoll::EventData::new_u64(number), flags).naming("epoll_ctl")
    }

    /// Stops watching a process. A `wait` that is just returning may still report its end.
    pub(crate) fn unwatch(&self, pidfd: BorrowedFd<'_>) {
        // `watch` added it and its descriptor is open, so it is in the set.
        let _known = epoll::delete(&self.epoll, pidfd);
    }

    /// Blocks until the timer fires or processes have ended, and returns the numbers of those
    /// processes.
    pub(crate) fn wait(&self) -> io::Result<Vec<u64>> {
        let mut events = Vec::with_capacity(MAX_EVENTS);
        match epoll::wait(&self.epoll, spare_capacity(&mut events), None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(events.iter().map(|event| event.data.u64()).filter(|&number| number != TIMER).collect())
    }
}

/// The timer setting: fire once after this time, or never.
fn setting(left: Option<Duration>) -> Itimerspec {
    Itimerspec { it_interval: timespec(Duration::ZERO), it_value: timespec(left.unwrap_or_default()) }
}
