//! A time limit is a text such as "2s". Only methods can have one.

use std::time::Duration;

use concurrent_object::concurrent_object;

struct Slow;

#[concurrent_object]
impl Slow {
    #[concurrent_object(timeout = "3s")]
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(timeout = "soon")]
    pub fn soon(&self) {}

    #[concurrent_object(timeout = "0s")]
    pub fn at_once(&self) {}

    #[concurrent_object(timeout = 5)]
    pub fn five(&self) {}

    #[concurrent_object(timeot = "5s")]
    pub fn misspelt(&self) {}

    #[concurrent_object(timeout = "1m 30s")]
    pub fn sound(&self) -> Duration {
        Duration::ZERO
    }
}

fn main() {}
