//! Waiting for several descriptors, in the form of the system call `poll`.
//!
//! Knows descriptors and alarms. Invariant: a wait ends only if a descriptor is ready, or if its
//! time is over.

use std::io;
use std::ops::BitOr;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use super::alarm::{Alarm, Readiness};
use super::{AsFd, BorrowedFd, OwnedFd, Referent};
use crate::clock::Moment;

/// How long a wait for a word takes here.
const LEAST_SLEEP: Duration = Duration::from_millis(1);

/// Why a wait or a message failed. The values have the names of the kernel's errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Errno(i32);

impl Errno {
    pub(crate) const INTR: Self = Self(4);
    pub(crate) const AGAIN: Self = Self(11);
    pub(crate) const INVAL: Self = Self(22);
    pub(crate) const PIPE: Self = Self(32);
    pub(crate) const CONNRESET: Self = Self(104);

    pub(crate) fn raw_os_error(self) -> i32 {
        self.0
    }
}

impl From<Errno> for io::Error {
    fn from(error: Errno) -> Self {
        Self::other(format!("error {}", error.0))
    }
}

/// What a descriptor is asked for, or ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PollFlags(u8);

impl PollFlags {
    pub(crate) const IN: Self = Self(1);
    pub(crate) const OUT: Self = Self(2);
    /// The descriptor was closed by other code. That cannot happen here.
    pub(crate) const NVAL: Self = Self(4);

    pub(crate) const fn empty() -> Self {
        Self(0)
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for PollFlags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A descriptor to wait for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PollFd<'d> {
    descriptor: BorrowedFd<'d>,
    asked: PollFlags,
    found: PollFlags,
}

impl<'d> PollFd<'d> {
    pub(crate) fn new(descriptor: &'d impl AsFd, asked: PollFlags) -> Self {
        Self::from_borrowed_fd(descriptor.as_fd(), asked)
    }

    pub(crate) fn from_borrowed_fd(descriptor: BorrowedFd<'d>, asked: PollFlags) -> Self {
        Self { descriptor, asked, found: PollFlags::empty() }
    }

    pub(crate) fn revents(&self) -> PollFlags {
        self.found
    }

    fn look(&mut self) -> bool {
        let is_readable = self.descriptor.event().is_none_or(Readiness::is_set);
        let readable = if is_readable { PollFlags::IN } else { PollFlags::empty() };
        // Sending never blocks.
        self.found = PollFlags((readable | PollFlags::OUT).0 & self.asked.0);
        !self.found.is_empty()
    }
}

/// Waits until one of the descriptors is ready, or for this time. Returns how many are ready.
#[allow(clippy::unnecessary_wraps, reason = "the kernel may refuse")]
pub(crate) fn poll(fds: &mut [PollFd<'_>], timeout: Option<&Duration>) -> Result<usize, Errno> {
    let deadline = timeout.map(|&timeout| Moment::after(timeout));
    let alarm = Arc::<Alarm>::default();
    let watched = |fd: &&PollFd<'_>| fd.asked.contains(PollFlags::IN);
    fds.iter().filter(watched).for_each(|fd| fd.descriptor.watch(0, &alarm));
    let ready = loop {
        let ready = fds.iter_mut().map(PollFd::look).filter(|&is_ready| is_ready).count();
        if ready > 0 || deadline.is_some_and(Moment::has_come) {
            break ready;
        }
        // An event that another thread has cleared meanwhile ends no wait.
        alarm.wait(|| deadline);
    };
    fds.iter().filter(watched).for_each(|fd| fd.descriptor.unwatch(&alarm));
    Ok(ready)
}

/// Creates an event that is not set.
#[allow(clippy::unnecessary_wraps, reason = "the kernel may refuse")]
pub(crate) fn new_event() -> io::Result<OwnedFd> {
    Ok(OwnedFd::of(Referent::Event(Readiness::default())))
}

/// Sets the event.
#[allow(clippy::unnecessary_wraps, reason = "the kernel may refuse")]
pub(crate) fn set_event(event: &OwnedFd) -> Result<(), Errno> {
    event.as_fd().event().into_iter().for_each(Readiness::set);
    Ok(())
}

/// Clears the event, if it is set. Returns whether it was.
pub(crate) fn clear_event(event: &OwnedFd) -> bool {
    event.as_fd().event().is_some_and(Readiness::clear)
}

/// Whether the descriptor is open: nothing can close it.
pub(crate) fn is_open(_descriptor: &OwnedFd) -> bool {
    true
}

/// Sleeps on a word. Only a process of an object does, and there is none on this target.
pub(crate) fn wait_for_word(_word: &AtomicU32, _value: u32, left: Option<&Duration>) {
    std::thread::sleep(left.copied().unwrap_or(LEAST_SLEEP).min(LEAST_SLEEP));
}

/// Wakes the thread that sleeps on a word.
pub(crate) fn wake_word(_word: &AtomicU32) {}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_wait_ends_with_a_ready_descriptor_or_with_its_time() {
        let (one, other) = (new_event().expect("an event"), new_event().expect("an event"));
        let poll_both = |timeout: Option<Duration>| {
            let mut fds = [PollFd::new(&one, PollFlags::IN), PollFd::new(&other, PollFlags::IN)];
            let count = poll(&mut fds, timeout.as_ref()).expect("polled");
            (count, fds.map(|fd| !fd.revents().is_empty()))
        };
        assert_eq!(poll_both(Some(Duration::ZERO)), (0, [false, false]));
        let again = other.try_clone().expect("a descriptor");
        let setting = thread::spawn(move || set_event(&again));
        assert_eq!(poll_both(Some(Duration::from_secs(10))), (1, [false, true]));
        setting.join().expect("no panic").expect("set");
        clear_event(&other);
        assert_eq!(poll_both(Some(Duration::from_millis(1))), (0, [false, false]));
    }
}
