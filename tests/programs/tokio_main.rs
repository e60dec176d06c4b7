//! A program on tokio. `init()` comes before the runtime. Calls are awaited.

use std::error::Error;
use std::sync::Arc;

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
    let total = counter.add(2).await?;
    println!("total: {total}");

    let adders: Vec<_> = (0..20)
        .map(|_| {
            let counter = counter.clone();
            tokio::spawn(async move { counter.add(1).await })
        })
        .collect();
    let mut largest = 0;
    for adder in adders {
        largest = largest.max(adder.await??);
    }
    println!("largest: {largest}");

    let panicked = counter.panic();
    println!("panicked: {}", panicked.await.is_err());
    println!("threads: {}", counter.threads().await?);
    counter.futures().terminate().await?;
    Ok(())
}
