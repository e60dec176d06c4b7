//! What wakes a sleeping side: an eventfd, waited for together with whatever else may end the sleep.
//!
//! Knows descriptors and time; does not know who rings or why.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::io::Errno;

/// One end of a doorbell. Ringing never blocks; a ring that nobody awaited ends the next wait at once.
#[derive(Debug)]
pub(crate) struct Doorbell(OwnedFd);

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    Rung,
    /// The other descriptor became readable.
    Other,
    /// The third descriptor became writable.
    Writable,
    TimedOut,
}

impl Doorbell {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?))
    }

    pub(crate) fn from_fd(fd: OwnedFd) -> Self {
        Self(fd)
    }

    /// Wakes the side that waits, or that is about to.
    pub(crate) fn ring(&self) {
        // A full counter (EAGAIN) is a doorbell that is ringing already: nothing else can go wrong with an eventfd we own.
        let _already_ringing = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }

    /// Sleeps until the bell rings, `other` is readable, `third` is writable, or the deadline has come.
    pub(crate) fn wait(
        &self,
        other: Option<BorrowedFd<'_>>,
        third: Option<BorrowedFd<'_>>,
        deadline: Option<Instant>,
    ) -> io::Result<Woken> {
        let other = other.unwrap_or(self.0.as_fd());
        let mut fds = [
            PollFd::new(&self.0, PollFlags::IN),
            PollFd::from_borrowed_fd(other, PollFlags::IN),
            PollFd::from_borrowed_fd(third.unwrap_or(other), PollFlags::OUT),
        ];
        let fds = if third.is_some() { &mut fds[..] } else { &mut fds[..2] };
        loop {
            let left = deadline.map(time_left);
            match poll(fds, left.as_ref()) {
                Ok(0) => return Ok(Woken::TimedOut),
                Ok(_) if !fds[0].revents().is_empty() => return self.silence().map(|()| Woken::Rung),
                Ok(_) if !fds[1].revents().is_empty() => return Ok(Woken::Other),
                Ok(_) => return Ok(Woken::Writable),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn silence(&self) -> io::Result<()> {
        match rustix::io::read(&self.0, &mut [0_u8; 8]) {
            // Somebody else silenced it in between.
            Ok(_) | Err(Errno::AGAIN) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl AsFd for Doorbell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn time_left(deadline: Instant) -> Timespec {
    let left = deadline.saturating_duration_since(Instant::now());
    // Longer than i64 seconds is for ever to any kernel; cut at a century.
    let left = left.min(Duration::from_secs(100 * 365 * 86_400));
    Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) }
}
