//! The one thread that looks after all objects of the process which have a limit in time, are restarted, or have a hook for their
//! death: started when the first needs it, asleep until something is due or one of their processes has ended.
//!
//! Knows times, links, and the numbers of processes; what is to be done then is the link's. Invariants: a link that asked is looked
//! after when its time has come, or is gone; a process that is watched is told dead to its own link alone, as that process; whoever has
//! the agenda takes no other lock.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use super::Link;
use super::incarnation::Incarnation;
use super::lookout::Lookout;
use super::pauses::Pauses;
use super::teller::{self, Teller};
use crate::clock;
use crate::memory::fork::{Origin, PerProcess};
use crate::process::background;

/// What is due when, and who is watched.
struct Agenda {
    due: BTreeMap<(u64, u64), Weak<Link>>,
    /// When each link is due, by its address: once, the first time it asked for. It asks anew when it was looked after.
    times: BTreeMap<usize, (u64, u64)>,
    watched: BTreeMap<u64, Weak<Link>>,
    /// Keeps apart what is due at the same time, and all processes that were ever watched.
    count: u64,
    /// Where the thread runs, if it does, and what it sleeps on: a forked copy has none.
    thread: Option<(Origin, Arc<Lookout>)>,
    /// The way to the thread that reports for it.
    teller: Option<Teller>,
}

static AGENDA: PerProcess<Mutex<Agenda>> = PerProcess::new();

/// A process that is watched. When this is dropped, it no longer is.
pub(super) struct Watch {
    number: u64,
    /// Keeps its descriptor open.
    body: Arc<Incarnation>,
    origin: Origin,
    lookout: Arc<Lookout>,
}

/// Sees to it that there is the thread. Objects that cannot do without are not started without.
pub(crate) fn ensure() -> io::Result<()> {
    lock().running().map(drop)
}

/// Looks after this link at this time, in nanoseconds of the monotonic clock.
pub(super) fn remind(at: u64, link: Weak<Link>) {
    let mut agenda = lock();
    let running = agenda.running();
    let key = agenda.enter(at, link);
    let is_first = agenda.due.first_key_value().is_some_and(|(&first, _)| first == key);
    match running {
        Ok((_, lookout)) if is_first => lookout.wake_at(Some(key.0)),
        Ok(_) => {}
        Err(error) => {
            drop(agenda);
            // Only a call of an object that has no limits of its own gets here; the next one who asks tries again.
            tracing::error!(target: "concurrent_object::life", %error, "no thread for time limits");
        }
    }
}

/// From now on the link is told when this process of it has ended. Nothing if that is the case already, and its descriptor is gone.
pub(super) fn watch(body: &Arc<Incarnation>, link: Weak<Link>) -> io::Result<Option<Watch>> {
    let Some(pidfd) = body.child.pidfd() else { return Ok(None) };
    let mut agenda = lock();
    let (origin, lookout) = agenda.running()?;
    agenda.count += 1;
    let number = agenda.count;
    lookout.watch(number, pidfd)?;
    agenda.watched.insert(number, link);
    Ok(Some(Watch { number, body: body.clone(), origin, lookout }))
}

/// Forgets a link that is gone: what is due in an hour would keep its memory as long.
pub(super) fn forget(link: &Weak<Link>) {
    let mut agenda = lock();
    let key = agenda.times.remove(&address(link));
    key.map(|key| agenda.due.remove(&key));
}

/// The way to the thread that reports, for a thread that does not. Makes it if there is none.
pub(super) fn way_to_teller() -> io::Result<teller::Teller> {
    let mut agenda = lock();
    agenda.running()?;
    agenda.teller.clone().ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Leaves the events that are queued in this link to the thread that reports for the supervising one. False if there is none.
pub(super) fn leave_reports(link: Arc<Link>) -> bool {
    let agenda = lock();
    let is_here = agenda.thread.as_ref().is_some_and(|(origin, _)| origin.is_here());
    let teller = agenda.teller.clone().filter(|_| is_here);
    drop(agenda);
    teller.is_some_and(|teller| teller.send(link).is_ok())
}

impl Watch {
    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // In a forked copy the set is the parent's.
        if self.origin.is_here() {
            self.body.child.pidfd().into_iter().for_each(|pidfd| self.lookout.unwatch(pidfd));
            lock().watched.remove(&self.number);
        }
    }
}

impl Default for Agenda {
    fn default() -> Self {
        Self::new()
    }
}

impl Agenda {
    const fn new() -> Self {
        Self {
            due: BTreeMap::new(),
            times: BTreeMap::new(),
            watched: BTreeMap::new(),
            count: 0,
            thread: None,
            teller: None,
        }
    }

    /// What the thread sleeps on. If there is none, it is made.
    fn running(&mut self) -> io::Result<(Origin, Arc<Lookout>)> {
        if let Some((origin, lookout)) = &self.thread {
            return Ok((*origin, lookout.clone()));
        }
        let origin = Origin::here()?;
        let (lookout, teller) = (Arc::new(Lookout::new()?), teller::begin()?);
        let (own, its) = (lookout.clone(), teller.clone());
        background::spawn("object-supervisor", move || {
            teller::leave_to(its);
            supervise(&own);
        })?;
        (self.thread, self.teller) = (Some((origin, lookout.clone())), Some(teller));
        Ok((origin, lookout))
    }

    /// Enters a link, unless it is due earlier anyway. When it is due.
    fn enter(&mut self, at: u64, link: Weak<Link>) -> (u64, u64) {
        let address = address(&link);
        if let Some(&key) = self.times.get(&address) {
            if key.0 <= at {
                return key;
            }
            self.due.remove(&key);
        }
        self.count += 1;
        let key = (at, self.count);
        self.times.insert(address, key);
        self.due.insert(key, link);
        key
    }

    /// Whoever is due, or the timer is set to when the next one is.
    fn next_due(&mut self, lookout: &Lookout) -> Option<Weak<Link>> {
        let first = self.due.first_entry();
        let at = first.as_ref().map(|first| first.key().0);
        match first {
            Some(first) if first.key().0 <= clock::now() => {
                let link = first.remove();
                self.times.remove(&address(&link));
                Some(link)
            }
            _ => {
                lookout.wake_at(at);
                None
            }
        }
    }
}

/// Nobody else's as long as somebody has the link, be it weakly.
fn address(link: &Weak<Link>) -> usize {
    link.as_ptr().addr()
}

fn supervise(lookout: &Lookout) {
    let mut pauses = Pauses::default();
    loop {
        look_after_due(lookout, &pauses);
        let slept_at = clock::now();
        let woken = lookout.wait();
        pauses.note_sleep(slept_at, lookout.due(), clock::now());
        match woken {
            Ok(ended) => ended.into_iter().for_each(tell_end),
            Err(_) => {
                // Nothing else can be, as long as the set is one. Without it nobody can wake this thread.
                thread::park();
            }
        }
    }
}

fn look_after_due(lookout: &Lookout, pauses: &Pauses) {
    loop {
        let Some(link) = lock().next_due(lookout) else { return };
        if let Some(link) = link.upgrade() {
            link.look_after(pauses);
            teller::let_go(link);
        }
    }
}

fn tell_end(number: u64) {
    let link = lock().watched.get(&number).cloned();
    if let Some(link) = link.and_then(|link| link.upgrade()) {
        link.notice_end(number);
        teller::let_go(link);
    }
}

fn lock() -> MutexGuard<'static, Agenda> {
    AGENDA.get().lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
pub(super) fn knows(link: &Weak<Link>) -> bool {
    let agenda = lock();
    agenda.due.values().chain(agenda.watched.values()).any(|other| other.ptr_eq(link))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_on_the_agenda_once_for_the_earliest_time() {
        let mut agenda = Agenda::new();
        for (at, due) in [(10, 10), (20, 10), (5, 5), (7, 5)] {
            assert_eq!(agenda.enter(at, Weak::new()).0, due);
            assert_eq!((agenda.due.len(), agenda.times.len()), (1, 1));
        }
    }
}
