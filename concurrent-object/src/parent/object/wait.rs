//! Blocks threads until a condition on an object holds: one thread drives, the others park.
//!
//! Problem: many threads may wait on one object, but the reply ring has one consumer position and
//! the child rings one doorbell. Naive way: every thread sleeps on the doorbell. Then each reply
//! wakes all threads, or one thread clears a ring that another thread needed. Way here:
//! leader/follower. The first thread that waits becomes the *driver*: it polls the ring, sleeps on
//! the doorbell and the child's pidfd, and settles the calls of all threads. The other threads
//! *park*, and are woken when their own condition changes. A driver that leaves hands over: it
//! wakes one parked thread, which drives next. If only tasks wait, it hands over to the reactor
//! thread (`reacting`).
//!
//! Knows wait keys (what a thread waits for) and wakers; knows nothing of results. Invariants:
//! while threads wait, one of them drives or was woken to drive; while only tasks wait, the
//! object is armed. A thread that settles what the
//! driver waits for rings the driver's doorbell. A thread that drives, or is known to sleep, runs
//! no code of the user.

use std::io;
use std::time::Duration;

use super::state::ObjectState;
use super::{Object, ObjectGuard};
use crate::clock::{self, Moment, later};
use crate::descriptor::AsFd;
use crate::parent::calls::key::WaitKey;
use crate::parent::life::backend::Backend;
use crate::parent::pauses::{Pauses, check_interval};
use crate::parent::threads::parker::Parker;
use crate::process::fd_socket::ParentSocket;
use crate::transport::doorbell::Woken;
use crate::transport::ring::Consumer;
use crate::transport::{Bell, Transport};

impl Object {
    /// Waits until `ready` returns a value. Returns `None` if the deadline comes first.
    ///
    /// Once the object has ended, `ready` must return a value. Blocks at most until the child
    /// answers, ends, or the deadline comes.
    #[inline]
    pub(crate) fn wait_until<T>(
        &self,
        key: WaitKey,
        deadline: Option<Moment>,
        mut ready: impl FnMut(&mut ObjectState) -> Option<T>,
    ) -> Option<T> {
        self.wait_looking(key, deadline, |state| {
            self.advance(state);
            ready(state)
        })
    }

    /// Waits as `wait_until` does. `look` also receives the replies.
    #[inline]
    pub(crate) fn wait_looking<T>(
        &self,
        key: WaitKey,
        deadline: Option<Moment>,
        mut look: impl FnMut(&mut ObjectState) -> Option<T>,
    ) -> Option<T> {
        let mut state = self.lock();
        loop {
            let found = look(&mut state);
            if found.is_some() || deadline.is_some_and(|deadline| deadline.has_come()) {
                self.hand_over(&mut state);
                return found;
            }
            if state.has_effects() {
                // An effect may be code of the user that waits for this object. So this thread is
                // not the driver while it runs effects.
                self.hand_over(&mut state);
                drop(state);
                state = self.lock();
                continue;
            }
            state = if state.calls.waiters.is_driven() {
                self.park(state, key, deadline)
            } else {
                self.drive(state, key, deadline)
            };
        }
    }

    /// Waits as `wait_until` does, for at most `limit`. Time in which this process was stopped does
    /// not count.
    pub(crate) fn wait_at_most<T>(
        &self,
        key: WaitKey,
        limit: Duration,
        mut ready: impl FnMut(&mut ObjectState) -> Option<T>,
    ) -> Option<T> {
        let mut left = limit;
        loop {
            let (began, slice) = (clock::now(), check_interval(limit).min(left));
            let found = self.wait_until(key, Some(later(began, slice).into()), &mut ready);
            let mut pauses = Pauses::default();
            pauses.note_sleep(began, Some(later(began, slice)), clock::now());
            left = left.saturating_sub(if pauses.is_empty() { slice } else { slice / 4 });
            if found.is_some() || left.is_zero() {
                return found;
            }
        }
    }

    fn drive<'l>(&'l self, mut state: ObjectGuard<'l>, key: WaitKey, deadline: Option<Moment>) -> ObjectGuard<'l> {
        state.calls.waiters.begin_driving(key);
        if state.calls.waiters.disarm() {
            self.channel.parent_sleep().clear();
        }
        // Replies signalled earlier were already polled. Clear the doorbell here, under the lock,
        // so that later rings are not lost.
        self.channel.reply_bell.clear();
        let position = state.calls.slots.reply_position();
        let socket = if state.calls.socket_is_full { self.files.socket() } else { None };
        let (backend, is_broken) = (state.backend().cloned(), state.phase.broken().is_some());
        drop(state);
        let died = if is_broken {
            self.await_end(backend.as_ref(), deadline)
        } else {
            self.await_reply(position, backend.as_ref(), socket.as_deref(), deadline)
        };
        let mut state = self.lock();
        state.calls.waiters.stop_driving();
        if self.channel.reply_bell.was_rung() {
            self.note_ring(&mut state);
        }
        self.ring_descriptor();
        if died || state.phase.running().is_some_and(|running| running.end_is_known) {
            self.finish(&mut state);
        }
        state
    }

    /// Counts a ring, after which the replies up to now were received, unless an entry has come.
    pub(crate) fn note_ring(&self, state: &mut ObjectState) {
        let position = state.calls.slots.reply_position();
        let is_idle = !position.watch(self.channel.replies()).has_come();
        if is_idle && state.idle_rings.are_too_many(position, self.channel.request_bell().rings(), clock::now()) {
            self.break_off(state, "a doorbell that rings for nothing");
        }
    }

    /// Spins, then announces the sleep and checks again, then sleeps on the doorbell and the pidfd.
    /// Returns true if the child has ended.
    pub(crate) fn await_reply(
        &self,
        position: Consumer,
        backend: Option<&Backend>,
        socket: Option<&ParentSocket>,
        deadline: Option<Moment>,
    ) -> bool {
        let reply = position.watch(self.channel.replies());
        if self.waiting.look(self.channel.parents_cores(), || reply.has_come()) {
            return false;
        }
        // Between two processes there is no pidfd, only the doorbell.
        let pidfd = match backend.map(Backend::ended) {
            Some(None) => return true,
            Some(pidfd) => pidfd,
            None => None,
        };
        self.channel.parent_sleep().announce();
        // Other threads may have received a whole lap of replies meanwhile. Then the watched word
        // says nothing about the next reply.
        let is_next = self.lock().calls.slots.reply_position() == position;
        let may_sleep = is_next && !reply.has_come();
        let socket = socket.map(AsFd::as_fd);
        let began = Moment::now();
        let woken = if may_sleep { self.channel.reply_bell.wait_or(pidfd, socket, deadline) } else { Ok(Woken::Rung) };
        self.channel.parent_sleep().clear();
        if may_sleep && matches!(woken, Ok(Woken::Rung | Woken::RungHere)) {
            self.waiting.note_sleep(began.elapsed());
        }
        Self::has_ended(backend, woken)
    }

    /// Waits for the exit of a child that broke the protocol, or for the doorbell. Returns true if
    /// the child has ended.
    fn await_end(&self, backend: Option<&Backend>, deadline: Option<Moment>) -> bool {
        let pidfd = match backend.map(Backend::ended) {
            Some(None) => return true,
            pidfd => pidfd.flatten(),
        };
        Self::has_ended(backend, self.channel.reply_bell.wait_or(pidfd, None, deadline))
    }

    fn has_ended(backend: Option<&Backend>, woken: io::Result<Woken>) -> bool {
        match woken {
            Ok(Woken::Rung | Woken::RungHere | Woken::Writable | Woken::TimedOut) => false,
            // A `poll` that fails (no memory) says nothing about the child: check the process, and
            // wait again.
            Ok(Woken::Other) | Err(_) => backend.is_some_and(Backend::has_ended),
        }
    }

    fn park<'l>(&'l self, mut state: ObjectGuard<'l>, key: WaitKey, deadline: Option<Moment>) -> ObjectGuard<'l> {
        let parker = Parker::current();
        let registered = state.calls.register_thread(key, parker.clone());
        state.calls.waiters.park(parker.clone());
        drop(state);
        parker.park(deadline);
        let mut state = self.lock();
        state.calls.waiters.unpark(&parker);
        state.calls.unregister_thread(key, registered);
        state
    }

    /// Wakes one parked thread to drive, if no thread drives. If only tasks wait, the reactor
    /// thread drives.
    #[inline]
    pub(crate) fn hand_over(&self, state: &mut ObjectState) {
        if !state.phase.has_ended() && state.calls.hand_over() {
            self.arm(state);
        }
    }
}
