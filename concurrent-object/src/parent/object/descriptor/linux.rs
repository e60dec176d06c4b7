//! The descriptor of an object for a main loop of the user's own.
//!
//! Problem: the user's loop sleeps in `poll`, so no thread drives the object, and the child does
//! not ring. Naive way: a thread that drives, and writes into a pipe. Way here: an epoll set that
//! holds the object's own doorbell and process. Each look of the user (`pull`, `status`,
//! `try_wait`) receives what has come, clears the doorbell, and sets the parent's sleep flag again.
//!
//! Knows the sleep flag, the doorbell and the process. Invariants: after a look that no thread's
//! driving disturbs, the flag is set and the ring was checked once more. A driver that leaves
//! rings, since it has cleared the flag and may have received what the user waits for. An object
//! that has ended rings for ever.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::OnceLock;

use rustix::event::epoll::{self, EventData, EventFlags};

use crate::error::refused::Naming;
use crate::parent::object::Object;
use crate::parent::object::reacting::MAX_LOOKS;
use crate::parent::object::state::ObjectState;
use crate::transport::{Bell, Transport};

/// The epoll set of an object, once the user has asked for it.
#[derive(Debug, Default)]
pub(crate) struct Descriptor(OnceLock<OwnedFd>);

impl Object {
    /// Returns the descriptor. Creates it first.
    pub(crate) fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        if let Some(descriptor) = self.descriptor.0.get() {
            return Ok(descriptor.as_fd());
        }
        let created = self.create_descriptor()?;
        let descriptor = self.descriptor.0.get_or_init(|| created);
        if self.is_ours() {
            self.rearm_descriptor(&mut self.lock());
        }
        Ok(descriptor.as_fd())
    }

    fn create_descriptor(&self) -> io::Result<OwnedFd> {
        let set = epoll::create(epoll::CreateFlags::CLOEXEC).naming("epoll_create1")?;
        let add = |descriptor| epoll::add(&set, descriptor, EventData::new_u64(0), EventFlags::IN);
        self.channel.reply_bell.descriptors().try_for_each(|(_, descriptor)| add(descriptor)).naming("epoll_ctl")?;
        // The supervisor thread watches the processes of an object whose death has consequences.
        let backend = if self.identity.is_watched() { None } else { self.lock().backend().cloned() };
        if let Some(ended) = backend.as_ref().and_then(|backend| backend.ended()) {
            add(ended).naming("epoll_ctl")?;
        }
        Ok(set)
    }

    /// After a look of the user: the next reply makes the descriptor readable.
    #[inline]
    pub(crate) fn after_look(&self, state: &mut ObjectState) {
        if self.descriptor.0.get().is_some() {
            self.rearm_descriptor(state);
        }
    }

    #[cold]
    fn rearm_descriptor(&self, state: &mut ObjectState) {
        if state.phase.has_ended() {
            return self.channel.reply_bell.ring();
        }
        let mut looks = 0;
        // A driver rings when it leaves.
        while !state.calls.waiters.is_driven() && state.phase.broken().is_none() {
            if looks == MAX_LOOKS {
                // Other threads may want the lock: the user looks again.
                return self.channel.reply_bell.ring();
            }
            looks += 1;
            let was_rung = self.channel.reply_bell.silence();
            self.channel.parent_sleep().announce();
            if !state.calls.slots.reply_position().watch(self.channel.replies()).has_come() {
                if was_rung {
                    self.note_ring(state);
                }
                return;
            }
            self.advance(state);
        }
    }

    /// Makes the descriptor readable, if there is one: a driver leaves, or the object has ended.
    #[inline]
    pub(crate) fn ring_descriptor(&self) {
        if self.descriptor.0.get().is_some() {
            self.channel.reply_bell.ring();
        }
    }
}
