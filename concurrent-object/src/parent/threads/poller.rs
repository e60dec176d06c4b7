//! What the supervising thread sleeps on: one timer, and the ends of the processes that it watches.
//!
//! Knows descriptors and numbers; what a number means is the supervisor's. Two descriptors in all, besides those that the
//! processes have anyway. Invariants: an end is told once; a process is taken from the set before its descriptor is closed,
//! because a forked copy of this process may have it open.

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

/// What the timer is called in the set.
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
        // What a sandbox may deny is tried here: later there is no caller to report to, and no limit would ever be enforced.
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &setting(None)).naming("timerfd_settime")?;
        let now = timespec(Duration::ZERO);
        epoll::wait(&epoll, spare_capacity(&mut Vec::with_capacity(1)), Some(&now)).naming("epoll_pwait")?;
        Ok(Self { epoll, timer, due: AtomicU64::new(0) })
    }

    /// The next sleep ends at this time at the latest; without one, only an event ends it. Replaces the earlier setting. May
    /// be called while the thread sleeps.
    pub(crate) fn wake_at(&self, at: Option<u64>) {
        // Relative, so that the timer follows the clock that `at` was read from, even if that is not the kernel's. All zero
        // would disarm it.
        let now = clock::now();
        let left = at.map(|at| Duration::from_nanos(at.saturating_sub(now).max(1)));
        // Relaxed: whoever sets the timer holds the agenda, and the thread that reads this is woken by the timer.
        self.due.store(at.map_or(0, |at| at.max(now)), Ordering::Relaxed);
        // It fails only for what is no timer, or no time: that the call is allowed was tried in `new`.
        let _before = timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &setting(left));
    }

    /// When the timer fires, or has fired.
    pub(crate) fn due(&self) -> Option<u64> {
        Some(self.due.load(Ordering::Relaxed)).filter(|&due| due != 0)
    }

    /// From now on the end of this process is told, once, by its number: not 0, and never used before.
    pub(crate) fn watch(&self, number: u64, pidfd: BorrowedFd<'_>) -> io::Result<()> {
        let flags = epoll::EventFlags::IN | epoll::EventFlags::ONESHOT;
        epoll::add(&self.epoll, pidfd, epoll::EventData::new_u64(number), flags).naming("epoll_ctl")
    }

    /// The end of this process is told no more, unless it just is.
    pub(crate) fn unwatch(&self, pidfd: BorrowedFd<'_>) {
        // It was added, and its descriptor is open, so it is in the set.
        let _known = epoll::delete(&self.epoll, pidfd);
    }

    /// Sleeps until a time has come, or processes have ended: their numbers.
    pub(crate) fn wait(&self) -> io::Result<Vec<u64>> {
        let mut events = Vec::with_capacity(MAX_EVENTS);
        match epoll::wait(&self.epoll, spare_capacity(&mut events), None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(events.iter().map(|event| event.data.u64()).filter(|&number| number != TIMER).collect())
    }
}

/// Once after this time, or never.
fn setting(left: Option<Duration>) -> Itimerspec {
    Itimerspec { it_interval: timespec(Duration::ZERO), it_value: timespec(left.unwrap_or_default()) }
}
