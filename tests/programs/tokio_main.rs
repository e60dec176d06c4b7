//! A program on tokio. `init()` comes before the runtime. Calls are waited for where blocking is
//! allowed.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use concurrent_object::concurrent_object;

struct Counter {
    total: u64,
}

#[concurrent_object]
impl Counter {
    pub fn new(total: u64) -> Self {
        Self { total }
    }

    pub fn add(&mut self, amount: u64) -> u64 {
        self.total += amount;
        self.total
    }

    /// Returns the number of threads of this process; a runtime would add some.
    pub fn threads(&self) -> usize {
        std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
    }

    pub fn panic(&self) {
        panic!("in the child");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    concurrent_object::init();
    println!("main runs");
    run()
}

#[tokio::main]
async fn run() -> Result<(), Box<dyn Error>> {
    let counter = Arc::new(CounterProxy::builder("counter").start(40)?);
    let call = counter.add(2);
    let total = tokio::task::spawn_blocking(move || call.wait()).await??;
    println!("total: {total}");

    let adders: Vec<_> = (0..20)
        .map(|_| {
            let counter = counter.clone();
            tokio::spawn(async move {
                let mut call = counter.add(1);
                loop {
                    match call.try_wait() {
                        Some(outcome) => return outcome,
                        None => tokio::time::sleep(Duration::from_millis(1)).await,
                    }
                }
            })
        })
        .collect();
    let mut largest = 0;
    for adder in adders {
        largest = largest.max(adder.await??);
    }
    println!("largest: {largest}");

    let panicked = counter.panic();
    println!("panicked: {}", tokio::task::spawn_blocking(move || panicked.wait().is_err()).await?);
    println!("threads: {}", counter.threads().wait()?);
    tokio::task::spawn_blocking(move || counter.terminate()).await??;
    Ok(())
}
