//! The smallest object.

pub struct Counter {
    value: u64,
}

#[concurrent_object]
impl Counter {
    /// Starts counting at `value`.
    pub fn new(value: u64) -> Self {
        Self { value }
    }

    /// Adds `by` and returns the sum.
    pub fn add(&mut self, by: u64) -> u64 {
        self.value += by;
        self.value
    }
}
