//! The one thread that looks after all objects of the process which have a limit in time, are restarted, or have a hook for their
//! death: started when the first needs it, asleep until something is due or one of their processes has ended.
//!
//! Knows times, links, and the numbers of processes; what is to be done then is the object's. Invariants: an object that asked is looked
//! after when its time has come, or is gone; a process that is watched is told dead to its own object alone, as that process; whoever has
//! the agenda takes no other lock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::{io, thread};

use super::poller::Poller;
use super::reporter::{self, Reporter};
use super::supervised::{Supervised, Watched};
use crate::clock;
use crate::memory::fork::{Origin, PerProcess};
use crate::parent::pauses::Pauses;
use crate::process::background;

/// What is due when, and who is watched.
struct TimerQueue {
    due: BTreeMap<(u64, u64), Weak<dyn Supervised>>,
    /// When each object is due, by its address: once, the first time it asked for. It asks anew when it was looked after.
    times: BTreeMap<usize, (u64, u64)>,
    watched: BTreeMap<u64, Weak<dyn Supervised>>,
    /// Keeps apart what is due at the same time, and all processes that were ever watched.
    count: u64,
    /// Where the thread runs, if it does, and what it sleeps on: a forked copy has none.
    thread: Option<(Origin, Arc<Poller>)>,
    /// The way to the thread that reports for it.
    reporter: Option<Reporter>,
}

static TIMER_QUEUE: PerProcess<Mutex<TimerQueue>> = PerProcess::new();

/// A process that is watched. When this is dropped, it no longer is.
pub(crate) struct ProcessWatch {
    number: u64,
    /// Keeps its descriptor open.
    watched: Arc<dyn Watched>,
    origin: Origin,
    poller: Arc<Poller>,
}

/// Sees to it that there is the thread. Objects that cannot do without are not started without.
pub(crate) fn ensure() -> io::Result<()> {
    lock().running().map(drop)
}

/// Looks after this object at this time, in nanoseconds of the monotonic clock.
pub(crate) fn remind(at: u64, object: Weak<dyn Supervised>) {
    let mut timer_queue = lock();
    let running = timer_queue.running();
    let key = timer_queue.enter(at, object);
    let is_first = timer_queue.due.first_key_value().is_some_and(|(&first, _)| first == key);
    match running {
        Ok((_, poller)) if is_first => poller.wake_at(Some(key.0)),
        Ok(_) => {}
        Err(error) => {
            drop(timer_queue);
            // Only a call of an object that has no limits of its own gets here; the next one who asks tries again.
            tracing::error!(target: "concurrent_object::life", %error, "no thread for time limits");
        }
    }
}

/// From now on the object is told when this process of it has ended. Nothing if that is the case already, and its descriptor is gone.
pub(crate) fn watch(process: Arc<dyn Watched>, object: Weak<dyn Supervised>) -> io::Result<Option<ProcessWatch>> {
    let Some(pidfd) = process.pidfd() else { return Ok(None) };
    let mut timer_queue = lock();
    let (origin, poller) = timer_queue.running()?;
    timer_queue.count += 1;
    let number = timer_queue.count;
    poller.watch(number, pidfd)?;
    timer_queue.watched.insert(number, object);
    Ok(Some(ProcessWatch { number, watched: process, origin, poller }))
}

/// Forgets an object that is gone: what is due in an hour would keep its memory as long.
pub(crate) fn forget<T: Supervised>(object: &Weak<T>) {
    let mut timer_queue = lock();
    let key = timer_queue.times.remove(&address(object));
    key.map(|key| timer_queue.due.remove(&key));
}

/// The way to the thread that reports, for a thread that does not. Makes it if there is none.
pub(crate) fn reporter() -> io::Result<reporter::Reporter> {
    let mut timer_queue = lock();
    timer_queue.running()?;
    timer_queue.reporter.clone().ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Leaves the events that are queued in this object to the thread that reports for the supervising one. False if there is none.
pub(crate) fn leave_reports(object: Arc<dyn Supervised>) -> bool {
    let timer_queue = lock();
    let is_here = timer_queue.thread.as_ref().is_some_and(|(origin, _)| origin.is_here());
    let reporter = timer_queue.reporter.clone().filter(|_| is_here);
    drop(timer_queue);
    reporter.is_some_and(|reporter| reporter.send(object).is_ok())
}

impl ProcessWatch {
    pub(crate) fn number(&self) -> u64 {
        self.number
    }
}

impl Drop for ProcessWatch {
    fn drop(&mut self) {
        // In a forked copy the set is the parent's.
        if self.origin.is_here() {
            self.watched.pidfd().into_iter().for_each(|pidfd| self.poller.unwatch(pidfd));
            lock().watched.remove(&self.number);
        }
    }
}

impl Default for TimerQueue {
    fn default() -> Self {
        Self::new()
    }
}

impl TimerQueue {
    const fn new() -> Self {
        Self {
            due: BTreeMap::new(),
            times: BTreeMap::new(),
            watched: BTreeMap::new(),
            count: 0,
            thread: None,
            reporter: None,
        }
    }

    /// What the thread sleeps on. If there is none, it is made.
    fn running(&mut self) -> io::Result<(Origin, Arc<Poller>)> {
        if let Some((origin, poller)) = &self.thread {
            return Ok((*origin, poller.clone()));
        }
        let origin = Origin::here()?;
        let (poller, reporter) = (Arc::new(Poller::new()?), reporter::begin()?);
        let (own, its) = (poller.clone(), reporter.clone());
        background::spawn("object-supervisor", move || {
            reporter::leave_to(its);
            supervise(&own);
        })?;
        (self.thread, self.reporter) = (Some((origin, poller.clone())), Some(reporter));
        Ok((origin, poller))
    }

    /// Enters an object, unless it is due earlier anyway. When it is due.
    fn enter(&mut self, at: u64, object: Weak<dyn Supervised>) -> (u64, u64) {
        let address = address(&object);
        if let Some(&key) = self.times.get(&address) {
            if key.0 <= at {
                return key;
            }
            self.due.remove(&key);
        }
        self.count += 1;
        let key = (at, self.count);
        self.times.insert(address, key);
        self.due.insert(key, object);
        key
    }

    /// Whoever is due, or the timer is set to when the next one is.
    fn next_due(&mut self, poller: &Poller) -> Option<Weak<dyn Supervised>> {
        let first = self.due.first_entry();
        let at = first.as_ref().map(|first| first.key().0);
        match first {
            Some(first) if first.key().0 <= clock::now() => {
                let object = first.remove();
                self.times.remove(&address(&object));
                Some(object)
            }
            _ => {
                poller.wake_at(at);
                None
            }
        }
    }
}

/// Nobody else's as long as somebody has the object, be it weakly.
fn address<T: ?Sized>(object: &Weak<T>) -> usize {
    object.as_ptr().cast::<()>().addr()
}

fn supervise(poller: &Poller) {
    let mut pauses = Pauses::default();
    loop {
        look_after_due(poller, &pauses);
        let slept_at = clock::now();
        let woken = poller.wait();
        pauses.note_sleep(slept_at, poller.due(), clock::now());
        match woken {
            Ok(ended) => ended.into_iter().for_each(tell_end),
            Err(_) => {
                // Nothing else can be, as long as the set is one. Without it nobody can wake this thread.
                thread::park();
            }
        }
    }
}

fn look_after_due(poller: &Poller, pauses: &Pauses) {
    loop {
        let Some(object) = lock().next_due(poller) else { return };
        if let Some(object) = object.upgrade() {
            object.enforce_limits(pauses);
            reporter::release(object);
        }
    }
}

fn tell_end(number: u64) {
    let object = lock().watched.get(&number).cloned();
    if let Some(object) = object.and_then(|object| object.upgrade()) {
        object.notice_end(number);
        reporter::release(object);
    }
}

fn lock() -> MutexGuard<'static, TimerQueue> {
    TIMER_QUEUE.get().lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
pub(crate) fn knows<T: Supervised>(object: &Weak<T>) -> bool {
    let timer_queue = lock();
    timer_queue.due.values().chain(timer_queue.watched.values()).any(|other| address(other) == address(object))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An object that was never there: its address is that of no other.
    struct Absent;

    impl Supervised for Absent {
        fn enforce_limits(&self, _: &Pauses) {}
        fn notice_end(&self, _: u64) {}
        fn report_left(&self) {}
        fn spawn_next(&self) {}
        fn release(self: Arc<Self>) -> Option<Arc<dyn Supervised>> {
            None
        }
    }

    #[test]
    fn object_is_queued_once_for_its_earliest_time() {
        let mut timer_queue = TimerQueue::new();
        for (at, due) in [(10, 10), (20, 10), (5, 5), (7, 5)] {
            assert_eq!(timer_queue.enter(at, Weak::<Absent>::new()).0, due);
            assert_eq!((timer_queue.due.len(), timer_queue.times.len()), (1, 1));
        }
    }
}
