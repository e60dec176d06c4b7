//! Collects the trace events of this process for the tests of one binary.

use std::io;
use std::sync::{Condvar, Mutex, Once, PoisonError};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// An event with this text blocks the thread that traces it until `release` is called.
pub const HOLD: &str = "hold the thread that traces this";

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

/// Collects all events of level `INFO` and above from now on.
pub fn collect() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(|| Collector).init();
    });
}

/// Releases the blocked threads.
#[allow(dead_code, reason = "not every binary blocks a thread")]
pub fn release() {
    *HELD.lock().unwrap_or_else(PoisonError::into_inner) = true;
    CHANGED.notify_all();
}

/// Returns the lines about the object with this name.
pub fn lines_of(name: &str) -> Vec<String> {
    let part = format!("name=\"{name}\"");
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    lines.iter().filter(|line| line.contains(&part)).cloned().collect()
}
