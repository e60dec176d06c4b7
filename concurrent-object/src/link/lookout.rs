//! What the supervising thread sleeps on: one timer, and the ends of the processes that it watches.
//!
//! Knows descriptors and numbers; what a number means is the supervisor's. Two descriptors in all, besides those that the
//! processes have anyway. Invariants: an end is told once; a process is taken from the set before its descriptor is closed,
//! because a forked copy of this process may have it open.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::event::epoll;
use rustix::io::Errno;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};

const MAX_EVENTS: usize = 64;

/// What the timer is called in the set.
const TIMER: u64 = 0;

#[derive(Debug)]
pub(super) struct Lookout {
    epoll: OwnedFd,
    timer: OwnedFd,
}

impl Lookout {
    pub(super) fn new() -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)?;
        epoll::add(&epoll, &timer, epoll::EventData::new_u64(TIMER), epoll::EventFlags::IN)?;
        Ok(Self { epoll, timer })
    }

    /// The next sleep ends at this time at the latest, in nanoseconds of the monotonic clock; without one it does not end of itself.
    /// Whatever the timer was set to before is forgotten. May be called while the thread sleeps.
    pub(super) fn wake_at(&self, at: Option<u64>) {
        const SECOND: u64 = 1_000_000_000;
        // All zero means never, and no clock shows it any more.
        let at = at.map_or(0, |at| at.max(1));
        let time = Timespec { tv_sec: (at / SECOND) as i64, tv_nsec: (at % SECOND) as _ };
        let setting = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: time };
        // It fails only for what is no timer, or no time.
        let _before = timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &setting);
    }

    /// From now on the end of this process is told, once, by its number: not 0, and never used before.
    pub(super) fn watch(&self, number: u64, pidfd: BorrowedFd<'_>) -> io::Result<()> {
        let flags = epoll::EventFlags::IN | epoll::EventFlags::ONESHOT;
        Ok(epoll::add(&self.epoll, pidfd, epoll::EventData::new_u64(number), flags)?)
    }

    /// The end of this process is told no more, unless it just is.
    pub(super) fn unwatch(&self, pidfd: BorrowedFd<'_>) {
        // It was added, and its descriptor is open, so it is in the set.
        let _known = epoll::delete(&self.epoll, pidfd);
    }

    /// Sleeps until a time has come, or processes have ended: their numbers.
    pub(super) fn wait(&self) -> io::Result<Vec<u64>> {
        let mut events = Vec::with_capacity(MAX_EVENTS);
        match epoll::wait(&self.epoll, spare_capacity(&mut events), None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(events.iter().map(|event| event.data.u64()).filter(|&number| number != TIMER).collect())
    }
}
