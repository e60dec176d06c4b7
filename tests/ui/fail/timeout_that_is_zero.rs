//! A time limit that is a constant must be greater than zero, too.

use std::time::Duration;

use concurrent_object::concurrent_object;

const NOTHING: Duration = Duration::ZERO;

struct Slow;

#[concurrent_object]
impl Slow {
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(timeout = NOTHING)]
    pub fn at_once(&self) {}

    #[concurrent_object(timeout = Duration::from_secs(1))]
    pub fn sound(&self) {}
}

fn main() {
    drop(SlowProxy::builder("slow").start());
}
