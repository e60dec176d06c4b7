//! The smallest whole program: a counter that lives in a process of its own.
use concurrent_object::{Error, concurrent_object};

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
}

fn main() -> Result<(), Error> {
    concurrent_object::init();
    let counter = CounterProxy::builder("counter").start(40)?;
    println!("{}", counter.add(2).wait()?);
    counter.terminate()
}
