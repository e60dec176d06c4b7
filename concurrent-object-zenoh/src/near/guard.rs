//! Notices a link that takes nothing, while the lane of an object is blocked in a send.
//!
//! Problem: Zenoh gives up a link that takes nothing only after 30 s, and the lane that is blocked cannot
//! ask a silent host. Way here: one thread of the site looks at the objects whose lanes send. An object
//! is lost if its link has carried nothing, in either direction, for a lease and a second.
//!
//! Knows lives; knows nothing of messages. Invariant: the thread sleeps without a limit while no object
//! awaits anything.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use std::{io, thread};

use super::life::Life;

/// When the link to a host has carried something last.
#[derive(Debug)]
pub struct Activity {
    base: Instant,
    /// Milliseconds since `base`.
    last: AtomicU64,
}

impl Default for Activity {
    fn default() -> Self {
        Self { base: Instant::now(), last: AtomicU64::new(0) }
    }
}

impl Activity {
    /// Something was carried just now.
    pub(super) fn note(&self) {
        self.last.store(self.base.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    /// When something was carried last.
    pub(super) fn last(&self) -> Instant {
        self.base + Duration::from_millis(self.last.load(Ordering::Relaxed))
    }
}

/// The thread, and the objects that it looks at. The thread ends when this is dropped.
#[derive(Debug)]
pub struct Guard {
    shared: Arc<Guarded>,
}

/// What the thread and the objects share.
#[derive(Debug, Default)]
pub struct Guarded {
    state: Mutex<GuardState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct GuardState {
    lives: Vec<Weak<Life>>,
    links: HashMap<String, Weak<Activity>>,
    is_over: bool,
}

impl Guard {
    /// Begins the thread. `pause`: how long it sleeps while something is awaited.
    pub fn begin(pause: Duration) -> io::Result<Self> {
        let shared = Arc::new(Guarded::default());
        let guarded = shared.clone();
        thread::Builder::new().name("co-zenoh-guard".to_owned()).spawn(move || guarded.run(pause))?;
        Ok(Self { shared })
    }

    /// The activity of the link to this host.
    pub(super) fn activity(&self, host: &str) -> Arc<Activity> {
        let mut state = self.shared.state();
        state.links.retain(|_, link| link.strong_count() > 0);
        if let Some(activity) = state.links.get(host).and_then(Weak::upgrade) {
            return activity;
        }
        let activity = Arc::new(Activity::default());
        activity.note();
        state.links.insert(host.to_owned(), Arc::downgrade(&activity));
        activity
    }

    /// What an object tells that it awaits something.
    pub(super) fn shared(&self) -> Arc<Guarded> {
        self.shared.clone()
    }

    /// Looks at this object from now on, until it has ended.
    pub(super) fn watch(&self, life: &Arc<Life>) {
        self.shared.state().lives.push(Arc::downgrade(life));
        self.shared.changed.notify_one();
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.shared.state().is_over = true;
        self.shared.changed.notify_one();
    }
}

impl Guarded {
    /// An object awaits something again.
    pub(super) fn wake(&self) {
        // Under the lock, so that the thread does not miss it between its look and its sleep.
        let _state = self.state();
        self.changed.notify_one();
    }

    fn run(&self, pause: Duration) {
        let mut state = self.state();
        while !state.is_over {
            let lives: Vec<_> = state.lives.iter().filter_map(Weak::upgrade).collect();
            drop(state);
            // Without the lock: the last event of an object runs code of others.
            let now = Instant::now();
            lives.iter().for_each(|life| life.look_blocked(now));
            drop(lives);
            state = self.state();
            state.lives.retain(|life| life.upgrade().is_some_and(|life| !life.has_ended()));
            let is_awaited = state.lives.iter().filter_map(Weak::upgrade).any(|life| life.awaits());
            state = match state.is_over {
                true => state,
                false if is_awaited => {
                    self.changed.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner).0
                }
                false => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    fn state(&self) -> MutexGuard<'_, GuardState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
