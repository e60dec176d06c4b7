//! What the reactor thread sleeps on, without a kernel's epoll: an alarm.
//!
//! Knows events and numbers; the reactor knows what a number means.

use std::io;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;

use super::{EXIT, OWN, Reacted, reacted};
use crate::descriptor::BorrowedFd;
use crate::descriptor::portable::alarm::Alarm;

#[derive(Debug, Default)]
pub(crate) struct ReactorSet {
    alarm: Arc<Alarm>,
    wakers: Mutex<Vec<Waker>>,
}

impl ReactorSet {
    #[allow(clippy::unnecessary_wraps, reason = "a kernel may refuse")]
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self::default())
    }

    #[allow(clippy::unnecessary_wraps, reason = "a kernel may refuse")]
    pub(crate) fn add_bell(&self, number: u64, bell: BorrowedFd<'_>) -> io::Result<()> {
        bell.watch(number, &self.alarm);
        Ok(())
    }

    pub(crate) fn add_process(&self, number: u64, end: BorrowedFd<'_>) -> io::Result<()> {
        self.add_bell(number | EXIT, end)
    }

    /// Reports at once: a socket always has room.
    #[allow(clippy::unnecessary_wraps, reason = "a kernel may refuse")]
    pub(crate) fn add_socket(&self, number: u64, _socket: BorrowedFd<'_>) -> io::Result<()> {
        self.alarm.ring(number);
        Ok(())
    }

    pub(crate) fn remove(&self, descriptor: BorrowedFd<'_>) {
        descriptor.unwatch(&self.alarm);
    }

    /// Leaves wakers to the reactor thread.
    pub(crate) fn leave(&self, wakers: Vec<Waker>) {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner).extend(wakers);
        self.alarm.ring(OWN);
    }

    pub(crate) fn take_wakers(&self) -> Vec<Waker> {
        mem::take(&mut self.wakers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Blocks until something has happened, and returns what has.
    #[allow(clippy::unnecessary_wraps, reason = "a kernel may refuse")]
    pub(crate) fn wait(&self) -> io::Result<Vec<Reacted>> {
        Ok(reacted(self.alarm.wait(|| None).into_iter()))
    }
}
