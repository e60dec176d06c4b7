//! A method that may never end has a time limit.
//!
//! One that checks whether cancellation was requested keeps its object and its results so far. One
//! that does not is killed.
//!
//! Run it: `cargo run --release --example deadline`

use std::time::Duration;

use anyhow::{Result, bail};
use concurrent_object::{CallError, concurrent_object, is_cancelled};

/// Searches for the longest Collatz sequence.
struct Searcher {
    tried: u64,
    best: (u64, u32),
}

#[concurrent_object]
impl Searcher {
    pub fn new() -> Self {
        Self { tried: 0, best: (1, 0) }
    }

    /// Continues the search until cancellation is requested.
    #[concurrent_object(timeout = "200ms")]
    pub fn search(&mut self) {
        while !is_cancelled() {
            self.tried += 1;
            let steps = steps_from(self.tried);
            if steps > self.best.1 {
                self.best = (self.tried, steps);
            }
        }
    }

    /// Returns the first number of the longest sequence, and its length.
    pub fn best(&self) -> (u64, u32) {
        self.best
    }

    pub fn hang(&self) {
        loop {
            std::thread::park();
        }
    }
}

fn steps_from(mut number: u64) -> u32 {
    let mut steps = 0;
    while number > 1 {
        number = if number.is_multiple_of(2) { number / 2 } else { 3 * number + 1 };
        steps += 1;
    }
    steps
}

fn main() -> Result<()> {
    concurrent_object::init();
    let searcher = SearcherProxy::builder("searcher").cancel_grace(Duration::from_millis(100)).start()?;

    let Err(CallError::TimedOut { ran_for, killed: false, .. }) = searcher.search().wait() else {
        bail!("a search ends when it is told to");
    };
    let (number, steps) = searcher.best().wait()?;
    println!("after {ran_for:.1?}: {number} takes {steps} steps");

    let search = searcher.search().with_timeout(Duration::from_secs(3600));
    search.cancel(); // enough
    println!("cancelled:   {}", search.wait().err().map_or_else(|| "not".into(), |error| error.to_string()));

    let hang = searcher.hang().with_timeout(Duration::from_millis(100));
    let Err(error) = hang.wait() else { bail!("it cannot end") };
    println!("a hang:      {error}");
    assert!(error.object_gone());
    Ok(())
}
