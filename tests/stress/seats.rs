//! The seats of objects. Each seat holds one object at any time; another takes its place after it
//! has ended.
//!
//! Invariant: an object is in its seat, or in the list of replaced objects that await the final
//! checks, and nowhere else.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use fastrand::Rng;

use crate::held_calls::Pool;
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
    /// The time is over: workers begin nothing new.
    pub over: AtomicBool,
    /// No worker waits for anything any more.
    pub settled: AtomicBool,
    pub tally: Tally,
    /// Calls that move from worker to worker.
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

    /// Replaces an object if it is in a seat. Returns whether it was: then the caller must end it.
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

    /// Takes the replaced objects that no worker refers to any more.
    pub fn take_forgotten(&self) -> Vec<Life> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, forgotten): (Vec<_>, Vec<_>) = left.drain(..).partition(|life| Arc::strong_count(life) > 1);
        *left = known;
        // A new reference could only come from this list, which is locked.
        forgotten.into_iter().filter_map(Arc::into_inner).collect()
    }

    pub fn left(&self) -> usize {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Takes all objects out of their seats, at the end.
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
