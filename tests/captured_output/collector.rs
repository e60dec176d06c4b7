//! Collects what this process traces, to be looked at by the tests of one binary.

use std::io;
use std::sync::{Condvar, Mutex, Once, PoisonError};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A line with this text keeps whoever tells it until it is released.
pub const HOLD: &str = "hold whoever tells this";

static HELD: Mutex<bool> = Mutex::new(false);
static CHANGED: Condvar = Condvar::new();

struct Collector;

impl io::Write for Collector {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes).into_owned();
        let held = line.contains(HOLD);
        LINES.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        if held {
            let begin = HELD.lock().unwrap_or_else(PoisonError::into_inner);
            drop(CHANGED.wait_while(begin, |released| !*released));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// From now on everything from level `INFO` on is collected.
pub fn collect() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(|| Collector).init();
    });
}

/// Lets go whoever is held.
#[allow(dead_code, reason = "not every binary holds anybody")]
pub fn release() {
    *HELD.lock().unwrap_or_else(PoisonError::into_inner) = true;
    CHANGED.notify_all();
}

/// What was told of the object of this name.
pub fn lines_of(name: &str) -> Vec<String> {
    let part = format!("name=\"{name}\"");
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    lines.iter().filter(|line| line.contains(&part)).cloned().collect()
}
