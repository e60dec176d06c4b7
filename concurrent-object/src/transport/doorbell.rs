//! What wakes a sleeping side: an eventfd, waited for together with whatever else may end the sleep.
//!
//! Knows descriptors and time; does not know who rings or why.

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

/// One end of a doorbell. Ringing never blocks; a ring that nobody awaited ends the next wait at once.
#[derive(Debug)]
pub(crate) struct Doorbell {
    fd: OwnedFd,
    /// A wait has ended with a ring, which rings on until `silence`.
    was_rung: AtomicBool,
    /// A child ends if it has lost its bells.
    is_childs: bool,
}

/// How long to sleep where nothing can be waited for.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    Rung,
    /// The other descriptor became readable, or it is not known what did.
    Other,
    /// The third descriptor became writable.
    Writable,
    TimedOut,
}

impl Doorbell {
    pub(crate) fn new() -> io::Result<Self> {
        let fd = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).naming("eventfd2")?;
        Ok(Self { fd, was_rung: AtomicBool::new(false), is_childs: false })
    }

    /// A child's end of one that its parent made.
    pub(crate) fn of_child(fd: OwnedFd) -> Self {
        Self { fd, was_rung: AtomicBool::new(false), is_childs: true }
    }

    /// Sleeps until the bell rings, which then rings on, or the deadline has come.
    pub(crate) fn wait(&self, deadline: Option<Moment>) -> io::Result<Woken> {
        self.poll(&mut [PollFd::new(&self.fd, PollFlags::IN)], deadline)
    }

    /// Sleeps until the bell rings, which then rings on, or `other` is readable, or `third` is writable, or the deadline has come.
    pub(crate) fn wait_or(
        &self,
        other: Option<BorrowedFd<'_>>,
        third: Option<BorrowedFd<'_>>,
        deadline: Option<Moment>,
    ) -> io::Result<Woken> {
        let bell = PollFd::new(&self.fd, PollFlags::IN);
        // The bell itself, looked at for nothing, where there is nothing else to look at.
        let readable = |fd| PollFd::from_borrowed_fd(fd, PollFlags::IN);
        let other = other.map_or(PollFd::new(&self.fd, PollFlags::empty()), readable);
        match third {
            None => self.poll(&mut [bell, other], deadline),
            Some(third) => self.poll(&mut [bell, other, PollFd::from_borrowed_fd(third, PollFlags::OUT)], deadline),
        }
    }

    /// The first of the descriptors is the bell.
    fn poll(&self, fds: &mut [PollFd<'_>], deadline: Option<Moment>) -> io::Result<Woken> {
        loop {
            let left = deadline.map(|deadline| timespec(deadline.left()));
            match poll(fds, left.as_ref()) {
                Ok(0) => return Ok(Woken::TimedOut),
                Ok(_) => return Ok(self.woken_by(fds)),
                Err(Errno::INTR) => {}
                // The limit of descriptors is lower than what is asked about: look now and then, at what can be seen without.
                Err(Errno::INVAL) => {
                    std::thread::sleep(LOOK_AGAIN);
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
        // A full counter (EAGAIN) is a doorbell that is ringing already: nothing else can go wrong with an eventfd, unless somebody has
        // closed it who does not own it.
        let rung = rustix::io::write(&self.fd, &1_u64.to_ne_bytes());
        if self.is_childs && rung.is_err_and(|errno| errno != Errno::AGAIN) {
            end_without_descriptors();
        }
    }

    /// Called by the side that waits, before it looks for the last time whether there is something to do: a ring that ended a
    /// wait before shall not end the next one. Not called right after the wait, because then another thread may wait for what the
    /// ring announced.
    #[inline]
    fn clear(&self) {
        // Relaxed: whoever waits does so alone, and hears its own rings.
        if self.was_rung.load(Ordering::Relaxed) {
            self.was_rung.store(false, Ordering::Relaxed);
            // EAGAIN: somebody else silenced it. Nothing else can go wrong, and then the next wait ends at once.
            let _silent_already = rustix::io::read(&self.fd, &mut [0_u8; 8]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What ends a wait that does not wait: nothing else can be readable here.
    fn heard_now(bell: &Doorbell, never: &Doorbell) -> Woken {
        bell.wait_or(Some(never.as_fd()), None, Some(Moment::now())).expect("two descriptors can be polled")
    }

    #[test]
    fn bell_rings_until_it_was_heard_and_silenced() {
        let (bell, never) = (Doorbell::new().expect("a bell"), Doorbell::new().expect("a bell"));
        assert_eq!(heard_now(&bell, &never), Woken::TimedOut);
        bell.ring();
        bell.clear();
        assert_eq!(heard_now(&bell, &never), Woken::Rung, "nobody had heard it");
        assert_eq!(heard_now(&bell, &never), Woken::Rung);
        bell.clear();
        assert_eq!(heard_now(&bell, &never), Woken::TimedOut);
        never.ring();
        assert_eq!(heard_now(&bell, &never), Woken::Other);
    }
}
