//! The places for objects: in each there is one at any time, and when it has ended another takes its place.
//!
//! Invariant: an object is in its seat, or among those that have left and wait for the last look, and nowhere else.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use fastrand::Rng;

use crate::kept::Pool;
use crate::life::Life;
use crate::plan::Birth;
use crate::report::{Tally, differs};

#[derive(Debug)]
pub struct Seats {
    seats: Vec<RwLock<Arc<Life>>>,
    left: Mutex<Vec<Arc<Life>>>,
    pub directory: PathBuf,
    births: AtomicU64,
    calls: AtomicU64,
    /// The time is over: nothing new is begun.
    pub over: AtomicBool,
    /// Nobody waits for anything any more.
    pub settled: AtomicBool,
    pub tally: Tally,
    /// Calls that go from thread to thread.
    pub pool: Pool,
}

impl Seats {
    pub fn new(count: usize, directory: PathBuf, rng: &mut Rng) -> Self {
        let mut seats = Self {
            seats: Vec::new(),
            left: Mutex::default(),
            directory,
            births: AtomicU64::new(0),
            calls: AtomicU64::new(0),
            over: AtomicBool::new(false),
            settled: AtomicBool::new(false),
            tally: Tally::default(),
            pool: Pool::default(),
        };
        seats.seats = (0..count).map(|_| RwLock::new(Arc::new(seats.bear(rng)))).collect();
        seats
    }

    fn bear(&self, rng: &mut Rng) -> Life {
        let number = self.births.fetch_add(1, Ordering::Relaxed);
        let birth = Birth::choose(rng);
        self.tally.count("objects started");
        Life::start(format!("victim-{number}"), &self.directory, birth)
            .unwrap_or_else(|error| differs(&format!("an object did not start: {error:?}")))
    }

    pub fn next_call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub fn print(&self) {
        println!("{:>10}  calls announced", self.calls.load(Ordering::Relaxed));
        self.tally.print();
    }

    pub fn any(&self, rng: &mut Rng) -> Arc<Life> {
        let seat = &self.seats[rng.usize(..self.seats.len())];
        seat.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it was there: then it has left, another is in its place, and it is the caller's to end it.
    pub fn replace(&self, life: &Arc<Life>, rng: &mut Rng) -> bool {
        for seat in &self.seats {
            if !Arc::ptr_eq(&seat.read().unwrap_or_else(PoisonError::into_inner), life) {
                continue;
            }
            let mut seat = seat.write().unwrap_or_else(PoisonError::into_inner);
            if !Arc::ptr_eq(&seat, life) {
                return false;
            }
            *seat = Arc::new(self.bear(rng));
            return true;
        }
        false
    }

    pub fn leave(&self, life: Arc<Life>) {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).push(life);
    }

    /// Those that have left and that nobody knows any more.
    pub fn take_forgotten(&self) -> Vec<Life> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, forgotten): (Vec<_>, Vec<_>) = left.drain(..).partition(|life| Arc::strong_count(life) > 1);
        *left = known;
        // Whoever still counted it could only have got it from here.
        forgotten.into_iter().filter_map(Arc::into_inner).collect()
    }

    pub fn left(&self) -> usize {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Everybody who is still there, at the end.
    pub fn clear(&mut self) -> Vec<Arc<Life>> {
        self.seats.drain(..).map(|seat| seat.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
    }

    pub fn all_have_settled(&self) -> bool {
        self.settled.load(Ordering::Relaxed)
    }

    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}
