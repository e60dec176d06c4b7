//! Only a method that leaves the object in place can be idempotent.

use concurrent_object::concurrent_object;

struct Once;

#[concurrent_object]
impl Once {
    #[concurrent_object(idempotent)]
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(idempotent)]
    pub fn last(self) -> u64 {
        1
    }

    #[concurrent_object(idempotent)]
    pub fn sound(&self) -> u64 {
        2
    }
}

fn main() {}
