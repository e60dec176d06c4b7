//! What the reactor thread sleeps on: doorbells, process descriptors and sockets of the objects
//! that tasks wait on.
//!
//! Knows descriptors and numbers; the reactor knows what a number means.
//!
//! Invariants: a doorbell is added once, edge-triggered: each ring is an event of its own, so
//! nothing need be read. A process and a socket are reported once for each time they were added. A
//! descriptor is removed from the set before it is closed, because a forked copy of this process
//! may keep it open.

use std::io;
use std::mem;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::{Mutex, PoisonError};
use std::task::Waker;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::event::{EventfdFlags, eventfd};
use rustix::io::Errno;

use super::{EXIT, OWN, Reacted, reacted};
use crate::error::refused::Naming;

const MAX_EVENTS: usize = 64;

#[derive(Debug)]
pub(crate) struct ReactorSet {
    epoll: OwnedFd,
    /// Readable when there are wakers to be called.
    own: OwnedFd,
    wakers: Mutex<Vec<Waker>>,
}

impl ReactorSet {
    pub(crate) fn new() -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).naming("epoll_create1")?;
        let own = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).naming("eventfd2")?;
        epoll::add(&epoll, &own, EventData::new_u64(OWN), EventFlags::IN | EventFlags::ET).naming("epoll_ctl")?;
        Ok(Self { epoll, own, wakers: Mutex::default() })
    }

    pub(crate) fn add_bell(&self, number: u64, bell: BorrowedFd<'_>) -> io::Result<()> {
        let flags = EventFlags::IN | EventFlags::ET;
        epoll::add(&self.epoll, bell, EventData::new_u64(number), flags).naming("epoll_ctl")
    }

    pub(crate) fn add_process(&self, number: u64, pidfd: BorrowedFd<'_>) -> io::Result<()> {
        let flags = EventFlags::IN | EventFlags::ONESHOT;
        epoll::add(&self.epoll, pidfd, EventData::new_u64(number | EXIT), flags).naming("epoll_ctl")
    }

    /// Reports once when the socket has room.
    pub(crate) fn add_socket(&self, number: u64, socket: BorrowedFd<'_>) -> io::Result<()> {
        let (data, flags) = (EventData::new_u64(number), EventFlags::OUT | EventFlags::ONESHOT);
        match epoll::add(&self.epoll, socket, data, flags) {
            Err(Errno::EXIST) => epoll::modify(&self.epoll, socket, data, flags).naming("epoll_ctl"),
            added => added.naming("epoll_ctl"),
        }
    }

    pub(crate) fn remove(&self, descriptor: BorrowedFd<'_>) {
        // It may not be in the set; it is not afterwards.
        let _was_there = epoll::delete(&self.epoll, descriptor);
    }

    /// Leaves wakers to the reactor thread.
    pub(crate) fn leave(&self, wakers: Vec<Waker>) {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner).extend(wakers);
        // EAGAIN: the counter is full, so it is readable.
        let _rung = rustix::io::write(&self.own, &1_u64.to_ne_bytes());
    }

    pub(crate) fn take_wakers(&self) -> Vec<Waker> {
        mem::take(&mut self.wakers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Blocks until something has happened, and returns what has.
    pub(crate) fn wait(&self) -> io::Result<Vec<Reacted>> {
        let mut events = Vec::with_capacity(MAX_EVENTS);
        match epoll::wait(&self.epoll, spare_capacity(&mut events), None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(reacted(events.iter().map(|event| event.data.u64())))
    }
}
