//! The doorbell: an eventfd that wakes a sleeping process.
//!
//! A wait does not read the eventfd, so the eventfd stays readable until `clear`. The naive way
//! reads it right after the wait. Then a second thread of the same process would sleep, although
//! the doorbell rang for an entry that this thread waits for. So the waiting thread clears the
//! doorbell just before its next sleep. By then it has polled for everything that the doorbell rang
//! for.
//!
//! Knows descriptors and time. Does not know who rings or why. Invariant: only `clear` resets the
//! doorbell, and only after a wait has seen that it rang.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Bell;
use crate::abort::end_without_descriptors;
use crate::clock::{Moment, timespec};
use crate::descriptor::{AsFd, BorrowedFd, Errno, OwnedFd, PollFd, PollFlags, clear_event, new_event, poll, set_event};
use crate::error::refused::Naming;

/// One end of a doorbell. Ringing never blocks. If the doorbell rings while no thread waits, the
/// next wait ends at once.
#[derive(Debug)]
pub(crate) struct Doorbell {
    fd: OwnedFd,
    /// Whether a wait ended with a ring that `clear` has not cleared yet.
    was_rung: AtomicBool,
    /// Whether this is the child's end. A child exits if code in it has closed its doorbells.
    is_childs: bool,
}

/// How long a wait sleeps in place of `poll`, if the kernel refuses to poll the descriptors.
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
        Ok(Self { fd: new_event()?, was_rung: AtomicBool::new(false), is_childs: false })
    }

    /// The child's end of a doorbell that its parent created.
    pub(crate) fn of_child(fd: OwnedFd) -> Self {
        Self { fd, was_rung: AtomicBool::new(false), is_childs: true }
    }

    /// Another end of the doorbell in this process, for an object in a thread.
    pub(crate) fn again(&self) -> io::Result<Self> {
        let fd = self.fd.try_clone().naming("fcntl(F_DUPFD_CLOEXEC)")?;
        Ok(Self { fd, was_rung: AtomicBool::new(false), is_childs: false })
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
        // `woken_by` recognises a descriptor by its position. So without `other`, the doorbell with
        // no events takes its place.
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
                // checks at short intervals for what it can notice without `poll`.
                Err(Errno::INVAL) => {
                    std::thread::sleep(POLL_INTERVAL);
                    return Ok(Woken::Other);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Clears the doorbell, also if no wait has seen that it rang.
    pub(crate) fn silence(&self) {
        self.was_rung.store(false, Ordering::Relaxed);
        clear_event(&self.fd);
    }

    /// Notes that another thread was told of a ring. The next driver clears the doorbell before it
    /// sleeps.
    pub(crate) fn note_rung(&self) {
        self.was_rung.store(true, Ordering::Relaxed);
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
        // EAGAIN: the doorbell already rings.
        let rung = set_event(&self.fd);
        if self.is_childs && rung.is_err_and(|errno| errno != Errno::AGAIN) {
            end_without_descriptors();
        }
    }

    /// Clears the doorbell if it has ended an earlier wait, so that it does not end the next wait
    /// too.
    ///
    /// The waiting process calls this before its last check for work. It does not call this right
    /// after the wait, because another of its threads may still wait for what the doorbell rang
    /// for.
    #[inline]
    fn clear(&self) {
        // Relaxed: only one thread waits at a time. If another thread set the flag in an earlier
        // wait, the caller's lock orders that wait before this load.
        if self.was_rung.load(Ordering::Relaxed) {
            self.was_rung.store(false, Ordering::Relaxed);
            clear_event(&self.fd);
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
