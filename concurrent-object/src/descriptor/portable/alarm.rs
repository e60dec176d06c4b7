//! Events, and alarms: what a thread sleeps on while it waits for several events.
//!
//! Problem: a condition variable is for one thing. A thread here waits for a doorbell, an end and a
//! socket at once, and one doorbell may have several threads that wait. Way: each waiting thread
//! has an *alarm*, a set of numbers with a condition variable. It registers the alarm with each
//! event, under a number. An event that is set puts the numbers into the alarms.
//!
//! Knows numbers. Invariants: an event that was set before it is watched rings at once, so nothing
//! is lost between looking and sleeping. An event's lock is never taken under an alarm's.

use std::collections::BTreeSet;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::clock::Moment;

/// What one thread sleeps on.
#[derive(Debug, Default)]
pub(crate) struct Alarm {
    rung: Mutex<BTreeSet<u64>>,
    changed: Condvar,
}

impl Alarm {
    /// Ends the present wait, or the next one, which returns this number.
    pub(crate) fn ring(&self, number: u64) {
        lock(&self.rung).insert(number);
        self.changed.notify_all();
    }

    /// Has the waiting thread ask for its deadline again.
    pub(crate) fn reconsider(&self) {
        drop(lock(&self.rung));
        self.changed.notify_all();
    }

    /// Blocks until something has rung or the deadline has come. Returns the numbers that rang.
    /// `deadline` returns a time that does not depend on when it is asked. It is asked under this
    /// alarm's lock, and again after `reconsider`.
    pub(crate) fn wait(&self, deadline: impl Fn() -> Option<Moment>) -> BTreeSet<u64> {
        let mut rung = lock(&self.rung);
        while rung.is_empty() {
            rung = match deadline() {
                None => self.changed.wait(rung).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) if deadline.has_come() => break,
                Some(deadline) => {
                    let waited = self.changed.wait_timeout(rung, deadline.left());
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        mem::take(&mut *rung)
    }
}

/// Something that is set or not, and that alarms watch.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<ReadinessState>);

#[derive(Debug, Default)]
struct ReadinessState {
    is_set: bool,
    watches: Vec<(u64, Arc<Alarm>)>,
}

impl Readiness {
    /// Sets the event, and rings each alarm that watches it, also if it was set already.
    pub(crate) fn set(&self) {
        let mut state = lock(&self.0);
        state.is_set = true;
        state.watches.iter().for_each(|(number, alarm)| alarm.ring(*number));
    }

    /// Clears it, if it is set. Returns whether it was.
    pub(crate) fn clear(&self) -> bool {
        std::mem::take(&mut lock(&self.0).is_set)
    }

    pub(crate) fn is_set(&self) -> bool {
        lock(&self.0).is_set
    }

    /// Rings `alarm` with this number each time that the event is set, and at once if it is set
    /// now.
    pub(crate) fn watch(&self, number: u64, alarm: &Arc<Alarm>) {
        let mut state = lock(&self.0);
        state.watches.push((number, alarm.clone()));
        if state.is_set {
            alarm.ring(number);
        }
    }

    pub(crate) fn unwatch(&self, alarm: &Arc<Alarm>) {
        lock(&self.0).watches.retain(|(_, other)| !Arc::ptr_eq(other, alarm));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// A wait that takes longer fails its test.
    const SOON: Duration = Duration::from_secs(10);

    #[test]
    fn a_wait_returns_what_rang_before_and_during_it() {
        let (alarm, early, late) = (Arc::<Alarm>::default(), Readiness::default(), Arc::new(Readiness::default()));
        early.set();
        early.watch(1, &alarm);
        late.watch(2, &alarm);
        let limit = Moment::after(SOON);
        assert_eq!(alarm.wait(|| Some(limit)), BTreeSet::from([1]));
        let setting = late.clone();
        let thread = thread::spawn(move || setting.set());
        assert_eq!(alarm.wait(|| Some(limit)), BTreeSet::from([2]));
        thread.join().expect("no panic");
        late.unwatch(&alarm);
        late.set();
        let soon = Moment::after(Duration::from_millis(1));
        assert!(alarm.wait(|| Some(soon)).is_empty());
    }

    #[test]
    fn a_deadline_that_comes_nearer_ends_a_wait() {
        let alarm = Arc::<Alarm>::default();
        let deadline = Arc::new(Mutex::new(Some(Moment::after(3 * SOON))));
        let (its, theirs) = (alarm.clone(), deadline.clone());
        let waiting = thread::spawn(move || its.wait(|| *lock(&theirs)));
        *lock(&deadline) = Some(Moment::after(Duration::from_millis(1)));
        alarm.reconsider();
        let began = Moment::now();
        assert!(waiting.join().expect("no panic").is_empty());
        assert!(began.elapsed() < SOON, "it waited for the first deadline");
    }
}
