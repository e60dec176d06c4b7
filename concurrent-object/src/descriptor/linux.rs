//! Descriptors of the kernel: an event is an eventfd, and `poll` is the system call.
//!
//! Knows system calls only.

use std::io;
use std::os::fd::AsRawFd;
pub(crate) use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{EventfdFlags, eventfd};
pub(crate) use rustix::event::{PollFd, PollFlags, poll};
pub(crate) use rustix::io::Errno;

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

/// Clears the event, if it is set.
#[inline]
pub(crate) fn clear_event(event: &OwnedFd) {
    // EAGAIN: it is clear already. After any other error the next wait ends at once.
    let _already_clear = rustix::io::read(event, &mut [0_u8; 8]);
}

/// Returns the descriptor's number.
pub(crate) fn number_of(descriptor: impl AsFd) -> u64 {
    u64::from(descriptor.as_fd().as_raw_fd().unsigned_abs())
}
