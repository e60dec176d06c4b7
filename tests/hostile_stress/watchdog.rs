//! Ends the run if a thread of the parent stays too long in an operation that must not take long.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// Longer than any operation here, on a busy machine.
const STUCK: Duration = Duration::from_secs(60);

static PLACES: Mutex<Vec<(u64, &str, Instant)>> = Mutex::new(Vec::new());

/// Does something that must come to an end.
pub fn during<T>(what: &'static str, work: impl FnOnce() -> T) -> T {
    let place = fastrand::u64(..);
    PLACES.lock().expect("no panic").push((place, what, Instant::now()));
    let value = work();
    PLACES.lock().expect("no panic").retain(|(other, ..)| *other != place);
    value
}

pub fn watch() {
    loop {
        thread::sleep(Duration::from_millis(500));
        let places = PLACES.lock().expect("no panic").clone();
        if places.iter().any(|(.., since)| since.elapsed() > STUCK) {
            let all: Vec<_> = places.iter().map(|(_, what, since)| (*what, since.elapsed())).collect();
            eprintln!("hostile_stress: the parent hangs: {all:?}");
            // With a core dump, if the user wants one.
            std::process::abort();
        }
    }
}
