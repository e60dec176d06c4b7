//! The one thread that looks after all objects of the process which have a limit in time: started when the first needs it,
//! asleep until something is due.
//!
//! Knows times and links; what is to be done then is the link's. Invariant: a link that asked is looked after when its time has
//! come, or is gone.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use super::Link;
use crate::channel::clock;
use crate::memory::fork::Origin;

/// What is due when.
struct Agenda {
    due: BTreeMap<(u64, u64), Weak<Link>>,
    /// Keeps apart what is due at the same time.
    count: u64,
    /// Where the thread runs, if it does: a forked copy has none.
    thread: Option<Origin>,
}

static AGENDA: Mutex<Agenda> = Mutex::new(Agenda { due: BTreeMap::new(), count: 0, thread: None });
static CHANGED: Condvar = Condvar::new();

/// Sees to it that there is the thread. Objects that cannot do without are not started without.
pub(crate) fn ensure() -> io::Result<()> {
    let mut agenda = lock();
    if agenda.thread.is_none_or(|origin| !origin.is_here()) {
        let origin = Origin::here()?;
        thread::Builder::new().name("object-supervisor".into()).spawn(supervise)?;
        agenda.thread = Some(origin);
    }
    Ok(())
}

/// Looks after this link at this time, in nanoseconds of the monotonic clock.
pub(super) fn remind(at: u64, link: Weak<Link>) {
    if let Err(error) = ensure() {
        // Only a call of an object that has no limits of its own gets here; the next one who asks tries again.
        tracing::error!(target: "concurrent_object", %error, "no thread for time limits");
    }
    let mut agenda = lock();
    agenda.count += 1;
    let key = (at, agenda.count);
    agenda.due.insert(key, link);
    if agenda.due.first_key_value().is_some_and(|(&first, _)| first == key) {
        CHANGED.notify_one();
    }
}

/// Forgets a link that is gone: what is due in an hour would keep its memory as long.
pub(super) fn forget(link: &Weak<Link>) {
    lock().due.retain(|_, other| !other.ptr_eq(link));
}

fn supervise() {
    let mut agenda = lock();
    loop {
        let now = clock::now();
        match agenda.due.first_key_value() {
            None => agenda = CHANGED.wait(agenda).unwrap_or_else(PoisonError::into_inner),
            Some((&(at, _), _)) if at > now => {
                let left = Duration::from_nanos(at - now);
                agenda = CHANGED.wait_timeout(agenda, left).unwrap_or_else(PoisonError::into_inner).0;
            }
            Some(_) => {
                let due = agenda.due.pop_first();
                drop(agenda);
                if let Some(link) = due.and_then(|(_, link)| link.upgrade()) {
                    link.look_after();
                }
                agenda = lock();
            }
        }
    }
}

fn lock() -> MutexGuard<'static, Agenda> {
    AGENDA.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
pub(super) fn knows(link: &Weak<Link>) -> bool {
    lock().due.values().any(|other| other.ptr_eq(link))
}
