use std::sync::{Mutex, MutexGuard};

use concurrent_object::concurrent_object;

pub struct Thing(Mutex<u32>);

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self(Mutex::new(0))
    }

    pub fn value(&self) -> MutexGuard<'_, u32> {
        self.0.lock().unwrap()
    }
}

fn main() {}
