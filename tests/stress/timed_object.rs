//! The object of the scenes. Some of its methods declare their own time limits, and one returns
//! handles.

use std::cell::RefCell;
use std::fs::File;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use concurrent_object::{concurrent_object, is_cancelled};

use crate::keepsake::{Keepsake, Notebook};

/// The limit that the attributes below declare.
pub const BRIEF: Duration = Duration::from_millis(15);

#[derive(Debug)]
pub struct Brief;

#[concurrent_object(handles(Keepsake = crate::keepsake::KeepsakeHandle))]
impl Brief {
    pub fn new() -> Self {
        Self
    }

    pub fn answer(&self, value: u64) -> u64 {
        value
    }

    pub fn keep(&self, seed: u64, len: usize) -> Keepsake {
        let notes = File::options().write(true).open("/dev/null").expect("it is always there");
        Keepsake::new(Rc::new(Notebook { notes, done: RefCell::default() }), seed, len)
    }

    /// Returns how many keepsakes there are.
    pub fn count(&self) -> u64 {
        Keepsake::count()
    }

    /// Ends when cancellation is requested, after the builder's limit.
    pub fn obey(&self) {
        while !is_cancelled() {
            thread::sleep(Duration::from_micros(100));
        }
    }

    #[concurrent_object(timeout = "15ms")]
    pub fn obey_shortly(&self) {
        self.obey()
    }

    #[concurrent_object(timeout = "15ms")]
    pub fn defy(&self) {
        loop {
            thread::sleep(Duration::from_secs(1));
        }
    }

    #[concurrent_object(timeout = "1000s")]
    pub fn take_time(&self, pause: Duration) -> Duration {
        thread::sleep(pause);
        pause
    }
}
