//! The reactor thread: drives the objects that only tasks wait on, and calls the wakers of tasks.
//!
//! Problem: a task cannot sleep on a doorbell. The runtime's own reactor would have to watch it,
//! and then the library would depend on a runtime. Way here: one thread of the library, started by
//! the first future that waits. It sleeps in `epoll_wait`, lets the object receive its replies, and
//! wakes the tasks. A thread that waits on such an object takes over from it. The supervisor thread
//! cannot do this: a waker that blocks would hold up time limits.
//!
//! Knows weak references, numbers and wakers; the object knows what is to be done.
//!
//! Invariants: a panic in a waker, or in one object, does not end the thread. No code of the user
//! runs while the registry is locked.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;
use std::thread;

use super::reactor_set::{Reacted, ReactorSet};
use super::reporter;
use super::supervised::{Supervised, Watched};
use crate::descriptor::AsFd;
use crate::memory::fork::{Origin, PerProcess};
use crate::process::background;
use crate::process::fd_socket::ParentSocket;
use crate::transport::doorbell::Doorbell;

/// The objects that the thread serves.
#[derive(Default)]
struct ReactorRegistry {
    objects: BTreeMap<u64, Weak<dyn Supervised>>,
    /// The last number given.
    count: u64,
    /// The process that the thread runs in, and what the thread sleeps on. `None` before its start,
    /// and in a forked copy.
    thread: Option<(Origin, Arc<ReactorSet>)>,
}

static REGISTRY: PerProcess<Mutex<ReactorRegistry>> = PerProcess::new();

/// The reactor thread's watch on one object. The object removes its doorbell with
/// [`end`](Self::end).
pub(crate) struct Reaction {
    number: u64,
    origin: Origin,
    set: Arc<ReactorSet>,
    /// The watched process, whose descriptor this keeps open.
    process: Option<Arc<dyn Watched>>,
}

/// Watches an object: its doorbell, and its process if nothing else watches that. Starts the thread
/// if it does not run.
pub(crate) fn watch(
    object: Weak<dyn Supervised>,
    bell: &Doorbell,
    process: Option<Arc<dyn Watched>>,
) -> io::Result<Reaction> {
    let mut registry = lock();
    let (origin, set) = registry.running()?;
    registry.count += 1;
    let number = registry.count;
    for (_, descriptor) in bell.descriptors() {
        set.add_bell(number, descriptor).inspect_err(|_| remove_bell(&set, bell))?;
    }
    if let Some(pidfd) = process.as_ref().and_then(|process| process.pidfd()) {
        set.add_process(number, pidfd).inspect_err(|_| remove_bell(&set, bell))?;
    }
    registry.objects.insert(number, object);
    Ok(Reaction { number, origin, set, process })
}

fn remove_bell(set: &ReactorSet, bell: &Doorbell) {
    bell.descriptors().for_each(|(_, descriptor)| set.remove(descriptor));
}

/// Has the reactor thread call these wakers. Without the thread, the calling thread calls them.
pub(crate) fn wake(wakers: Vec<Waker>) {
    let thread = lock().running();
    match thread {
        Ok((_, set)) => set.leave(wakers),
        Err(_) => wakers.into_iter().for_each(wake_safely),
    }
}

/// Calls a waker and catches its panic. A waker may be code of the user. Its panic must not end a
/// thread of the library. It must not abort a thread that unlocks while it panics already.
pub(crate) fn wake_safely(waker: Waker) {
    let woken = catch_unwind(AssertUnwindSafe(|| waker.wake()));
    // The payload may panic when it is dropped.
    woken.unwrap_or_else(std::mem::forget);
}

/// Drops a waker, whose last reference may own a whole task, and catches a panic.
pub(crate) fn drop_safely(waker: Waker) {
    catch_unwind(AssertUnwindSafe(|| drop(waker))).unwrap_or_else(std::mem::forget);
}

impl Reaction {
    /// Reports once when this socket has room.
    pub(crate) fn watch_socket(&self, socket: &ParentSocket) {
        // The set and the descriptor are valid. Lack of memory is left: then the next use of the
        // object sends the call.
        let _added = self.set.add_socket(self.number, socket.as_fd());
    }

    /// Ends the watch on the process, before its descriptor is closed.
    pub(crate) fn forget_process(&mut self) {
        if let Some(process) = self.process.take()
            && let Some(pidfd) = process.pidfd()
            && self.origin.is_here()
        {
            self.set.remove(pidfd);
        }
    }

    /// Ends the watch, before the doorbell is closed.
    pub(crate) fn end(mut self, bell: &Doorbell) {
        self.forget_process();
        remove_bell(&self.set, bell);
        lock().objects.remove(&self.number);
    }
}

impl ReactorRegistry {
    /// Returns what the thread sleeps on. Starts the thread if it does not run.
    fn running(&mut self) -> io::Result<(Origin, Arc<ReactorSet>)> {
        if let Some((origin, set)) = &self.thread {
            return Ok((*origin, set.clone()));
        }
        let origin = Origin::here()?;
        let set = Arc::new(ReactorSet::new()?);
        let own = set.clone();
        background::spawn(c"object-reactor", move || react(&own))?;
        self.thread = Some((origin, set.clone()));
        Ok((origin, set))
    }
}

fn react(set: &ReactorSet) {
    loop {
        match set.wait() {
            Ok(reacted) => reacted.into_iter().for_each(notify),
            Err(_) => {
                // `epoll_wait` fails only if the set's descriptor is not valid. Without it no event
                // can wake this thread.
                thread::park();
            }
        }
        set.take_wakers().into_iter().for_each(wake_safely);
    }
}

fn notify(reacted: Reacted) {
    let (Reacted::Ring(number) | Reacted::Exit(number)) = reacted;
    let object = lock().objects.get(&number).cloned();
    let Some(object) = object.and_then(|object| object.upgrade()) else { return };
    let noticed = catch_unwind(AssertUnwindSafe(|| {
        match reacted {
            Reacted::Ring(_) => object.notice_ring(),
            Reacted::Exit(_) => object.notice_exit(),
        }
        reporter::release(object);
    }));
    // The panic's payload may panic when it is dropped, so it is leaked.
    noticed.unwrap_or_else(std::mem::forget);
}

fn lock() -> MutexGuard<'static, ReactorRegistry> {
    REGISTRY.get().lock().unwrap_or_else(PoisonError::into_inner)
}
