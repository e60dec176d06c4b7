//! Descriptors of the kernel: an event is an eventfd, and `poll` is the system call.
//!
//! Knows system calls only.

use std::io::{self, IoSliceMut};
use std::os::fd::AsRawFd;
pub(crate) use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::AtomicU32;

use rustix::event::{EventfdFlags, eventfd};
pub(crate) use rustix::event::{PollFd, PollFlags, poll};
pub(crate) use rustix::io::Errno;
use rustix::io::ReadWriteFlags;
use rustix::thread::futex;
use rustix::time::Timespec;

use crate::error::refused::Naming;

/// Creates an event that is not set.
pub(crate) fn new_event() -> io::Result<OwnedFd> {
    eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).naming("eventfd2")
}

/// Sets the event. Never blocks.
///
/// EAGAIN: the counter is full, so the event is set. A write to an eventfd has no other error,
/// unless code that does not own the descriptor has closed it.
#[inline]
pub(crate) fn set_event(event: &OwnedFd) -> Result<(), Errno> {
    rustix::io::write(event, &1_u64.to_ne_bytes()).map(drop)
}

/// Clears the event, if it is set. Returns whether it was.
#[inline]
pub(crate) fn clear_event(event: &OwnedFd) -> bool {
    // EAGAIN: it is clear already. After any other error the next wait ends at once.
    rustix::io::read(event, &mut [0_u8; 8]).is_ok()
}

/// Clears an event that another process can use too. Never blocks, although that process can clear
/// `O_NONBLOCK`, and read the event away first.
#[inline]
pub(crate) fn clear_foreign_event(event: &OwnedFd) -> bool {
    let mut bytes = [0_u8; 8];
    // This offset means none, as an event has no position.
    let read =
        rustix::io::preadv2(event, &mut [IoSliceMut::new(&mut bytes)], u64::MAX, ReadWriteFlags::NOWAIT).map(drop);
    match read {
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::PERM | Errno::INVAL) => clear_if_set(event),
        read => read.is_ok(),
    }
}

/// Does the same on a kernel before 5.8, or where a filter forbids the system call. It would block
/// if the other process read the event away just now.
#[cold]
fn clear_if_set(event: &OwnedFd) -> bool {
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut [PollFd::new(event, PollFlags::IN)], Some(&now)) == Ok(1) && clear_event(event)
}

/// Whether the descriptor is open, which it is unless code that does not own it has closed it.
pub(crate) fn is_open(descriptor: &OwnedFd) -> bool {
    rustix::io::fcntl_getfd(descriptor) != Err(Errno::BADF)
}

/// Sleeps while a word that processes share has this value, or until this time has passed. It may
/// return early.
pub(crate) fn wait_for_word(word: &AtomicU32, value: u32, left: Option<&Timespec>) {
    // EAGAIN: it has another value. The caller checks again after any error.
    let _woken = futex::wait(word, futex::Flags::empty(), value, left);
}

/// Wakes the thread that sleeps on a word that processes share. Never blocks.
#[inline]
pub(crate) fn wake_word(word: &AtomicU32) {
    // It fails only for an address that is not mapped.
    let _woken = futex::wake(word, futex::Flags::empty(), 1);
}

/// Returns the descriptor's number.
pub(crate) fn number_of(descriptor: impl AsFd) -> u64 {
    u64::from(descriptor.as_fd().as_raw_fd().unsigned_abs())
}
