//! Notices a link that takes nothing, while the lane of an object is blocked in a send.
//!
//! Problem: Zenoh blocks a sender for a lease, and longer if others wait for the same link. The lane that is
//! blocked cannot ask a silent host. Way here: one thread of the site looks at the objects whose lanes send. An object
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

/// When the link to a host has carried something last, and when the host was heard last.
#[derive(Debug)]
pub struct Activity {
    base: Instant,
    /// Milliseconds since `base`, as all times here.
    carried: AtomicU64,
    heard: AtomicU64,
}

impl Default for Activity {
    fn default() -> Self {
        Self { base: Instant::now(), carried: AtomicU64::new(0), heard: AtomicU64::new(0) }
    }
}

impl Activity {
    /// Zenoh has taken a message just now. That does not mean that the host is there.
    pub(super) fn carry(&self) {
        self.carried.store(self.since_base(Instant::now()), Ordering::Relaxed);
    }

    /// The host was heard just now.
    pub(super) fn hear(&self) {
        self.hear_at(Instant::now());
        self.carry();
    }

    pub(super) fn hear_at(&self, time: Instant) {
        self.heard.store(self.since_base(time), Ordering::Relaxed);
    }

    /// When something was carried last, in either direction.
    pub(super) fn carried(&self) -> Instant {
        self.base + Duration::from_millis(self.carried.load(Ordering::Relaxed))
    }

    /// When the host was heard last.
    pub(super) fn heard(&self) -> Instant {
        self.base + Duration::from_millis(self.heard.load(Ordering::Relaxed))
    }

    fn since_base(&self, time: Instant) -> u64 {
        time.saturating_duration_since(self.base).as_millis() as u64
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
