//! The doorbell: an eventfd that wakes a sleeping process.
//!
//! A wait does not read the eventfd, so the eventfd stays readable until `clear`. The naive way
//! reads it right after the wait. Then a second thread of the same process would sleep, although
//! the ring announced an entry for it. So the waiting thread clears the doorbell before its next
//! sleep, when it has polled everything that earlier rings announced.
//!
//! Knows descriptors and time. Does not know who rings or why. Invariant: a ring is lost only
//! through `clear`, and `clear` acts only after a wait has seen a ring.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::io::Errno;

use super::Bell;
use crate::abort::end_without_descriptors;
use crate::clock::{Moment, timespec};
use crate::error::refused::Naming;

/// One end of a doorbell. Ringing never blocks. A ring during which no thread waits ends the next
/// wait at once.
#[derive(Debug)]
pub(crate) struct Doorbell {
    fd: OwnedFd,
    /// Whether a wait ended with a ring that `clear` has not cleared yet.
    was_rung: AtomicBool,
    /// Whether this is the child's end. A child exits if its doorbells were closed.
    is_childs: bool,
}

/// The sleep between two polls where the kernel refuses to wait for the descriptors.
const POLL_INTERVAL: Duration = Duration::from_millis(1);

/// The event that ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The doorbell rang.
    Rung,
    /// The other descriptor became readable, or the event is unknown.
    Other,
    /// The third descriptor became writable.
    Writable,
    /// The deadline passed.
    TimedOut,
}

impl Doorbell {
    pub(crate) fn new() -> io::Result<Self> {
        let fd = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).naming("eventfd2")?;
        Ok(Self { fd, was_rung: AtomicBool::new(false), is_childs: false })
    }

    /// The child's end of a doorbell that its parent created.
    pub(crate) fn of_child(fd: OwnedFd) -> Self {
        Self { fd, was_rung: AtomicBool::new(false), is_childs: true }
    }

    /// Sleeps until the doorbell rings or the deadline passes. Does not clear the doorbell.
    pub(crate) fn wait(&self, deadline: Option<Moment>) -> io::Result<Woken> {
        self.poll(&mut [PollFd::new(&self.fd, PollFlags::IN)], deadline)
    }

    /// Sleeps until the doorbell rings, `other` is readable, `third` is writable, or the deadline
    /// passes. Does not clear the doorbell.
    pub(crate) fn wait_or(
        &self,
        other: Option<BorrowedFd<'_>>,
        third: Option<BorrowedFd<'_>>,
        deadline: Option<Moment>,
    ) -> io::Result<Woken> {
        let bell = PollFd::new(&self.fd, PollFlags::IN);
        // Without `other`, its place holds the doorbell with no events, because a position names
        // the event.
        let readable = |fd| PollFd::from_borrowed_fd(fd, PollFlags::IN);
        let other = other.map_or(PollFd::new(&self.fd, PollFlags::empty()), readable);
        match third {
            None => self.poll(&mut [bell, other], deadline),
            Some(third) => self.poll(&mut [bell, other, PollFd::from_borrowed_fd(third, PollFlags::OUT)], deadline),
        }
    }

    /// Waits for `fds`, of which the first is the doorbell.
    fn poll(&self, fds: &mut [PollFd<'_>], deadline: Option<Moment>) -> io::Result<Woken> {
        loop {
            let left = deadline.map(|deadline| timespec(deadline.left()));
            match poll(fds, left.as_ref()) {
                Ok(0) => return Ok(Woken::TimedOut),
                Ok(_) => return Ok(self.woken_by(fds)),
                Err(Errno::INTR) => {}
                // RLIMIT_NOFILE is lower than the number of descriptors in `fds`. The caller then
                // checks at short intervals what it can see without them.
                Err(Errno::INVAL) => {
                    std::thread::sleep(POLL_INTERVAL);
                    return Ok(Woken::Other);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn woken_by(&self, fds: &[PollFd<'_>]) -> Woken {
        match fds.iter().position(|fd| !fd.revents().is_empty()) {
            Some(1) => Woken::Other,
            Some(2) => Woken::Writable,
            _ => {
                if self.is_childs && fds[0].revents().contains(PollFlags::NVAL) {
                    end_without_descriptors();
                }
                self.was_rung.store(true, Ordering::Relaxed);
                Woken::Rung
            }
        }
    }
}

impl AsFd for Doorbell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Bell for Doorbell {
    fn ring(&self) {
        // EAGAIN: the counter is full, so the doorbell already rings. A write to an eventfd has no
        // other error, unless code that does not own the descriptor has closed it.
        let rung = rustix::io::write(&self.fd, &1_u64.to_ne_bytes());
        if self.is_childs && rung.is_err_and(|errno| errno != Errno::AGAIN) {
            end_without_descriptors();
        }
    }

    /// Clears the doorbell, so that a ring that ended an earlier wait does not end the next one.
    ///
    /// The waiting process calls this before its last check for work. It does not call this right
    /// after the wait, because another of its threads may still wait for what the ring announced.
    #[inline]
    fn clear(&self) {
        // Relaxed: only one thread waits at a time, and it set the flag in its own wait.
        if self.was_rung.load(Ordering::Relaxed) {
            self.was_rung.store(false, Ordering::Relaxed);
            // EAGAIN: the doorbell is clear already. After any other error the next wait ends at
            // once.
            let _already_clear = rustix::io::read(&self.fd, &mut [0_u8; 8]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The event that ends a wait whose deadline has already passed.
    fn poll_now(bell: &Doorbell, other: &Doorbell) -> Woken {
        bell.wait_or(Some(other.as_fd()), None, Some(Moment::now())).expect("two descriptors can be polled")
    }

    #[test]
    fn doorbell_rings_until_a_wait_has_seen_it_and_it_is_cleared() {
        let (bell, other) = (Doorbell::new().expect("a doorbell"), Doorbell::new().expect("a doorbell"));
        assert_eq!(poll_now(&bell, &other), Woken::TimedOut);
        bell.ring();
        bell.clear();
        assert_eq!(poll_now(&bell, &other), Woken::Rung, "no wait had seen the ring before it was cleared");
        assert_eq!(poll_now(&bell, &other), Woken::Rung);
        bell.clear();
        assert_eq!(poll_now(&bell, &other), Woken::TimedOut);
        other.ring();
        assert_eq!(poll_now(&bell, &other), Woken::Other);
    }
}
