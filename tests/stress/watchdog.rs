//! Ends the run if a worker hangs. A worker records where it may block, and the watchdog ends the
//! run if it stays there too long.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::report::differs;

/// Longer than any wait here, even on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
struct Where {
    since: Instant,
    what: &'static str,
    object: String,
}

/// The record of one worker.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Mutex<Option<Where>>>);

impl Watch {
    /// Does something that may block, on this object.
    pub fn during<T>(&self, what: &'static str, object: &str, work: impl FnOnce() -> T) -> T {
        let place = Where { since: Instant::now(), what, object: object.to_owned() };
        let outer = self.set(Some(place));
        let value = work();
        self.set(outer);
        value
    }

    fn set(&self, place: Option<Where>) -> Option<Where> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), place)
    }

    fn get(&self) -> Option<Where> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The records of all workers.
#[derive(Clone, Debug, Default)]
pub struct Watchdog(Arc<Mutex<Vec<(String, Watch)>>>);

impl Watchdog {
    pub fn watch(&self, thread: String) -> Watch {
        let watch = Watch::default();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((thread, watch.clone()));
        watch
    }

    /// Checks the records on a thread of its own, until all other clones of `Watchdog` are gone.
    pub fn look(self) -> thread::JoinHandle<()> {
        thread::spawn(move || {
            while Arc::strong_count(&self.0) > 1 {
                self.check();
                thread::sleep(Duration::from_millis(100));
            }
        })
    }

    fn check(&self) {
        let watches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let places: Vec<_> = watches.iter().filter_map(|(thread, watch)| Some((thread, watch.get()?))).collect();
        if places.iter().any(|(_, place)| place.since.elapsed() > LIMIT) {
            let lines = places.iter().map(|(thread, place)| {
                format!("\n  {thread}: in {} of {} for {:?}", place.what, place.object, place.since.elapsed())
            });
            differs(&format!("hangs:{}", lines.collect::<String>()));
        }
    }
}
