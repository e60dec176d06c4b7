//! The doorbell: an eventfd that wakes a sleeping parent.
//!
//! A wait does not read the eventfd, so the eventfd stays readable until `clear`. The naive way
//! reads it right after the wait. Then a second thread of the same process would sleep, although
//! the doorbell rang for an entry that this thread waits for. So the waiting thread clears the
//! doorbell just before its next sleep. By then it has polled for everything that the doorbell rang
//! for.
//!
//! The child has the same eventfd, and so decides over its flags and its counter. So the parent
//! never writes it, and reads it in a way that cannot block. What the parent's threads tell each
//! other goes through an eventfd of their own.
//!
//! Knows descriptors and time. Does not know who rings or why. Invariant: only `clear` resets the
//! doorbell, and only after a wait has seen that it rang.

use std::io;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use super::Bell;
use crate::abort::end_without_descriptors;
use crate::clock::{Moment, timespec};
use crate::descriptor::{
    AsFd, BorrowedFd, Errno, OwnedFd, PollFd, PollFlags, clear_event, clear_foreign_event, is_open, new_event, poll,
    set_event,
};
use crate::error::refused::Naming;

/// One end of a doorbell. Ringing never blocks. If the doorbell rings while no thread waits, the
/// next wait ends at once.
#[derive(Debug)]
pub(crate) struct Doorbell {
    /// The eventfd that the other end rings.
    fd: OwnedFd,
    /// The eventfd that this process rings for its own threads. Another end of the doorbell has
    /// none, and rings the first.
    own: Option<OwnedFd>,
    /// Which of the two have ended a wait with a ring that `clear` has not cleared yet.
    rung: AtomicU8,
    /// Whether this is the child's end. A child exits if code in it has closed its doorbell.
    is_childs: bool,
}

const FOREIGN: u8 = 1;
const OWN: u8 = 2;

/// Which of a doorbell's eventfds rang.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ringer {
    /// That of the other end.
    Other,
    /// That of this process.
    Here,
}

impl Ringer {
    pub(crate) const BOTH: [Self; 2] = [Self::Other, Self::Here];

    fn bit(self) -> u8 {
        match self {
            Self::Other => FOREIGN,
            Self::Here => OWN,
        }
    }
}

/// How long a wait sleeps in place of `poll`, if the kernel refuses to poll the descriptors.
const POLL_INTERVAL: Duration = Duration::from_millis(1);

/// The event that ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The other end rang.
    Rung,
    /// The other descriptor became readable, or the event is unknown.
    Other,
    /// A thread of this process rang.
    RungHere,
    /// The third descriptor became writable.
    Writable,
    /// The deadline passed.
    TimedOut,
}

impl Doorbell {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { own: Some(new_event()?), ..Self::end(new_event()?) })
    }

    /// The child's end of a doorbell that its parent created.
    pub(crate) fn of_child(fd: OwnedFd) -> Self {
        Self { is_childs: true, ..Self::end(fd) }
    }

    /// Another end of the doorbell in this process, for an object in a thread.
    pub(crate) fn again(&self) -> io::Result<Self> {
        let fd = self.fd.try_clone().naming("fcntl(F_DUPFD_CLOEXEC)")?;
        Ok(Self::end(fd))
    }

    /// An end that rings the others.
    pub(crate) fn ringing() -> io::Result<Self> {
        Ok(Self::end(new_event()?))
    }

    fn end(fd: OwnedFd) -> Self {
        Self { fd, own: None, rung: AtomicU8::new(0), is_childs: false }
    }

    /// Child: ends this process if code in it has closed the descriptor. The child could not wake
    /// its parent. Called before each sleep.
    pub(crate) fn check_open(&self) {
        if self.is_childs && !is_open(&self.fd) {
            end_without_descriptors();
        }
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
        // `woken_by` recognises a descriptor by its position. So the doorbell with no events takes
        // the place of one that is missing.
        let readable = |fd| PollFd::from_borrowed_fd(fd, PollFlags::IN);
        let missing = || PollFd::new(&self.fd, PollFlags::empty());
        let other = other.map_or_else(missing, readable);
        let own = self.own.as_ref().map_or_else(missing, |own| PollFd::new(own, PollFlags::IN));
        match third {
            None => self.poll(&mut [bell, other, own], deadline),
            Some(third) => {
                self.poll(&mut [bell, other, own, PollFd::from_borrowed_fd(third, PollFlags::OUT)], deadline)
            }
        }
    }

    /// Returns the descriptors that are readable when the doorbell has rung.
    pub(crate) fn descriptors(&self) -> impl Iterator<Item = (Ringer, BorrowedFd<'_>)> {
        let own = self.own.iter().map(|own| (Ringer::Here, own.as_fd()));
        std::iter::once((Ringer::Other, self.fd.as_fd())).chain(own)
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

    /// Clears the doorbell, also if no wait has seen that it rang. Returns whether the other end
    /// had rung.
    pub(crate) fn silence(&self) -> bool {
        self.rung.store(OWN, Ordering::Relaxed);
        self.clear();
        self.take_ring()
    }

    /// Notes a ring that a wait elsewhere has seen. The next driver clears the doorbell before it
    /// sleeps.
    pub(crate) fn note_rung(&self, ringer: Ringer) {
        self.rung.fetch_or(ringer.bit(), Ordering::Relaxed);
    }

    /// Clears a ring of the other end. Returns whether there was one.
    pub(crate) fn take_ring(&self) -> bool {
        self.rung.fetch_and(!FOREIGN, Ordering::Relaxed);
        clear_foreign_event(&self.fd)
    }

    /// Whether a wait has seen a ring of the other end since the doorbell was cleared.
    pub(crate) fn was_rung(&self) -> bool {
        self.rung.load(Ordering::Relaxed) & FOREIGN != 0
    }

    fn woken_by(&self, fds: &[PollFd<'_>]) -> Woken {
        let is_ready = |at: usize| !fds[at].revents().is_empty();
        let rung = if is_ready(0) { FOREIGN } else { 0 } | if is_ready(2) { OWN } else { 0 };
        self.rung.fetch_or(rung, Ordering::Relaxed);
        match rung {
            // First: the end of the other process counts more than what may ring without end.
            _ if is_ready(1) => Woken::Other,
            0 => Woken::Writable,
            OWN => Woken::RungHere,
            _ => Woken::Rung,
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
        let rung = set_event(self.own.as_ref().unwrap_or(&self.fd));
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
        let rung = self.rung.load(Ordering::Relaxed);
        if rung == 0 {
            return;
        }
        self.rung.store(0, Ordering::Relaxed);
        if rung & FOREIGN != 0 {
            clear_foreign_event(&self.fd);
        }
        if rung & OWN != 0 {
            self.own.as_ref().map(clear_event);
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
        let end = bell.again().expect("a descriptor");
        for (rings, woken) in [(&end, Woken::Rung), (&bell, Woken::RungHere)] {
            assert_eq!(poll_now(&bell, &other), Woken::TimedOut);
            rings.ring();
            bell.clear();
            assert_eq!(poll_now(&bell, &other), woken, "no wait had seen the ring before it was cleared");
            assert_eq!(poll_now(&bell, &other), woken);
            bell.clear();
        }
        assert_eq!(poll_now(&bell, &other), Woken::TimedOut);
        other.again().expect("a descriptor").ring();
        assert_eq!(poll_now(&bell, &other), Woken::Other);
    }

    #[test]
    #[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
    fn other_end_that_makes_the_eventfd_block_blocks_nothing_here() {
        use rustix::fs::{OFlags, fcntl_setfl};
        let bell = Doorbell::new().expect("a doorbell");
        let childs = bell.again().expect("a descriptor").fd;
        fcntl_setfl(&childs, OFlags::empty()).expect("flags");
        rustix::io::write(&childs, &(u64::MAX - 1).to_ne_bytes()).expect("it is full");
        bell.ring();
        assert!(bell.silence());
        // As if the other end had read its ring away before this end clears it.
        bell.note_rung(Ringer::Other);
        bell.clear();
        rustix::io::write(&childs, &1_u64.to_ne_bytes()).expect("it is empty");
        assert!(bell.silence() && !bell.silence());
        assert_eq!(poll_now(&bell, &Doorbell::new().expect("a doorbell")), Woken::TimedOut);
    }
}
