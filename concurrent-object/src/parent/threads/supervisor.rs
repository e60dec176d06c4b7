//! The supervisor thread: enforces time limits and notices deaths, for all objects of the process.
//!
//! Problem: a limit must be enforced, and a death noticed, while no thread waits on the object. The
//! naive way is a thread for each object. A program with a thousand objects would have a thousand
//! idle threads. Way here: one thread with a *timer queue*. It sleeps on one timer, set to the
//! earliest due time, and on the process descriptors that it watches (`poller`). It serves the
//! objects with a time limit, a restart policy or a death hook. The first of them starts the
//! thread.
//!
//! Knows times, weak references and the numbers of processes; the object knows what is to be done.
//!
//! Invariants: an object that asked for a time is called at that time, or is gone. The end of a
//! watched process is reported only to its own object, with that process's number. A thread that
//! holds the lock of the timer queue takes no other lock.

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

/// The times at which objects are due, and the processes that are watched.
struct TimerQueue {
    due: BTreeMap<(u64, u64), Weak<dyn Supervised>>,
    /// The key of each object in `due`, by the object's address. An object is queued once, for the
    /// earliest time that it asked for. After it was called, it asks again.
    times: BTreeMap<usize, (u64, u64)>,
    watched: BTreeMap<u64, Weak<dyn Supervised>>,
    /// The last number given. Numbers distinguish objects that are due at the same time, and all
    /// processes that were ever watched.
    count: u64,
    /// The process that the thread runs in, and what the thread sleeps on. `None` before its start,
    /// and in a forked copy.
    thread: Option<(Origin, Arc<Poller>)>,
    /// The channel to the reporter thread.
    reporter: Option<Reporter>,
}

static TIMER_QUEUE: PerProcess<Mutex<TimerQueue>> = PerProcess::new();

/// A watched process. Dropping this ends the watch.
pub(crate) struct ProcessWatch {
    number: u64,
    /// Keeps the process's descriptor open.
    watched: Arc<dyn Watched>,
    origin: Origin,
    poller: Arc<Poller>,
}

/// Starts the thread if it does not run. An object that needs the thread is not started without it.
pub(crate) fn ensure() -> io::Result<()> {
    lock().running().map(drop)
}

/// Has `enforce_limits` of this object called at this time, in nanoseconds of the monotonic clock.
pub(crate) fn remind(at: u64, object: Weak<dyn Supervised>) {
    let mut timer_queue = lock();
    let running = timer_queue.running();
    let key = timer_queue.insert(at, object);
    let is_first = timer_queue.due.first_key_value().is_some_and(|(&first, _)| first == key);
    match running {
        Ok((_, poller)) if is_first => poller.wake_at(Some(key.0)),
        Ok(_) => {}
        Err(error) => {
            drop(timer_queue);
            // Objects with limits of their own have called `ensure`, so this object has none. The
            // next request tries again.
            tracing::error!(
                target: "concurrent_object::life",
                %error,
                "the supervisor thread could not be started: the time limits of this call are not enforced"
            );
        }
    }
}

/// Watches a process: the object's `notice_end` is called when it has ended. Returns `None` if it
/// was reaped already, so that its descriptor is closed.
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

/// Removes an object that is being dropped. Otherwise its weak reference would keep its memory
/// until it is due.
pub(crate) fn forget<T: Supervised>(object: &Weak<T>) {
    let mut timer_queue = lock();
    let key = timer_queue.times.remove(&address(object));
    key.map(|key| timer_queue.due.remove(&key));
}

/// Returns the channel to the reporter thread. Starts the threads if they do not run.
pub(crate) fn reporter() -> io::Result<reporter::Reporter> {
    let mut timer_queue = lock();
    timer_queue.running()?;
    timer_queue.reporter.clone().ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Leaves the object's queued events to the reporter thread. Returns false if there is none in this
/// process.
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
        // In a forked copy, the epoll set is shared with the original process, which still needs
        // the entry.
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

    /// Returns what the thread sleeps on. Starts the thread if it does not run.
    fn running(&mut self) -> io::Result<(Origin, Arc<Poller>)> {
        if let Some((origin, poller)) = &self.thread {
            return Ok((*origin, poller.clone()));
        }
        let origin = Origin::here()?;
        let (poller, reporter) = (Arc::new(Poller::new()?), reporter::begin()?);
        let (own, its) = (poller.clone(), reporter.clone());
        background::spawn(c"object-supervis", move || {
            reporter::set_for_this_thread(its);
            supervise(&own);
        })?;
        (self.thread, self.reporter) = (Some((origin, poller.clone())), Some(reporter));
        Ok((origin, poller))
    }

    /// Queues an object, unless it is due earlier already. Returns its key, which begins with the
    /// time.
    fn insert(&mut self, at: u64, object: Weak<dyn Supervised>) -> (u64, u64) {
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

    /// Removes and returns the next object that is due. If none is, sets the timer to the next due
    /// time.
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

/// The object's address. No other object has it while a weak reference exists.
fn address<T: ?Sized>(object: &Weak<T>) -> usize {
    object.as_ptr().cast::<()>().addr()
}

fn supervise(poller: &Poller) {
    let mut pauses = Pauses::default();
    loop {
        enforce_due(poller, &pauses);
        let slept_at = clock::now();
        let woken = poller.wait();
        pauses.note_sleep(slept_at, poller.due(), clock::now());
        match woken {
            Ok(ended) => ended.into_iter().for_each(notify_end),
            Err(_) => {
                // `epoll_wait` fails only if the set's descriptor is not valid. Without it no event
                // can wake this thread.
                thread::park();
            }
        }
    }
}

fn enforce_due(poller: &Poller, pauses: &Pauses) {
    loop {
        let Some(object) = lock().next_due(poller) else { return };
        if let Some(object) = object.upgrade() {
            object.enforce_limits(pauses);
            reporter::release(object);
        }
    }
}

fn notify_end(number: u64) {
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

    /// An object that does not exist. Its dangling `Weak` has an address that no object has.
    struct Absent;

    impl Supervised for Absent {
        fn enforce_limits(&self, _: &Pauses) {}
        fn notice_end(&self, _: u64) {}
        fn report_left(&self) {}
        fn spawn_next(&self) {}
        fn notice_ring(&self) {}
        fn notice_exit(&self) {}
        fn release(self: Arc<Self>) -> Option<Arc<dyn Supervised>> {
            None
        }
    }

    #[test]
    fn object_is_queued_once_for_its_earliest_time() {
        let mut timer_queue = TimerQueue::new();
        for (at, due) in [(10, 10), (20, 10), (5, 5), (7, 5)] {
            assert_eq!(timer_queue.insert(at, Weak::<Absent>::new()).0, due);
            assert_eq!((timer_queue.due.len(), timer_queue.times.len()), (1, 1));
        }
    }
}
