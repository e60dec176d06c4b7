//! Blocks one thread on several objects: it drives all of them itself.
//!
//! Problem: a thread waits for the first of several objects that has something. A thread can sleep
//! on one futex only, and each object has a doorbell of its own. Naive way: a thread for each
//! object. Way here: the thread becomes the driver of every object that has none. It spins over
//! their rings, and then sleeps in one `poll` on their doorbells and processes. In an object that
//! another thread drives, it waits as a parked thread does; its parker's eventfd is in the `poll`.
//!
//! Knows rings, doorbells and the parker; the caller looks whether it has what it waits for.
//! Invariants: this thread runs no code of the user while it drives: it claims every object after
//! all effects, and releases every object before any. One round ends with the first news.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::Object;
use crate::clock::{Moment, timespec};
use crate::descriptor::{AsFd, BorrowedFd, Errno, PollFd, PollFlags, poll};
use crate::parent::calls::in_flight::ThreadPlace;
use crate::parent::calls::key::WaitKey;
use crate::parent::life::backend::Backend;
use crate::parent::threads::parker::Parker;
use crate::process::fd_socket::ParentSocket;
use crate::transport::ring::Consumer;
use crate::transport::spin::poll_for_a_while;
use crate::transport::{Bell, Transport};

/// How long one round sleeps if the kernel refuses to poll so many descriptors.
const POLL_INTERVAL: Duration = Duration::from_millis(1);

/// An object to wait for, and what for.
#[derive(Clone, Debug)]
pub(crate) struct Awaited {
    pub(crate) object: Arc<Object>,
    pub(crate) key: WaitKey,
    /// After how many replies the thread is woken, if the child does not run out of work before.
    pub(crate) replies: u64,
}

impl Awaited {
    /// Whether there is something that the thread waits for, or another member of the pool has the
    /// call.
    fn has_news(&self) -> bool {
        let mut state = self.object.lock();
        match self.key {
            WaitKey::Call(key) => state.calls.has_moved(key) || self.object.has_items_or_outcome(&mut state, key),
            _ => state.calls.table.can_pull() || state.has_settled_all(),
        }
    }
}

/// An object that this thread drives during one round.
struct Driven<'o> {
    object: &'o Arc<Object>,
    replies: u64,
    position: Consumer,
    backend: Option<Backend>,
    /// The control socket, if a call waits for room in it.
    socket: Option<Arc<ParentSocket>>,
    /// Whether replies are received: not from a child that broke the protocol.
    receives: bool,
}

/// An object that another thread drives, and where this thread is registered in it.
struct Followed<'o> {
    object: &'o Arc<Object>,
    key: WaitKey,
    place: ThreadPlace,
}

/// Blocks until something may have happened in one of these objects, or until the deadline.
///
/// The caller has looked at all of them, and looks again afterwards. Each object may occur several
/// times, with different keys.
///
/// `is_current` is asked after the thread has begun to wait: if it returns false, the caller looks
/// again at once.
pub(crate) fn wait_once(of: &[Awaited], deadline: Option<Moment>, is_current: impl FnOnce() -> bool) {
    let parker = Parker::current();
    parker.reset();
    let (mut driven, mut followed) = (Vec::with_capacity(of.len()), Vec::new());
    let mut has_news = false;
    for Awaited { object, key, replies } in of {
        if driven.iter().any(|driven: &Driven<'_>| Arc::ptr_eq(driven.object, object)) {
            continue;
        }
        match Driven::claim(object, *replies) {
            Claim::Driven(one) => driven.push(one),
            Claim::News => has_news = true,
            Claim::DrivenByOther => followed.push(Followed::register(object, *key, &parker)),
        }
    }
    // If something happened before this thread was registered, no other thread wakes it for that.
    has_news |= followed.iter().any(Followed::may_be_late);
    // Another thread may have received a reply between the caller's look and the claim. Its ring is
    // lost: no thread drove then. From now on what happens rings the doorbell.
    has_news |= !is_current() || of.iter().any(Awaited::has_news);
    let sleeps = !has_news && !look(&driven, &parker);
    let has_ended = sleeps && sleep(&driven, &parker, deadline);
    driven.iter().for_each(Driven::release);
    let waited: Vec<_> = followed.into_iter().rev().map(|one| one.unregister(&parker)).collect();
    // A driver that left may have chosen this thread to drive next, and it does not wait any more.
    waited.into_iter().for_each(|object| object.hand_over(&mut object.lock()));
    driven.iter().for_each(|driven| driven.object.finish_if_ended(driven.backend.as_ref().filter(|_| has_ended)));
}

enum Claim<'o> {
    Driven(Driven<'o>),
    /// A reply is there that the caller has not seen, or the process has ended.
    News,
    DrivenByOther,
}

impl<'o> Driven<'o> {
    fn claim(object: &'o Arc<Object>, replies: u64) -> Claim<'o> {
        let mut state = object.lock();
        if state.has_settled_all() {
            return Claim::News;
        }
        if state.calls.waiters.is_driven() {
            return Claim::DrivenByOther;
        }
        let (position, receives) = (state.calls.slots.reply_position(), state.phase.broken().is_none());
        if receives && position.watch(object.channel.replies()).has_come() {
            return Claim::News;
        }
        let backend = state.backend().cloned();
        let socket = if state.calls.socket_is_full { object.files.socket() } else { None };
        state.calls.waiters.begin_driving(WaitKey::Any);
        if state.calls.waiters.disarm() {
            object.channel.parent_sleep().clear();
        }
        object.channel.reply_bell.clear();
        Claim::Driven(Self { object, replies, position, backend, socket, receives })
    }

    /// Announces the sleep.
    fn announce(&self) {
        let flag = self.object.channel.parent_sleep();
        if self.replies > 1 {
            flag.announce_until(self.position.position() + self.replies);
        } else {
            flag.announce();
        }
    }

    fn has_reply(&self) -> bool {
        self.receives && self.position.watch(self.object.channel.replies()).has_come()
    }

    /// Its process's descriptor; `None` if there is no process, or if it was reaped already.
    fn ended(&self) -> Option<BorrowedFd<'_>> {
        self.backend.as_ref().and_then(Backend::ended)
    }

    /// Whether its process was reaped before it could be watched.
    fn is_reaped(&self) -> bool {
        self.backend.as_ref().is_some_and(|backend| backend.ended().is_none())
    }

    /// Whether other threads have received a whole lap of replies meanwhile. Then the watched word
    /// says nothing about the next reply.
    fn is_overtaken(&self) -> bool {
        self.object.lock().calls.slots.reply_position() != self.position
    }

    /// Hands over to a parked thread or to the reactor thread. Runs no code of the user: only a
    /// parked thread is woken.
    fn release(&self) {
        let mut state = self.object.lock();
        state.calls.waiters.stop_driving();
        if self.object.channel.reply_bell.was_rung() {
            self.object.note_ring(&mut state);
        }
        self.object.ring_descriptor();
        if state.calls.hand_over() && state.reaction.is_some() {
            // The reactor thread arms the object itself.
            self.object.channel.reply_bell.ring();
        }
    }
}

impl<'o> Followed<'o> {
    fn register(object: &'o Arc<Object>, key: WaitKey, parker: &Arc<Parker>) -> Self {
        let mut state = object.lock();
        let place = state.calls.register_thread(key, parker.clone());
        state.calls.waiters.park(parker.clone());
        Self { object, key, place }
    }

    /// Whether the driver has left, or what this thread waits for has happened already.
    fn may_be_late(&self) -> bool {
        let mut state = self.object.lock();
        let is_settled = match self.key {
            WaitKey::Call(key) => self.object.has_items_or_outcome(&mut state, key),
            _ => state.calls.table.can_pull(),
        };
        is_settled || state.has_settled_all() || !state.calls.waiters.is_driven()
    }

    fn unregister(self, parker: &Arc<Parker>) -> &'o Arc<Object> {
        let mut state = self.object.lock();
        state.calls.waiters.unpark(parker);
        state.calls.unregister_thread(self.key, self.place);
        self.object
    }
}

impl Object {
    /// Whether the outcome of this call is there, or something can be pulled.
    pub(crate) fn has_something(&self, key: WaitKey) -> bool {
        let mut state = self.lock();
        self.advance(&mut state);
        match key {
            WaitKey::Call(key) => !state.calls.has_moved(key) && self.has_items_or_outcome(&mut state, key),
            _ => state.calls.table.can_pull() || (state.phase.has_ended() && state.calls.table.unpulled() == 0),
        }
    }

    /// Finishes a process that has ended while this thread drove.
    fn finish_if_ended(&self, backend: Option<&Backend>) {
        let mut state = self.lock();
        let end_is_known = state.phase.running().is_some_and(|running| running.end_is_known);
        // Another thread may have finished it, and the next one may be there.
        let has_ended = |backend: &Backend| state.backend().is_some_and(|now| now.is(backend)) && backend.has_ended();
        if end_is_known || backend.is_some_and(has_ended) {
            self.finish_unless_driven(&mut state);
        }
    }
}

/// Polls for a while, as a driver of one object does. Returns whether there is news.
fn look(driven: &[Driven<'_>], parker: &Parker) -> bool {
    let has_news = || parker.is_notified() || driven.iter().any(Driven::has_reply);
    // What one object has taught counts only if it is alone.
    let is_patient = if let [one] = driven { one.object.waiting.is_patient() } else { true };
    has_news() || (is_patient && poll_for_a_while(has_news))
}

/// Announces the sleep in each object, looks once more, and sleeps until something has happened.
/// Returns whether a process may have ended.
fn sleep(driven: &[Driven<'_>], parker: &Parker, deadline: Option<Moment>) -> bool {
    driven.iter().for_each(Driven::announce);
    let mut has_ended = driven.iter().any(Driven::is_reaped);
    let has_news = has_ended || driven.iter().any(|driven| driven.has_reply() || driven.is_overtaken());
    if !has_news && !parker.is_notified() {
        let began = Moment::now();
        match parker.bell() {
            Ok(bell) => has_ended = parker.park_polling(|| poll_all(driven, bell, deadline)).unwrap_or_default(),
            // Without a descriptor for itself it looks again at short intervals.
            Err(_) => thread::sleep(POLL_INTERVAL),
        }
        if let [one] = driven {
            one.object.waiting.note_sleep(began.elapsed());
        }
    }
    driven.iter().for_each(|driven| driven.object.channel.parent_sleep().clear());
    has_ended
}

/// Returns whether a process may have ended.
fn poll_all(driven: &[Driven<'_>], own: BorrowedFd<'_>, deadline: Option<Moment>) -> bool {
    let sockets: Vec<_> = driven.iter().filter_map(|driven| driven.socket.as_ref()).collect();
    let readable = |fd| PollFd::from_borrowed_fd(fd, PollFlags::IN);
    let mut fds = vec![readable(own)];
    let bells = || driven.iter().flat_map(|one| one.object.channel.reply_bell.descriptors().map(move |fd| (one, fd)));
    fds.extend(bells().map(|(_, (_, bell))| readable(bell)));
    let bell_count = fds.len() - 1;
    fds.extend(driven.iter().filter_map(|driven| driven.ended().map(readable)));
    fds.extend(sockets.iter().map(|socket| PollFd::from_borrowed_fd(socket.as_fd(), PollFlags::OUT)));
    let left = deadline.map(|deadline| timespec(deadline.left()));
    match poll(&mut fds, left.as_ref()) {
        Ok(_) => {
            let rung = fds[1..].iter().zip(bells()).filter(|(fd, _)| !fd.revents().is_empty());
            rung.for_each(|(_, (one, (ringer, _)))| one.object.channel.reply_bell.note_rung(ringer));
            fds[1 + bell_count..].iter().any(|fd| !fd.revents().is_empty())
        }
        // The caller looks again.
        Err(Errno::INTR) => false,
        // There are more descriptors than may be polled.
        Err(_) => {
            thread::sleep(POLL_INTERVAL);
            true
        }
    }
}
