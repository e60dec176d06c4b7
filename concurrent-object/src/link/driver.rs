//! Who waits for the child: at most one thread of all that wait on an object sleeps on its doorbell and takes in the
//! replies of all; the others sleep on their own condition.
//!
//! Knows keys (what somebody waits for) and wakers. Invariants: while somebody waits in a thread, somebody drives; a
//! driver that leaves wakes another; whoever takes in what the driver itself waits for rings for it; whoever drives, or is known
//! to sleep, runs no code of the user.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::incarnation::Incarnation;
use super::outcomes::Ticket;
use super::parker::Parker;
use super::pauses::{Pauses, step};
use super::{Core, Life, Link, Locked};
use crate::channel::doorbell::Woken;
use crate::channel::ring::Consumer;
use crate::clock::{self, Moment, later};

/// What somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// The outcome of this call.
    Call(Ticket),
    /// The outcome of any pushed call.
    Pull,
    /// A change in the object's life, or that all calls are settled.
    State,
}

/// Who drives, and who sleeps.
#[derive(Default)]
pub(super) struct Driver {
    driving: Option<Key>,
    /// Threads that could drive.
    parked: Vec<Arc<Parker>>,
    pull_wakers: Vec<Waker>,
    state_wakers: Vec<Waker>,
}

impl Link {
    /// Waits until `ready` finds what it looks for; nothing if the deadline comes first. Once the object has ended, `ready`
    /// must find something. Blocks at most until the child answers, ends, or the deadline comes.
    pub(crate) fn wait_until<T>(
        &self,
        key: Key,
        deadline: Option<Moment>,
        mut ready: impl FnMut(&mut Core) -> Option<T>,
    ) -> Option<T> {
        let mut core = self.lock();
        self.advance(&mut core);
        loop {
            let found = ready(&mut core);
            if found.is_some() || deadline.is_some_and(|deadline| deadline.has_come()) {
                core.hand_over();
                return found;
            }
            if core.after.is_anything() || core.events.are_due() {
                // It may be code of the user, that waits for this object itself: nobody counts on this thread meanwhile.
                core.hand_over();
                drop(core);
                core = self.lock();
                self.advance(&mut core);
                continue;
            }
            core = match core.driver.driving {
                None => self.drive(core, key, deadline),
                Some(_) => self.park(core, key, deadline),
            };
            self.advance(&mut core);
        }
    }

    /// Waits as `wait_until` does, for so long at most. Time in which this process was stopped does not count.
    pub(super) fn wait_at_most<T>(
        &self,
        key: Key,
        limit: Duration,
        mut ready: impl FnMut(&mut Core) -> Option<T>,
    ) -> Option<T> {
        let mut left = limit;
        loop {
            let (began, slice) = (clock::now(), step(limit).min(left));
            let found = self.wait_until(key, Some(later(began, slice).into()), &mut ready);
            let mut pauses = Pauses::default();
            pauses.note_sleep(began, Some(later(began, slice)), clock::now());
            left = left.saturating_sub(if pauses.is_empty() { slice } else { slice / 4 });
            if found.is_some() || left.is_zero() {
                return found;
            }
        }
    }

    fn drive<'l>(&'l self, mut core: Locked<'l>, key: Key, deadline: Option<Moment>) -> Locked<'l> {
        core.driver.driving = Some(key);
        // What was rung for before is in what was just looked at; what is rung for from now on is not missed.
        self.channel.reply_bell.silence();
        let position = core.slots.reply_position();
        let socket = if core.socket_is_full { self.files.socket() } else { None };
        let (body, is_broken) = (core.body.clone(), core.ending.broken.is_some());
        drop(core);
        let died = if is_broken {
            self.await_end(body.as_deref(), deadline)
        } else {
            self.await_reply(position, body.as_deref(), socket.as_deref(), deadline)
        };
        let mut core = self.lock();
        core.driver.driving = None;
        if died || core.end_is_known {
            self.finish(&mut core);
        }
        core
    }

    /// The three steps of waiting. True if the child has ended.
    pub(super) fn await_reply(
        &self,
        position: Consumer,
        body: Option<&Incarnation>,
        socket: Option<&OwnedFd>,
        deadline: Option<Moment>,
    ) -> bool {
        let reply = position.watch(self.channel.replies());
        if self.waiting.look(|| reply.has_come()) {
            return false;
        }
        // Between two processes there is only the bell to wait for.
        let pidfd = match body.map(|body| body.child.pidfd()) {
            Some(None) => return true,
            Some(pidfd) => pidfd,
            None => None,
        };
        self.channel.parent_sleep().announce();
        // Others may have taken in a whole lap of replies meanwhile: then the word that was watched tells nothing of the next.
        let is_next = self.lock().slots.reply_position() == position;
        let may_sleep = is_next && !reply.has_come();
        let socket = socket.map(AsFd::as_fd);
        let began = Moment::now();
        let woken = if may_sleep { self.channel.reply_bell.wait_or(pidfd, socket, deadline) } else { Ok(Woken::Rung) };
        self.channel.parent_sleep().clear();
        if may_sleep && matches!(woken, Ok(Woken::Rung)) {
            self.waiting.note_sleep(began.elapsed());
        }
        Self::has_ended(body, woken)
    }

    /// Waits for the end of a child that broke the protocol, or for the bell. True if the child has ended.
    fn await_end(&self, body: Option<&Incarnation>, deadline: Option<Moment>) -> bool {
        let pidfd = match body.map(|body| body.child.pidfd()) {
            Some(None) => return true,
            pidfd => pidfd.flatten(),
        };
        Self::has_ended(body, self.channel.reply_bell.wait_or(pidfd, None, deadline))
    }

    fn has_ended(body: Option<&Incarnation>, woken: io::Result<Woken>) -> bool {
        match woken {
            Ok(Woken::Rung | Woken::Writable | Woken::TimedOut) => false,
            // A poll that fails (no memory) says nothing of the child: look, and wait again.
            Ok(Woken::Other) | Err(_) => body.is_some_and(|body| body.child.has_ended()),
        }
    }

    fn park<'l>(&'l self, mut core: Locked<'l>, key: Key, deadline: Option<Moment>) -> Locked<'l> {
        let parker = Parker::current();
        core.register(key, Waker::from(parker.clone()));
        core.driver.parked.push(parker.clone());
        drop(core);
        parker.park(deadline);
        let mut core = self.lock();
        core.driver.parked.retain(|other| !Arc::ptr_eq(other, &parker));
        core.unregister(key, &Waker::from(parker));
        core
    }
}

impl Driver {
    /// Whether anybody may have to be told of something. (Those who wait for a call are known where the call is.)
    fn is_awaited(&self) -> bool {
        self.driving.is_some() || !self.pull_wakers.is_empty() || !self.state_wakers.is_empty()
    }
}

impl Core {
    /// Whether no thread watches the child at the moment.
    pub(super) fn nobody_watches(&self) -> bool {
        self.driver.driving.is_none()
    }

    /// From now on `waker` is woken when what it waits for has happened, whoever notices. Once.
    pub(crate) fn register(&mut self, key: Key, waker: Waker) {
        match key {
            Key::Call(ticket) => self.outcomes.set_waker(ticket, Some(waker)),
            Key::Pull => self.driver.pull_wakers.push(waker),
            Key::State => self.driver.state_wakers.push(waker),
        }
    }

    fn unregister(&mut self, key: Key, waker: &Waker) {
        match key {
            Key::Call(ticket) => self.outcomes.set_waker(ticket, None),
            Key::Pull => self.driver.pull_wakers.retain(|other| !other.will_wake(waker)),
            Key::State => self.driver.state_wakers.retain(|other| !other.will_wake(waker)),
        }
    }

    /// Something has happened: wake those who wait for it. (A call's own waker is woken where the call is settled.)
    #[inline]
    pub(super) fn wake(&mut self, key: Key) {
        if self.driver.is_awaited() {
            self.wake_waiting(key);
        }
    }

    fn wake_waiting(&mut self, key: Key) {
        match key {
            Key::Call(_) => {}
            Key::Pull => self.after.wake.append(&mut self.driver.pull_wakers),
            Key::State => self.after.wake.append(&mut self.driver.state_wakers),
        }
        self.after.ring_driver |= self.driver.driving == Some(key);
    }

    /// The object has ended, or a driver must look at something new: everybody looks again.
    pub(super) fn wake_all(&mut self) {
        self.wake(Key::Pull);
        self.wake(Key::State);
        self.after.ring_driver |= self.driver.driving.is_some();
    }

    /// If nobody drives, one of those who sleep shall.
    fn hand_over(&mut self) {
        if self.driver.driving.is_none() && !matches!(self.life, Life::Ended(_)) {
            self.after.wake.extend(self.driver.parked.pop().map(Waker::from));
        }
    }
}
